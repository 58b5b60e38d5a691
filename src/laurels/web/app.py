"""Puts an application together from its routers.

    build_app(context, api=[recognition.api.router], pages=[recognition.pages.router])

Around every request: `headers.Edge`; then FastAPI, whose errors `problems`
answers; then the routes, flat (`routing`).
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from laurels import __version__
from laurels.web import health, openapi, problems
from laurels.web.context import Context
from laurels.web.csrf import FormToken
from laurels.web.headers import Edge
from laurels.web.paths import API_PREFIX
from laurels.web.routing import RouteTable, add_routes

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def build_app(
    context: Context,
    *,
    api: Iterable[APIRouter] = (),
    gateways: Iterable[APIRouter] = (),
    pages: Iterable[APIRouter] = (),
    lifespan: Lifespan | None = None,
) -> FastAPI:
    """An application of these routers, with the manners of every endpoint.

    Args:
        api: JSON endpoints; `/api/v1` is put before paths that lack it.
        gateways: endpoints of other protocols, whose paths are as those have them; they stand in no API document of ours.
        pages: HTML endpoints and whatever else belongs in no API document;
            their forms need a token.
    """
    app = FastAPI(
        title=f"{context.settings.community_name} API",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.context = context
    problems.install(app)
    is_behind_tls = context.settings.public_url.startswith("https://")
    app.add_middleware(Edge, is_behind_tls=is_behind_tls, max_file_bytes=context.settings.max_file_bytes)
    for router in api:
        add_routes(app, router, prefix=API_PREFIX)
    for router in (health.router, openapi.router):
        add_routes(app, router)
    for router in gateways:
        add_routes(app, router, include_in_schema=False)
    for router in pages:
        add_routes(app, router, dependencies=[FormToken], include_in_schema=False)
    openapi.install(app)
    app.router.routes.insert(0, RouteTable(route for route in app.router.routes if isinstance(route, APIRoute)))
    return app
