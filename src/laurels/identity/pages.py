"""Pages for signing in and out, registering, and one's own account. All work without scripts."""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError
from laurels.identity.actions import change_profile, delete_member
from laurels.identity.errors import LastAdmin, MemberSuspended, NameTaken, RegistrationClosed, SignInThrottled, WrongCredentials
from laurels.identity.fields import time_zones
from laurels.identity.forms import Form, Sent, check_form
from laurels.identity.parts import Identity, IdentityParts, origin_of
from laurels.identity.queries import get_member
from laurels.identity.registration import Newcomer, register
from laurels.identity.schemas import REGISTERED, ExportAnswer, PasswordChange, ProfileChange, Registration, SignInRequest
from laurels.identity.sessions import list_sessions
from laurels.identity.sign_in import change_password, check_own_password, sign_in, sign_out
from laurels.web.caller import Anyone, Caller, Open, Role, Signed, session_cookie_name
from laurels.web.context import Ctx
from laurels.web.flash import flash
from laurels.web.language import N_, language_names
from laurels.web.limits import limited
from laurels.web.pages import Pages, Section, see_other
from laurels.web.paths import SIGN_IN, safe_next
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

ACCOUNT = "/account"
A_YEAR_SECONDS = 365 * 86_400
"""How long a browser keeps the cookie; the session behind it decides how long it is good."""

Next = Annotated[str, Query(max_length=500)]


def add_to(pages: Pages) -> None:
    """Register identity's templates and its section of the console."""
    pages.add_templates("identity", Path(__file__).parent / "templates")
    label = N_("Members")
    pages.add_sections(
        Section(label=label, short=label, icon="users", path="/console/members", role=Role.STAFF, in_tabs=False, is_console=True)
    )


@router.get(SIGN_IN)
def show_sign_in(request: Request, caller: Anyone, context: Ctx, identity: IdentityParts, next: Next = "/") -> Response:
    """The way in; who is in already is led on."""
    if caller is not None:
        return see_other(safe_next(next))
    return _sign_in_page(request, context.pages, identity, Form({}), target=safe_next(next))


@router.post(SIGN_IN)
async def take_sign_in(request: Request, caller: Anyone, context: Ctx, identity: IdentityParts, sent: Sent) -> Response:
    """Sign in by cookie."""
    target = safe_next(sent.pop("next", "/"))
    form = check_form(SignInRequest, sent, pages=context.pages, request=request)
    status = 422
    if form.body is not None:
        try:
            started = await sign_in(identity, name=form.body.username, password=form.body.password, via="cookie", origin=origin_of(request))
        except (WrongCredentials, MemberSuspended, SignInThrottled) as refusal:
            form.refuse(context.pages, request, refusal)
            # 401 would ask the browser for a bearer token; the form is simply not acceptable.
            status = 422 if isinstance(refusal, WrongCredentials) else status_of(type(refusal))
        else:
            if caller is not None:
                await run_in_threadpool(sign_out, identity, member_id=caller.member_id, session_id=caller.session_id)
            return _with_session(see_other(target), request, started.secret)
    return await run_in_threadpool(_sign_in_page, request, context.pages, identity, form, target=target, status_code=status)


@router.post("/sign-out")
def take_sign_out(request: Request, caller: Anyone, context: Ctx, identity: IdentityParts) -> Response:
    """End the session; who has none is signed out as well."""
    if caller is not None:
        sign_out(identity, member_id=caller.member_id, session_id=caller.session_id)
        context.live.end_session(caller.session_id)
    return _without_session(see_other(SIGN_IN), request)


@router.get("/register", dependencies=[Open])
def show_registration(request: Request, context: Ctx, identity: IdentityParts) -> Response:
    """The form for newcomers."""
    return _registration_page(request, context.pages, identity, Form({}))


@router.post("/register", dependencies=[Open, limited("register", per_minute=60)])
async def take_registration(request: Request, context: Ctx, identity: IdentityParts, sent: Sent) -> Response:
    """Register, and lead to sign-in: the same for an address that has an account already."""
    form = check_form(Registration, sent, pages=context.pages, request=request)
    status = 422
    if form.body is not None:
        try:
            await register(identity, Newcomer(**form.body.model_dump()), origin_of(request))
        except DomainError as refusal:
            form.refuse(context.pages, request, refusal)
            status = status_of(type(refusal))
        else:
            response = see_other(SIGN_IN)
            flash(response, context.pages.translate(request, REGISTERED), request=request)
            return response
    return await run_in_threadpool(_registration_page, request, context.pages, identity, form, status_code=status)


@router.get(ACCOUNT)
def show_account(request: Request, caller: Signed, context: Ctx, identity: IdentityParts) -> Response:
    """Profile, appearance, password, sessions, data."""
    return _account_page(request, context.pages, identity, caller)


@router.post(ACCOUNT)
def take_profile(request: Request, caller: Signed, context: Ctx, identity: IdentityParts, sent: Sent) -> Response:
    """Change my profile."""
    form = check_form(ProfileChange, sent, pages=context.pages, request=request)
    if form.body is not None:
        try:
            change_profile(identity, caller.member_id, form.body.changes())
        except NameTaken as refusal:
            form.refuse(context.pages, request, refusal)
        else:
            return _done(request, context.pages, N_("Your profile is saved."))
    return _account_page(request, context.pages, identity, caller, profile=form, status_code=422)


@router.post("/account/password")
async def take_password(request: Request, caller: Signed, context: Ctx, identity: IdentityParts, sent: Sent) -> Response:
    """Change my password; my other sessions end."""
    form = check_form(PasswordChange, sent, pages=context.pages, request=request)
    if form.body is not None:
        try:
            await change_password(
                identity,
                member_id=caller.member_id,
                session_id=caller.session_id,
                current=form.body.current_password,
                new=form.body.new_password,
                origin=origin_of(request),
            )
        except WrongCredentials:
            form.errors["current_password"] = context.pages.translate(request, _WRONG_PASSWORD)
        except DomainError as refusal:
            form.refuse(context.pages, request, refusal)
        else:
            return _done(request, context.pages, N_("Your password is changed. You are signed out everywhere else."))
    return await run_in_threadpool(_account_page, request, context.pages, identity, caller, password=form, status_code=422)


@router.post("/account/sessions/{session_id}/end")
def take_session_end(session_id: UUID, request: Request, caller: Signed, context: Ctx, identity: IdentityParts) -> Response:
    """Sign out elsewhere. A session that has ended meanwhile is no error: it is what was wanted."""
    if sign_out(identity, member_id=caller.member_id, session_id=session_id):
        context.live.end_session(session_id)
    return _done(request, context.pages, N_("That session has ended."))


@router.get("/account/export")
def download_export(request: Request, caller: Signed, identity: IdentityParts) -> Response:
    """Everything that is kept about me, as a file."""
    with identity.database.read.connect() as connection:
        kept = ExportAnswer(exported_at=identity.now(), **identity.personal.export(connection, caller.member_id))
    name = f"laurels-{identity.now():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(kept.model_dump_json(indent=2), media_type="application/json", headers=headers)


@router.get("/account/delete")
def show_deletion(request: Request, caller: Signed, context: Ctx) -> Response:
    """What deleting means, and the last question."""
    return context.pages.render(request, "identity/pages/delete.html", caller=caller, errors={})


@router.post("/account/delete")
async def take_deletion(request: Request, caller: Signed, context: Ctx, identity: IdentityParts, sent: Sent) -> Response:
    """Delete my account, if the password is mine and the box is ticked."""
    errors: dict[str, str] = {}
    if "is_sure" not in sent:
        errors["is_sure"] = context.pages.translate(request, N_("Tick this if you are sure."))
    try:
        if not errors:
            await check_own_password(identity, member_id=caller.member_id, password=sent.get("password", ""), origin=origin_of(request))
            await run_in_threadpool(delete_member, identity, caller.member_id)
            response = _without_session(see_other(SIGN_IN), request)
            flash(response, context.pages.translate(request, N_("Your account is deleted.")), request=request)
            return response
    except WrongCredentials:
        errors["password"] = context.pages.translate(request, _WRONG_PASSWORD)
    except (SignInThrottled, LastAdmin) as refusal:
        errors["form"] = context.pages.explain(request, refusal)
    render = context.pages.render
    return await run_in_threadpool(render, request, "identity/pages/delete.html", caller=caller, status_code=422, errors=errors)


_WRONG_PASSWORD = N_("This isn't your password.")


def _sign_in_page(request: Request, pages: Pages, identity: Identity, form: Form[Any], *, target: str, status_code: int = 200) -> Response:
    return pages.render(
        request,
        "identity/pages/sign_in.html",
        status_code=status_code,
        form=form.values,
        errors=form.errors,
        target=target,
        is_open=identity.settings.registration_open,
    )


def _registration_page(request: Request, pages: Pages, identity: Identity, form: Form[Any], *, status_code: int = 200) -> Response:
    is_open = identity.settings.registration_open
    if not is_open:
        status_code = status_of(RegistrationClosed)
    return pages.render(
        request, "identity/pages/register.html", status_code=status_code, form=form.values, errors=form.errors, is_open=is_open
    )


def _account_page(
    request: Request,
    pages: Pages,
    identity: Identity,
    caller: Caller,
    *,
    profile: Form[Any] | None = None,
    password: Form[Any] | None = None,
    status_code: int = 200,
) -> Response:
    with identity.database.read.connect() as connection:
        member = get_member(connection, caller.member_id)
        sessions = list_sessions(connection, caller.member_id, now=identity.now())
    shown = {name: getattr(member, name) for name in ProfileChange.model_fields}
    return pages.render(
        request,
        "identity/pages/account.html",
        caller=caller,
        status_code=status_code,
        member=member,
        sessions=sessions,
        form={**shown, **(profile.values if profile else {})},
        errors={**(profile.errors if profile else {}), **({} if password is None else password.errors)},
        is_password_refused=password is not None,
        zone_options=[(zone, zone.replace("_", " ")) for zone in time_zones()],
        language_options=language_names(),
    )


def _done(request: Request, pages: Pages, sentence: str) -> Response:
    response = see_other(ACCOUNT)
    flash(response, pages.translate(request, sentence), request=request)
    return response


def _with_session(response: Response, request: Request, secret: str) -> Response:
    is_secure = request.url.scheme == "https"
    name = session_cookie_name(request)
    response.set_cookie(name, secret, max_age=A_YEAR_SECONDS, path="/", httponly=True, samesite="lax", secure=is_secure)
    response.headers["Cache-Control"] = "no-store"
    return response


def _without_session(response: Response, request: Request) -> Response:
    is_secure = request.url.scheme == "https"
    response.delete_cookie(session_cookie_name(request), path="/", httponly=True, samesite="lax", secure=is_secure)
    response.headers["Cache-Control"] = "no-store"
    return response
