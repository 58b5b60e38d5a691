"""Routes laid out flat, and found in a table.

FastAPI keeps included routers nested and asks every route in turn: with eighty
routes that more than halves what an empty endpoint can answer (12,200 to 5,600
a second here). So routers are unfolded when the application is built, and
their addresses are looked up.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from laurels.web.problems import MethodNotAllowed

_LAID_OUT = "laurels_laid_out"
"""Where a router keeps its routes as they were laid out."""


def add_routes(
    app: FastAPI, router: APIRouter, *, prefix: str = "", dependencies: Sequence[Any] = (), include_in_schema: bool = True
) -> None:
    """Register each route of a router, and of those included in it, on the application itself.

    Laying them out takes a tenth of a second in all; so a second application of
    a process (tests make thousands) gets the same routes, which know no application.

    An endpoint's docstring documents it: its first line is the summary, the
    rest the description.

    Raises:
        ValueError: a path ends with a slash. Both forms are served anyway, and the documents name the one without.
    """
    how = (prefix, tuple(map(id, dependencies)), include_in_schema)
    known: dict[tuple[Any, ...], list[BaseRoute]] = router.__dict__.setdefault(_LAID_OUT, {})  # a router can't be hashed
    if how not in known:
        known[how] = _lay_out(router, prefix=prefix, dependencies=dependencies, include_in_schema=include_in_schema)
    app.router.routes.extend(known[how])


def _lay_out(router: APIRouter, *, prefix: str, dependencies: Sequence[Any], include_in_schema: bool) -> list[BaseRoute]:
    flat = APIRouter(generate_unique_id_function=lambda route: route.name)
    for route in iter_route_contexts(router.routes):
        path = route.path or ""
        if not isinstance(route.original_route, APIRoute):
            raise TypeError(f"{path} isn't an API route: add it in laurels.main")
        full = path if path.startswith(prefix) else prefix + path
        if full.endswith("/") and full != "/":
            raise ValueError(f"{full}: declare it without the slash at its end")
        flat.add_api_route(
            full,
            route.endpoint,  # type: ignore[arg-type]  # an APIRoute has one
            response_model=route.response_model,
            status_code=route.status_code,
            tags=route.tags,
            dependencies=[*dependencies, *route.dependencies],
            summary=route.summary or _summary(route.description),
            description=_description(route.description),
            response_description=route.response_description,
            responses=route.responses,
            deprecated=route.deprecated,
            methods=route.methods,
            operation_id=route.operation_id,
            include_in_schema=include_in_schema and route.include_in_schema,
            response_class=route.response_class,
            response_model_exclude_none=route.response_model_exclude_none,
            name=route.name,
            openapi_extra=route.openapi_extra,
        )
    return flat.routes


def _summary(docstring: str) -> str | None:
    return docstring.partition("\n")[0].strip().rstrip(".") or None


def _description(docstring: str) -> str:
    """What follows the first line, up to what only the code's readers need; the first line where that is all."""
    first, _, rest = docstring.partition("\n")
    return rest.partition("\nRaises:")[0].strip() or first.strip()


class RouteTable(BaseRoute):
    """All routes by method and address. Stands before them, and finds most at the first look.

    Addresses with parameters are kept under what stands before the first one.
    A fixed address is never taken for one with a parameter, also by a method
    that it lacks, and `/shelves/{shelf}/all` never for `/shelves/{shelf}/{book}`.
    What isn't found here is left to the routes.
    """

    def __init__(self, routes: Iterable[APIRoute]) -> None:
        self._fixed: dict[str, dict[str, APIRoute]] = {}
        self._open: dict[tuple[str, str], list[APIRoute]] = {}
        self._ends: dict[str, list[APIRoute]] = {}
        for route in routes:
            for method in route.methods or ():
                if route.param_convertors:
                    self._open.setdefault((method, route.path.partition("{")[0]), []).append(route)
                else:
                    self._fixed.setdefault(route.path, {}).setdefault(method, route)
            if route.param_convertors and "{" not in (end := route.path.rpartition("/")[2]):
                self._ends.setdefault(end, []).append(route)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope.get("root_path"):
            return Match.NONE, {}
        method, path = scope["method"], scope["path"]
        fixed = self._fixed.get(path)
        if fixed is not None:
            route = fixed.get(method)
            if route is None:
                raise MethodNotAllowed(allow=", ".join(sorted(fixed)))
            return Match.FULL, {"endpoint": route.endpoint, "path_params": {}, "route": route}
        self._check_end(path, method)
        end = len(path)
        while (end := path.rfind("/", 0, end)) >= 0:
            for route in self._open.get((method, path[: end + 1]), ()):
                match, child = route.matches(scope)
                if match is Match.FULL:
                    return match, child
        return Match.NONE, {}

    def _check_end(self, path: str, method: str) -> None:
        """Check that an address with a fixed end is asked by a method that it has.

        Raises:
            MethodNotAllowed: it isn't.
        """
        routes = [route for route in self._ends.get(path.rpartition("/")[2], ()) if route.path_regex.match(path)]
        allowed = {known for route in routes for known in route.methods or ()}
        if allowed and method not in allowed:
            raise MethodNotAllowed(allow=", ".join(sorted(allowed)))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["route"].app(scope, receive, send)
