"""/progress/activities: what a member was given points for, narrowed, page by page, and as a table to take away."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from laurels.products.progress.forms import ActivityForm
from laurels.products.progress.in_words import WORDS, goals_paid, type_options
from laurels.products.progress.queries.activities import list_activities, sum_activities
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.definitions import TOPICS, list_definitions
from laurels.products.progress.queries.goals import goal_titles
from laurels.products.progress.rules import ActivityType
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import API_PREFIX

router = APIRouter(include_in_schema=False)

ACTIVITIES = "/progress/activities"
LINES_PER_PAGE = 50


@router.get(ACTIVITIES)
def show_activities(request: Request, context: Ctx, caller: Signed, cursor: Cursor = None) -> Response:
    """A member's activities, what was done last first; the days of the filter are those of the member's zone."""
    place, filters = read_cursor(cursor, datetime, UUID), ActivityForm.of_query(request.query_params)
    zone = context.pages.formats(request, caller).zone
    narrowed, who = filters.narrowed(zone), caller.member_id
    with context.database.read.connect() as connection:
        before = (place[0], place[1]) if place else None
        rows = list_activities(connection, who, narrowed, limit=LINES_PER_PAGE + 1, before=before)
        sums = sum_activities(connection, who, narrowed)
        basis = current_basis(connection, context.database, context.settings.zone)
        titles = goal_titles(connection, basis, goals_paid(rows))
        topics = {topic.slug: topic.title for topic in list_definitions(connection, TOPICS)}
    last = rows[LINES_PER_PAGE - 1] if len(rows) > LINES_PER_PAGE else None
    return context.pages.render(
        request,
        "progress/pages/activities.html",
        caller=caller,
        activities=rows[:LINES_PER_PAGE],
        sums=sums,
        filters=filters,
        type_options=type_options(lambda sentence: context.pages.translate(request, sentence), list(ActivityType)),
        topic_titles=topics,
        goal_titles=titles,
        table_href=filters.table_href(f"{API_PREFIX}/progress/activities.csv", zone),
        next_href=filters.href(ACTIVITIES, cursor=write_cursor(last.occurred_at, last.id)) if last else "",
        first_href=filters.href(ACTIVITIES) if cursor else "",
        **WORDS,
    )
