"""The API's documentation as pages: /docs (Swagger UI, vendored) and /docs/problems, where a problem's `type` leads.

Invariant: nothing is loaded from elsewhere, and the strict policy of all pages holds here too.
"""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.web.caller import Anyone
from laurels.web.context import Ctx
from laurels.web.documented import example_of, first_line
from laurels.web.openapi import PATH
from laurels.web.pages import Pages

router = APIRouter()


def add_to(pages: Pages) -> None:
    """Let pages find these templates."""
    pages.add_templates("reference", Path(__file__).parent / "templates")


@router.get("/docs")
def show_reference(request: Request, context: Ctx, caller: Anyone) -> Response:
    """The API, to read and to try."""
    return context.pages.render(request, "reference/docs.html", caller=caller, document=PATH)


@router.get("/docs/problems")
def show_problems(request: Request, context: Ctx, caller: Anyone) -> Response:
    """Every code that a refusal may have, with its example."""
    ours = sorted(DomainError.registry.values(), key=lambda error: error.code)
    problems = [{"meaning": first_line(error), **example_of(error)} for error in ours if error.__module__.startswith("laurels.")]
    return context.pages.render(request, "reference/problems.html", caller=caller, problems=problems)
