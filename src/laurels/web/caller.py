"""Who calls, and what that lets them do.

A route says who may use it by one of `Signed`, `StaffOnly`, `AdminOnly`,
`Anyone` and `Open`; where a shop's backend may use it too, by `ServiceOrSigned`,
`ServiceOrAdmin` or `service_or`. `laurels.web.roles` reads that. Identity fills
`Caller` and `ServiceCaller`: this room only knows their shapes.

    @router.post("/programs/{program_id}/earn")
    async def earn(program_id: UUID, caller: Annotated[AnyCaller, service_or(Role.ADMIN, scope="earn")]):
        require_scope(caller, f"program/{program_id}", "earn", what="program")
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol, TypeAlias
from uuid import UUID

from fastapi import Depends, Request

from laurels.core.errors import Denied, DomainError, Kind, Missing
from laurels.web.key_refusals import KeyRefused, MembersOnly, ScopeMissing

SESSION_COOKIE = "laurels_session"
"""The cookie that carries a page session. Form tokens are bound to its value."""

SECURE_SESSION_COOKIE = "__Host-laurels_session"
"""Its name behind TLS: browsers then take it over TLS only, and from this host only (RFC 6265bis, 4.1.3.2)."""

SERVICE_KEY_PREFIX = "lk_"
"""How every service key begins, so that people and secret scanners know one when they see it."""

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

    @property
    def actor(self) -> str:
        """Whose entries these are, as the ledger tells it."""
        return f"member/{self.member_id}"

    @property
    def partition(self) -> str:
        """What limits are counted and request keys are kept under."""
        return str(self.member_id)


@dataclass(frozen=True, slots=True)
class ServiceCaller:
    """A program that has sent a good service key: a till, a shop's backend. It is no member and has no role.

    Attributes:
        key_id: the key's, public.
        subject: what the key is for: `program/<id>`, `progress`, ...
        scopes: what it may do there, in words of the product's: `earn`, `read`, ...
        name: what an admin called the key.
    """

    key_id: UUID
    subject: str
    scopes: frozenset[str]
    name: str

    @property
    def actor(self) -> str:
        """Whose entries these are, as the ledger tells it."""
        return f"key/{self.key_id}"

    @property
    def partition(self) -> str:
        """What limits are counted and request keys are kept under; never a member's."""
        return f"key/{self.key_id}"

    def allows(self, subject: str, scope: str) -> bool:
        """Whether the key is of this subject and has this scope."""
        return subject == self.subject and scope in self.scopes


AnyCaller: TypeAlias = Caller | ServiceCaller


class Authenticator(Protocol):
    """Finds out who sent a request.

    Where an Authorization header is present it alone counts and cookies are not
    looked at: the check against forged requests exempts such calls.
    """

    async def __call__(self, request: Request) -> AnyCaller | None:
        """The active member or the good service key behind a request; None where there is neither, or not any more."""


class NotSignedIn(DomainError):
    """Nobody is signed in, or the session has ended. Pages answer it by leading to sign-in."""

    code = "unauthenticated"
    kind = Kind.UNAUTHENTICATED
    detail = "Sign in first: send a valid access token as Authorization: Bearer, or refresh the one that ended."


async def find_any_caller(request: Request) -> AnyCaller | None:
    """Which member or service key calls, or None; asks the authenticator once per request."""
    scope = request.scope
    if _SCOPE_KEY in scope:
        known: AnyCaller | None = scope[_SCOPE_KEY]
        return known
    found: AnyCaller | None = await request.app.state.context.authenticate(request)
    scope[_SCOPE_KEY] = found
    return found


async def find_caller(request: Request) -> Caller | None:
    """Which member calls, or None: to what is open to all, a service key is a stranger."""
    return _member_only(await find_any_caller(request))


def caller_so_far(scope: Any) -> Caller | None:
    """Which member calls, if this request has asked already: for error pages and logs, which must not ask."""
    return _member_only(scope.get(_SCOPE_KEY))


def sent_service_key(request: Request) -> str | None:
    """The bearer token of a request if it looks like a service key, good or not."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.startswith(SERVICE_KEY_PREFIX) else None


async def require_any_caller(request: Request) -> AnyCaller:
    """Which member or service key calls.

    Raises:
        KeyRefused: a service key was sent that is no good.
        NotSignedIn: there is neither.
    """
    caller = await find_any_caller(request)
    if caller is None:
        raise NotSignedIn() if sent_service_key(request) is None else KeyRefused()
    return caller


def require_scope(caller: AnyCaller, subject: str, scope: str, *, what: str) -> None:
    """Check that a service key is for this; a member passes, for members have roles.

    Whether another subject exists isn't told: its key gets the same answer either way.

    Args:
        what: the subject's noun, such as program.

    Raises:
        Missing: the key is another subject's.
        ScopeMissing: it lacks the scope.
    """
    if isinstance(caller, Caller) or caller.allows(subject, scope):
        return
    if caller.subject != subject:
        raise Missing(what=what)
    raise ScopeMissing(scope=scope)


async def require_member(request: Request) -> Caller:
    """Which member calls.

    Raises:
        NotSignedIn: nobody is signed in.
        MembersOnly: a service key calls.
    """
    caller = await require_any_caller(request)
    if not isinstance(caller, Caller):
        raise MembersOnly()
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


class ServiceOr:
    """The dependency behind `service_or`; the table of roles and OpenAPI find routes that have one.

    Attributes:
        role: what a member must be.
        scope: what a service key must have; empty where the product alone checks it.
    """

    def __init__(self, role: Role, scope: str = "") -> None:
        self.role = role
        self.scope = scope

    async def __call__(self, request: Request) -> AnyCaller:
        """Who calls.

        Raises:
            NotSignedIn: nobody.
            Denied: a member of too low a role.
            ScopeMissing: a service key without the scope.
        """
        caller = await require_any_caller(request)
        if isinstance(caller, Caller):
            return _require(caller, self.role)
        if self.scope and self.scope not in caller.scopes:
            raise ScopeMissing(scope=self.scope)
        return caller


async def allow_everyone() -> None:
    """Nothing: it marks a route as open to all, without asking who calls."""


def _require(caller: Caller, needed: Role) -> Caller:
    if not caller.role.covers(needed):
        raise Denied(needs=needed.value)
    return caller


def _member_only(caller: AnyCaller | None) -> Caller | None:
    return caller if isinstance(caller, Caller) else None


def service_or(role: Role, *, scope: str = "") -> Any:
    """A route's parameter: a service key with this scope, or a member of this role. `require_scope` then checks the subject."""
    return Depends(ServiceOr(role, scope))


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

ServiceOrSigned = Annotated[AnyCaller, service_or(Role.MEMBER)]
"""A service key whose subject and scope the product checks, or any member; else 401."""

ServiceOrAdmin = Annotated[AnyCaller, service_or(Role.ADMIN)]
"""The same, or an admin; else 401 or 403."""
