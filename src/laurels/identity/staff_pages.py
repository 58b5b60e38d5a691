"""The staff's pages for members. All work without scripts."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError
from laurels.identity.actions import NewMember
from laurels.identity.audit_log import list_actions
from laurels.identity.forms import Form, Sent, check_form
from laurels.identity.parts import Identity, IdentityParts, origin_of
from laurels.identity.queries import MemberFilter, get_member, list_members
from laurels.identity.registration import create_by_staff
from laurels.identity.schemas import MemberChange, MemberCreation
from laurels.identity.staff import change_by_staff
from laurels.identity.tables import Member
from laurels.web.caller import Caller, StaffOnly
from laurels.web.context import Ctx
from laurels.web.flash import flash
from laurels.web.forms import search_of
from laurels.web.language import N_
from laurels.web.pages import Pages, see_other
from laurels.web.pagination import read_cursor, write_cursor
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

PATH = "/console/members"
PAGE = 25
ACTIONS_SHOWN = 10
STATUSES = (("active", N_("Active")), ("suspended", N_("Suspended")), ("deleted", N_("Deleted")))
ROLES = (("member", N_("Member")), ("staff", N_("Staff")), ("admin", N_("Admin")))

Word = Annotated[str, Query(max_length=100)]


@router.get(PATH)
def show_members(
    request: Request,
    caller: StaffOnly,
    context: Ctx,
    identity: IdentityParts,
    q: Word = "",
    status: Word = "",
    role: Word = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """Members by search, status and role; an unknown status or role counts as any."""
    asked = {"q": search_of(q), "status": _known(status, STATUSES), "role": _known(role, ROLES)}
    place = read_cursor(cursor, str)
    with identity.database.read.connect() as connection:
        narrowed = MemberFilter(asked["q"], asked["status"] or None, asked["role"] or None)
        rows = list_members(connection, narrowed, limit=PAGE + 1, after=place[0] if place else None)
    kept = {name: value for name, value in asked.items() if value}
    following = {**kept, "cursor": write_cursor(rows[PAGE - 1].student_order)} if len(rows) > PAGE else None
    return context.pages.render(
        request,
        "identity/pages/members.html",
        caller=caller,
        members=rows[:PAGE],
        asked=asked,
        statuses=_choices(request, context.pages, STATUSES),
        roles=_choices(request, context.pages, ROLES),
        next_href=f"{PATH}?{urlencode(following)}" if following else "",
        first_href=f"{PATH}?{urlencode(kept)}" if cursor else "",
    )


@router.get("/console/members/new")
def show_creation(request: Request, caller: StaffOnly, context: Ctx) -> Response:
    """The form for a new member."""
    return _creation_page(request, context.pages, caller, Form({}))


@router.post("/console/members/new")
async def take_creation(request: Request, caller: StaffOnly, context: Ctx, identity: IdentityParts, sent: Sent) -> Response:
    """Create a member."""
    form = check_form(MemberCreation, sent, pages=context.pages, request=request)
    status = 422
    if form.body is not None:
        new = NewMember(**form.body.model_dump(exclude={"password"}, exclude_none=True))
        try:
            created = await create_by_staff(identity, caller, new, password=form.body.password, origin=origin_of(request))
        except DomainError as refusal:
            form.refuse(context.pages, request, refusal)
            status = status_of(type(refusal))
        else:
            return _done(request, context.pages, created, N_("The member is created."))
    return await run_in_threadpool(_creation_page, request, context.pages, caller, form, status_code=status)


@router.get("/console/members/{member_id}")
def show_member(member_id: UUID, request: Request, caller: StaffOnly, context: Ctx, identity: IdentityParts) -> Response:
    """One member, what may be changed, and what was."""
    return _member_page(request, context.pages, identity, caller, member_id, Form({}))


@router.post("/console/members/{member_id}")
async def take_change(member_id: UUID, request: Request, caller: StaffOnly, context: Ctx, identity: IdentityParts, sent: Sent) -> Response:
    """Change a member. Each form of the page sends its own fields: status, role, names, or a password."""
    form = check_form(MemberChange, sent, pages=context.pages, request=request)
    status = 422
    if form.body is not None:
        changes = form.body.model_dump(exclude={"password"}, exclude_none=True)
        try:
            changed = await change_by_staff(identity, caller, member_id, changes, password=form.body.password, origin=origin_of(request))
        except DomainError as refusal:
            form.refuse(context.pages, request, refusal)
            status = status_of(type(refusal))
        else:
            return _done(request, context.pages, changed, N_("The change is saved, and on record."))
    return await run_in_threadpool(_member_page, request, context.pages, identity, caller, member_id, form, status_code=status)


def _creation_page(request: Request, pages: Pages, caller: Caller, form: Form[Any], *, status_code: int = 200) -> Response:
    return pages.render(
        request,
        "identity/pages/member_new.html",
        caller=caller,
        status_code=status_code,
        form=form.values,
        errors=form.errors,
        roles=_choices(request, pages, ROLES),
    )


def _member_page(
    request: Request, pages: Pages, identity: Identity, caller: Caller, member_id: UUID, form: Form[Any], *, status_code: int = 200
) -> Response:
    with identity.database.read.connect() as connection:
        member = get_member(connection, member_id)
        actions = list_actions(connection, limit=ACTIONS_SHOWN, subject=f"member/{member_id}")
    shown = {name: getattr(member, name) or "" for name in ("student_id", "username", "email", "full_name", "display_name", "role")}
    return pages.render(
        request,
        "identity/pages/member.html",
        caller=caller,
        status_code=status_code,
        member=member,
        about=pages.pages_about(member_id),
        actions=actions,
        form={**shown, **form.values},
        errors=form.errors,
        roles=_choices(request, pages, ROLES),
        may_touch=member.status != "deleted" and (caller.role == "admin" or member.role != "admin"),
    )


def _choices(request: Request, pages: Pages, choices: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(value, pages.translate(request, label)) for value, label in choices]


def _known(value: str, choices: tuple[tuple[str, str], ...]) -> str:
    return value if value in dict(choices) else ""


def _done(request: Request, pages: Pages, member: Member, sentence: str) -> Response:
    response = see_other(f"{PATH}/{member.id}")
    flash(response, pages.translate(request, sentence), request=request)
    return response
