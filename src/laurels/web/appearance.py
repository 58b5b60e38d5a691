"""What belongs to every page: its files, and the choice between light and dark."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from laurels.web.caller import Open
from laurels.web.context import Ctx
from laurels.web.pages import THEME_COOKIE, THEMES, see_other
from laurels.web.paths import safe_next
from laurels.web.problems import NoSuchPage

router = APIRouter(include_in_schema=False)

A_YEAR_SECONDS = 365 * 86_400


@router.get("/static/{digest}/{name:path}", dependencies=[Open])
async def serve_asset(request: Request, context: Ctx, digest: str, name: str) -> Response:
    """A file of the pages, from memory."""
    found: Response | None = context.pages.assets.respond(request, digest=digest, name=name)
    if found is None:
        raise NoSuchPage()
    return found


@router.post("/theme", dependencies=[Open])
async def choose_theme(
    request: Request, theme: Annotated[str, Form(max_length=10)] = "", back: Annotated[str, Form(max_length=500)] = "/"
) -> Response:
    """Keep a choice of colours in a cookie, so that the server draws the first byte in them; anything unknown forgets it."""
    response = see_other(safe_next(back))
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=A_YEAR_SECONDS, path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )
    else:
        response.delete_cookie(THEME_COOKIE, path="/")
    return response
