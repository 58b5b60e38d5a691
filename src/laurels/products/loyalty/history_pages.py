"""A member's history in a program: every movement of their points, narrowed, page by page, and as a table to take away."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from laurels.products.loyalty.forms import HistoryForm
from laurels.products.loyalty.queries import get_visible_program
from laurels.products.loyalty.queries.history import MAX_SEARCH, list_history
from laurels.products.loyalty.wording import BURN_LABELS, KIND_LABELS
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import API_PREFIX

router = APIRouter(include_in_schema=False)

LINES_PER_PAGE = 50


@router.get("/programs/{program_id}/history")
def show_history(request: Request, context: Ctx, caller: Signed, program_id: UUID, cursor: Cursor = None) -> Response:
    """What moved in a member's points, the last first; the days of the filter are those of the member's zone."""
    place, filters = read_cursor(cursor, int, int), HistoryForm.of_query(request.query_params)
    zone, base = context.pages.formats(request, caller).zone, f"/programs/{program_id}/history"
    with context.database.read.connect() as connection:
        program = get_visible_program(connection, caller, program_id)
        before = (place[0], place[1]) if place else None
        found = list_history(connection, program_id, caller.member_id, filters.narrowed(zone), limit=LINES_PER_PAGE, before=before)
    return context.pages.render(
        request,
        "loyalty/pages/history.html",
        caller=caller,
        program=program,
        lines=found.items,
        filters=filters,
        kind_options=[(kind.value, context.pages.translate(request, words)) for kind, words in KIND_LABELS.items()],
        kind_labels=KIND_LABELS,
        burn_labels=BURN_LABELS,
        max_search=MAX_SEARCH,
        statement_href=filters.statement_href(f"{API_PREFIX}/programs/{program_id}/statement.csv", zone),
        next_href=filters.href(base, cursor=write_cursor(*found.following)) if found.following else "",
        first_href=filters.href(base) if cursor else "",
    )
