"""The API's documentation as pages: /docs, drawn here from the OpenAPI document; /docs/problems, where a problem's `type` leads; /docs/try.

/docs lists all operations by section; a section's page tells its own. One page with all of them would weigh too much.

Invariant: nothing is loaded from elsewhere, and the strict policy of all pages holds here too. Begin with `operations`.
"""

from functools import cache
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from markupsafe import Markup
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.web.caller import Anyone
from laurels.web.context import Context, Ctx
from laurels.web.documented import example_of, first_line
from laurels.web.language import N_
from laurels.web.openapi import PATH
from laurels.web.pages import Pages
from laurels.web.problems import NoSuchPage
from laurels.web.reference.operations import Reference, read_reference
from laurels.web.roles import roles_table

LOCAL_ADDRESS = "http://127.0.0.1:8000"
"""Where commands lead while nobody has said what members use."""

TITLES = (N_("Identity"), N_("Members"), N_("Recognition"), N_("Operations"))
"""What the operations' tags are called where their routers don't mark them: a tag that nobody marked stays English."""

router = APIRouter()


def add_to(pages: Pages) -> None:
    """Let pages find these templates."""
    pages.add_templates("reference", Path(__file__).parent / "templates")


@router.get("/docs")
def show_reference(request: Request, context: Ctx, caller: Anyone) -> Response:
    """The API, to read: how to begin, and every operation by its title.

    An operation has the same anchor here as on its section's page, so that addresses from when all were told here still lead to it.
    """
    drawn = _drawn(request.app, "", context.pages.language_of(request, caller))
    return context.pages.render(request, "reference/docs.html", caller=caller, drawn=drawn, title="")


@router.get("/docs/reference/{section}")
def show_section(request: Request, context: Ctx, caller: Anyone, section: str) -> Response:
    """The operations of a section, each with all that there is to say of it.

    Raises:
        NoSuchPage: no section has this id.
    """
    titles = {group.id: group.title for group in _read(request.app).groups}
    if section not in titles:
        raise NoSuchPage()
    drawn = _drawn(request.app, section, context.pages.language_of(request, caller))
    return context.pages.render(request, "reference/docs.html", caller=caller, drawn=drawn, title=titles[section])


@router.get("/docs/try")
def show_console(request: Request, context: Ctx, caller: Anyone) -> Response:
    """The API, to try: Swagger UI."""
    return context.pages.render(request, "reference/try.html", caller=caller, document=PATH)


@router.get("/docs/problems")
def show_problems(request: Request, context: Ctx, caller: Anyone) -> Response:
    """Every code that a refusal may have, with its example."""
    ours = sorted(DomainError.registry.values(), key=lambda error: error.code)
    problems = [{"meaning": first_line(error), **example_of(error)} for error in ours if error.__module__.startswith("laurels.")]
    return context.pages.render(request, "reference/problems.html", caller=caller, problems=problems)


@cache  # the document doesn't change while a process lives, and reading and drawing it takes a while
def _read(app: FastAPI) -> Reference:
    context: Context = app.state.context
    return read_reference(app.openapi(), roles_table(app), address=context.settings.public_url or LOCAL_ADDRESS)


@cache
def _drawn(app: FastAPI, section: str, language: str) -> Markup:
    """A section in a language, or without one the page before them: the same for everyone."""
    context: Context = app.state.context
    template = "reference/section.html" if section else "reference/index.html"
    # Templates escape, also what is drawn here.
    return Markup(context.pages.draw(template, language=language, reference=_read(app), section=section, spoken=language).decode())  # noqa: S704
