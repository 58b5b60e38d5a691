"""What study does: classes, documents by state, tokens and what they cost, what is set aside, and what answers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response, StreamingResponse

from laurels.core.windows import day_of, day_start, month_of, month_start
from laurels.identity.desks import Desk
from laurels.products.study.desk import DeskParts
from laurels.products.study.in_words import WORDS
from laurels.products.study.plotting import DAYS, days_up_to, days_words, plot_of, span_links
from laurels.products.study.queries.monitoring import count_classes, list_class_rows, read_documents, read_holds
from laurels.products.study.queries.plots import Spending, list_class_tokens, list_model_tokens, read_token_days, read_total
from laurels.web.caller import StaffOnly
from laurels.web.context import Ctx
from laurels.web.csv_answers import csv_answer
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address

router = APIRouter(include_in_schema=False)

PATH = "/console/study"
CLASSES = 25
"""Classes of one page."""
BUSIEST = 10
FAILED = 10
HOLDS = 10
READS_PER_MINUTE = 60


@router.get(PATH, dependencies=[limited("study-monitoring-page", per_minute=READS_PER_MINUTE)])
def show_monitoring(
    request: Request, context: Ctx, caller: StaffOnly, parts: DeskParts, days: Annotated[int, Query()] = DAYS[0], cursor: Cursor = None
) -> Response:
    """The numbers of now. They are summed when they are asked for."""
    desk, place = Desk(request, context, caller), read_cursor(cursor, datetime, UUID)
    settings, zone, formats = context.settings, context.settings.zone, context.pages.formats(request, caller)
    span = days_up_to(desk.now, zone, days)
    spending, month_begins = Spending(span.since), month_start(month_of(desk.now, zone), zone)
    with context.database.read.connect() as connection:
        told = read_token_days(connection, spending, days=span.days)
        before = (place[0], place[1]) if place else None
        rows, has_more = list_class_rows(connection, since=month_begins, limit=CLASSES, before=before)
        values: dict[str, Any] = {
            "counts": count_classes(connection),
            "documents": read_documents(connection, limit=FAILED),
            "holds": read_holds(connection, limit=HOLDS),
            "models": list_model_tokens(connection, spending),
            "busiest": list_class_tokens(connection, spending, limit=BUSIEST),
            "today": read_total(connection, Spending(day_start(day_of(desk.now, zone), zone))),
            "month": read_total(connection, Spending(month_begins)),
        }
    length = str(len(span.days))
    return context.pages.render(
        request,
        "study/console/monitoring.html",
        caller=caller,
        base=PATH,
        has_model=parts.model is not None,
        model_name=settings.model,
        embedding_name=settings.embedding_model if parts.model is not None else "",
        currency=settings.model_currency,
        plot=plot_of(desk.say, formats, told),
        days=told,
        span_words=days_words(formats, span),
        spans=span_links(desk.say, PATH, len(span.days)),
        classes=rows,
        days_href=address(f"{PATH}/days.csv", {"days": length}),
        next_href=address(PATH, {"days": length, "cursor": write_cursor(rows[-1].created_at, rows[-1].id)}) if has_more else "",
        first_href=address(PATH, {"days": length}) if cursor else "",
        **values,
        **WORDS,
    )


@router.get(f"{PATH}/days.csv", dependencies=[limited("study-monitoring-table", per_minute=READS_PER_MINUTE)])
def download_days(context: Ctx, caller: StaffOnly, days: Annotated[int, Query()] = DAYS[0]) -> StreamingResponse:
    """Tokens by day, as a table."""
    span = days_up_to(context.clock.now(), context.settings.zone, days)
    with context.database.read.connect() as connection:
        told = read_token_days(connection, Spending(span.since), days=span.days)
    header = ("day", "own", "overflow", "sponsored", "calls", "cost_millionths", "currency")
    currency = context.settings.model_currency
    rows = [(one.day.isoformat(), one.own, one.overflow, one.sponsored, one.calls, one.cost, currency) for one in told]
    return csv_answer(header, rows, filename="study-days.csv")
