"""Who may use which endpoint: read from the routes themselves, so that it can't be wrong.

docs/roles.md is made of it (`python docs/generate.py`), and a test compares.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from laurels.web.caller import ServiceOr, allow_everyone, find_caller, require_admin, require_member, require_staff

ANYONE = "anyone"
UNDECLARED = "undeclared"

SERVICE_KEY = "service key"
OR = " or "

_OF_MEMBERS = (require_admin, require_staff, require_member)
_NEEDED = {
    require_admin: "admin",
    require_staff: "staff",
    require_member: "member",
    find_caller: ANYONE,
    allow_everyone: ANYONE,
}
"""Which role a dependency asks for, the most demanding first."""

_INTRODUCTION = """\
# Roles

Who may use which endpoint. `anyone` needs no sign-in, `member` any active
member, `staff` staff or admin. Others get 401 (on pages: the way to sign-in)
or 403. Some endpoints ask more of what they are about (a redemption's owner,
an endorsement not by the giver): those rules are told where they are refused.
Where it says `service key`, a program may call with a key that an admin made
for it, if the key has the scope in brackets; members' endpoints refuse it by 403.

Made by `python docs/generate.py` from the routes' own dependencies.
"""


def api_routes(app: FastAPI) -> Iterator[RouteContext]:
    """Every endpoint of an application, once."""
    return (route for route in iter_route_contexts(app.router.routes) if isinstance(route.original_route, APIRoute))


def calls_of(dependant: Any) -> Iterator[Any]:
    """The functions that run before an endpoint, at any depth."""
    for part in dependant.dependencies:
        yield part.call
        yield from calls_of(part)


def role_of(route: RouteContext) -> str:
    """The role that a route asks for, `service key (scope) or admin` where a key will do; `undeclared` where it says nothing."""
    service = service_of(route)
    if service is not None:
        return f"{SERVICE_KEY}{f' ({service.scope})' if service.scope else ''}{OR}{service.role}"
    calls = list(calls_of(route.dependant))
    return next((role for dependency, role in _NEEDED.items() if dependency in calls), UNDECLARED)


def service_of(route: RouteContext) -> ServiceOr | None:
    """How a route lets service keys in; None where it doesn't."""
    calls = list(calls_of(route.dependant))
    if any(dependency in calls for dependency in _OF_MEMBERS):
        return None
    return next((call for call in calls if isinstance(call, ServiceOr)), None)


def split_role(role: str) -> tuple[str, str]:
    """(`service key (scope)` or nothing, the member's role) of what `role_of` tells."""
    service, _, of_member = role.rpartition(OR)
    return service, of_member


def roles_table(app: FastAPI) -> list[tuple[str, str, str]]:
    """(method, path, role) of every endpoint, by path."""
    rows = [(method, str(route.path), role_of(route)) for route in api_routes(app) for method in route.methods or ()]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def roles_page(rows: Iterable[tuple[str, str, str]]) -> str:
    """docs/roles.md."""
    lines = [f"| {method} | `{path}` | {role} |" for method, path, role in rows]
    return "\n".join([_INTRODUCTION, "| method | path | role |", "| --- | --- | --- |", *lines, ""])
