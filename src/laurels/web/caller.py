"""Who calls, and what that lets them do.

A route says who may use it by one of `Signed`, `StaffOnly`, `AdminOnly`,
`Anyone` and `Open`; `laurels.web.roles` reads the table of all routes from that. Identity
fills the `Caller`: this room only knows its shape.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol
from uuid import UUID

from fastapi import Depends, Request

from laurels.core.errors import Denied, DomainError, Kind

SESSION_COOKIE = "laurels_session"
"""The cookie that carries a page session. Form tokens are bound to its value."""

SECURE_SESSION_COOKIE = "__Host-laurels_session"
"""Its name behind TLS: browsers then take it over TLS only, and from this host only (RFC 6265bis, 4.1.3.2)."""

_SCOPE_KEY = "laurels.caller"


class Role(StrEnum):
    """What a member is to the community. Each may do all that the ones before it may."""

    MEMBER = "member"  # takes part
    STAFF = "staff"  # moderates and looks after members
    ADMIN = "admin"  # changes roles and settings

    def covers(self, needed: "Role") -> bool:
        """Whether this role may do what `needed` may."""
        return _RANKS[self] >= _RANKS[needed]


_RANKS = {role: rank for rank, role in enumerate(Role)}


def session_cookie_name(request: Request) -> str:
    """The session cookie's name for this connection. Behind TLS the plain one counts for nothing: a neighbour host could have set it."""
    return SECURE_SESSION_COOKIE if request.url.scheme == "https" else SESSION_COOKIE


@dataclass(frozen=True, slots=True)
class Caller:
    """An active member who has proved who they are.

    Attributes:
        member_id: opaque; what the ledger and the logs know.
        session_id: the session that vouches for this call; ending it ends them all.
        student_id: the institution's.
        time_zone: IANA zone that times are shown in.
        locale: `en`, `es`, ...
        via: how the session came: an Authorization header or a cookie.
    """

    member_id: UUID
    role: Role
    session_id: UUID
    student_id: str
    display_name: str
    time_zone: str
    locale: str
    via: Literal["bearer", "cookie"]


class Authenticator(Protocol):
    """Finds out who sent a request.

    Where an Authorization header is present it alone counts and cookies are not
    looked at: the check against forged requests exempts such calls.
    """

    async def __call__(self, request: Request) -> Caller | None:
        """The active member behind a request; None where nobody, or nobody any more, is signed in."""


class NotSignedIn(DomainError):
    """Nobody is signed in, or the session has ended. Pages answer it by leading to sign-in."""

    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED
    detail = "Sign in first: send a valid access token as Authorization: Bearer, or refresh the one that ended."


async def find_caller(request: Request) -> Caller | None:
    """Who calls, or None; asks the authenticator once per request."""
    scope = request.scope
    if _SCOPE_KEY in scope:
        known: Caller | None = scope[_SCOPE_KEY]
        return known
    found: Caller | None = await request.app.state.context.authenticate(request)
    scope[_SCOPE_KEY] = found
    return found


def caller_so_far(scope: Any) -> Caller | None:
    """Who calls, if this request has asked already: for error pages and logs, which must not ask."""
    known: Caller | None = scope.get(_SCOPE_KEY)
    return known


async def require_member(request: Request) -> Caller:
    """Who calls.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    caller = await find_caller(request)
    if caller is None:
        raise NotSignedIn()
    return caller


async def require_staff(request: Request) -> Caller:
    """Who calls, a member of the staff or an admin.

    Raises:
        NotSignedIn: nobody is signed in.
        Denied: a plain member is.
    """
    return _require(await require_member(request), Role.STAFF)


async def require_admin(request: Request) -> Caller:
    """Who calls, an admin.

    Raises:
        NotSignedIn: nobody is signed in.
        Denied: somebody else is.
    """
    return _require(await require_member(request), Role.ADMIN)


async def allow_everyone() -> None:
    """Nothing: it marks a route as open to all, without asking who calls."""


def _require(caller: Caller, needed: Role) -> Caller:
    if not caller.role.covers(needed):
        raise Denied(needs=needed.value)
    return caller


Anyone = Annotated[Caller | None, Depends(find_caller)]
"""The caller if there is one: the route is open to all."""

Open = Depends(allow_everyone)
"""For a route's `dependencies`: it is open to all and doesn't care who calls."""

Signed = Annotated[Caller, Depends(require_member)]
"""The caller; 401 where there is none, and on a page the way to sign-in."""

StaffOnly = Annotated[Caller, Depends(require_staff)]
"""The caller, staff or admin; else 401 or 403."""

AdminOnly = Annotated[Caller, Depends(require_admin)]
"""The caller, an admin; else 401 or 403."""
