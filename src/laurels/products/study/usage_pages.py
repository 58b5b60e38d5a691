"""/study/usage: what a member used in all of their classes, of which limits, by day, and each call of a model."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from laurels.identity.desks import Desk
from laurels.products.study.in_words import WORDS, budget_alerts
from laurels.products.study.plotting import DAYS, days_up_to, days_words, plot_of, span_links
from laurels.products.study.queries.classes import list_standings
from laurels.products.study.queries.plots import Spending, names_of_classes, read_token_days
from laurels.products.study.queries.usage import read_use
from laurels.products.study.queries.usage_records import RecordFilter, list_records
from laurels.products.study.visits import STUDY
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address

router = APIRouter(include_in_schema=False)

PATH = f"{STUDY}/usage"
CLASSES_SHOWN = 24
RECORDS = 25
READS_PER_MINUTE = 60


@router.get(PATH, dependencies=[limited("my-usage-page", per_minute=READS_PER_MINUTE)])
def show_usage(
    request: Request, context: Ctx, caller: Signed, days: Annotated[int, Query()] = DAYS[0], cursor: Cursor = None, more: Cursor = None
) -> Response:
    """A member's meters of each class, their days, and their records; `more` is the place among the classes."""
    desk, place, after = Desk(request, context, caller), read_cursor(cursor, datetime, UUID), read_cursor(more, datetime, UUID)
    formats = context.pages.formats(request, caller)
    span = days_up_to(desk.now, ZoneInfo(caller.time_zone), days)
    with context.database.read.connect() as connection:
        before = (after[0], after[1]) if after else None
        standings = list_standings(connection, caller.member_id, limit=CLASSES_SHOWN + 1, before=before)
        shown = sorted(standings[:CLASSES_SHOWN], key=lambda one: not one.room.is_active)  # archived ones stand last
        uses = read_use(connection, shown, at=desk.now)
        told = read_token_days(connection, Spending(span.since, member=caller.member_id), days=span.days)
        wanted = RecordFilter(caller.member_id)
        records = list_records(connection, wanted, limit=RECORDS + 1, before=(place[0], place[1]) if place else None)
        names = names_of_classes(connection, {row.class_id for row in records})
    last_room = standings[CLASSES_SHOWN - 1].room if len(standings) > CLASSES_SHOWN else None
    last = records[RECORDS - 1] if len(records) > RECORDS else None
    length = str(len(span.days))
    return context.pages.render(
        request,
        "study/pages/usage.html",
        caller=caller,
        uses=uses,
        alerts=budget_alerts(desk.say, uses),
        plot=plot_of(desk.say, formats, told),
        days=told,
        span_words=days_words(formats, span),
        spans=span_links(desk.say, PATH, len(span.days)),
        tokens=sum(day.tokens for day in told),
        cost=sum(day.cost for day in told),
        currency=context.settings.model_currency,
        records=records[:RECORDS],
        class_names=names,
        more_href=address(PATH, {"days": length, "more": write_cursor(last_room.created_at, last_room.id)}) if last_room else "",
        next_href=address(PATH, {"days": length, "cursor": write_cursor(last.created_at, last.id)}) if last else "",
        first_href=address(PATH, {"days": length}) if cursor or more else "",
        **WORDS,
    )
