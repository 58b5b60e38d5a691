"""/api/v1/auth: register, sign in and out, and what members may do with their own account."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
import orjson
from pydantic import ValidationError

from laurels.core.errors import Invalid, Missing
from laurels.identity.actions import change_profile, delete_member
from laurels.identity.errors import (
    LastAdmin,
    MemberSuspended,
    NameTaken,
    RefreshRefused,
    RefreshReused,
    RegistrationClosed,
    SignInThrottled,
    WrongCredentials,
)
from laurels.identity.parts import Identity, IdentityParts, origin_of
from laurels.identity.queries import get_member
from laurels.identity.registration import Newcomer, register
from laurels.identity.schemas import (
    REGISTERED,
    ExportAnswer,
    MemberAnswer,
    PasswordChange,
    ProfileChange,
    RefreshRequest,
    Registered,
    Registration,
    SessionAnswer,
    SessionList,
    SignInRequest,
    Tokens,
)
from laurels.identity.sessions import list_sessions
from laurels.identity.sign_in import SignedIn, access_token_for, change_password, refresh, sign_in, sign_out
from laurels.web.caller import Open, Signed
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.limits import limited
from laurels.web.problems import ValidationFailed

router = APIRouter(prefix="/auth", tags=["identity"])

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_SIGN_IN_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": SignInRequest.model_json_schema()},
            "application/x-www-form-urlencoded": {
                "schema": {
                    "title": "SignInForm",
                    "description": "OAuth 2's password grant (RFC 6749, 4.3): what Swagger's Authorize sends.",
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["password"]},
                        "username": {"type": "string", "minLength": 1, "maxLength": 254},
                        "password": {"type": "string", "minLength": 1, "maxLength": 512, "format": "password"},
                        "scope": {"type": "string"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string"},
                    },
                },
                "example": {"grant_type": "password", "username": "ana.diaz", "password": "seven quiet lanterns"},
            },
        },
    }
}


@router.post(
    "/register",
    status_code=202,
    dependencies=[Open, limited("register", per_minute=60)],
    responses=documented(RegistrationClosed, NameTaken, Invalid),
)
async def register_member(body: Registration, identity: IdentityParts, request: Request) -> Registered:
    """Register.

    The answer is the same whether or not the email has an account already (its
    owner then gets a mail, and nothing is created). So it carries no account:
    sign in next. A taken student id or username is told.
    """
    await register(identity, Newcomer(**body.model_dump()), origin_of(request))
    return Registered(status="accepted", detail=REGISTERED)


@router.post(
    "/login",
    dependencies=[Open],
    responses=documented(WrongCredentials, MemberSuspended, SignInThrottled),
    openapi_extra=_SIGN_IN_BODY,
)
async def sign_in_for_tokens(identity: IdentityParts, request: Request) -> Tokens:
    """Sign in, by JSON or by OAuth 2's form.

    The name may be a username, an email address or a student id. A wrong
    password and an unknown name answer alike. After ten failures for a name in
    fifteen minutes, or a hundred from an address, attempts have to wait.
    """
    sent = await _read_sign_in(request)
    signed_in = await sign_in(identity, name=sent.username, password=sent.password, via="bearer", origin=origin_of(request))
    return _tokens(identity, signed_in)


@router.post("/refresh", dependencies=[Open], responses=documented(RefreshRefused, RefreshReused, MemberSuspended))
def refresh_tokens(body: RefreshRequest, identity: IdentityParts) -> Tokens:
    """Exchange a refresh token for a new pair.

    Each works once. One that comes a second time has been copied: its session
    ends, with the token that came after it.
    """
    return _tokens(identity, refresh(identity, body.refresh_token))


@router.post("/logout", status_code=204)
def sign_out_here(caller: Signed, context: Ctx, identity: IdentityParts) -> Response:
    """Sign out: the session ends at once, with its access token, refresh token or cookie."""
    sign_out(identity, member_id=caller.member_id, session_id=caller.session_id)
    context.live.end_session(caller.session_id)
    return Response(status_code=204)


@router.get("/me")
def read_me(caller: Signed, identity: IdentityParts) -> MemberAnswer:
    """Who I am, as the database has it now."""
    with identity.database.read.connect() as connection:
        return MemberAnswer.of(get_member(connection, caller.member_id))


@router.put("/profile", responses=documented(NameTaken))
def change_my_profile(body: ProfileChange, caller: Signed, identity: IdentityParts) -> MemberAnswer:
    """Change my username, names, language or time zone. What isn't sent stays as it is."""
    return MemberAnswer.of(change_profile(identity, caller.member_id, body.changes()))


@router.put("/password", status_code=204, responses=documented(WrongCredentials, SignInThrottled, Invalid))
async def change_my_password(body: PasswordChange, caller: Signed, identity: IdentityParts, request: Request) -> Response:
    """Change my password. All my other sessions end."""
    await change_password(
        identity,
        member_id=caller.member_id,
        session_id=caller.session_id,
        current=body.current_password,
        new=body.new_password,
        origin=origin_of(request),
    )
    return Response(status_code=204)


@router.delete("/account", status_code=204, responses=documented(LastAdmin))
def delete_my_account(caller: Signed, identity: IdentityParts) -> Response:
    """Delete my account, for good.

    Names, email, password, sessions and what I wrote go; the student id and
    the username are free again. The ledger keeps its entries under an id that
    names nobody.
    """
    delete_member(identity, caller.member_id)
    return Response(status_code=204)


@router.get("/sessions")
def read_my_sessions(caller: Signed, identity: IdentityParts) -> SessionList:
    """Where I am signed in, the last used first."""
    with identity.database.read.connect() as connection:
        sessions = list_sessions(connection, caller.member_id, now=identity.now())
    return SessionList(items=[SessionAnswer.of(session, current=caller.session_id) for session in sessions])


@router.delete("/sessions/{session_id}", status_code=204, responses=documented(Missing))
def end_my_session(session_id: UUID, caller: Signed, context: Ctx, identity: IdentityParts) -> Response:
    """Sign out elsewhere: that session ends at once."""
    if not sign_out(identity, member_id=caller.member_id, session_id=session_id):
        raise Missing(what="session")
    context.live.end_session(session_id)
    return Response(status_code=204)


@router.get("/export")
def export_my_data(caller: Signed, identity: IdentityParts) -> ExportAnswer:
    """Everything that is kept about me, by room."""
    with identity.database.read.connect() as connection:
        return ExportAnswer(exported_at=identity.now(), **identity.personal.export(connection, caller.member_id))


async def _read_sign_in(request: Request) -> SignInRequest:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind in _FORMS:
            form = await request.form(max_files=0, max_fields=20)
            return SignInRequest.model_validate({name: form[name] for name in ("username", "password") if name in form})
        return SignInRequest.model_validate(orjson.loads(await request.body()))
    except orjson.JSONDecodeError:
        raise ValidationFailed() from None
    except ValidationError as error:
        raise RequestValidationError([{**part, "loc": ("body", *part["loc"])} for part in error.errors(include_url=False)]) from None


def _tokens(identity: Identity, signed_in: SignedIn) -> Tokens:
    return Tokens(
        access_token=access_token_for(identity, signed_in),
        token_type="bearer",  # noqa: S106  # OAuth's name for the kind, not a secret
        expires_in=identity.settings.access_token_minutes * 60,
        refresh_token=signed_in.secret,
        member_id=signed_in.member.id,
        session_id=signed_in.started.session.id,
    )
