"""What a class used: by day, by member and by model, and what it cost."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from laurels.products.study.plotting import DAYS, days_up_to, days_words, plot_of, span_links
from laurels.products.study.queries.plots import Spending, list_member_tokens, list_model_tokens, read_token_days
from laurels.products.study.visits import CLASSES, AtManagedClass
from laurels.web.limits import limited

router = APIRouter()

MEMBERS = 50
"""Members that are listed: those who used most."""
READS_PER_MINUTE = 60


@router.get(f"{CLASSES}/{{class_id}}/usage", dependencies=[limited("class-usage-page", per_minute=READS_PER_MINUTE)])
def show_usage(visit: AtManagedClass, days: Annotated[int, Query()] = DAYS[0]) -> Response:
    """What members used in the last days. It is summed when it is asked for."""
    span = days_up_to(visit.now, visit.zone, days)
    spending = Spending(span.since, class_id=visit.room.id)
    with visit.context.database.read.connect() as connection:
        told = read_token_days(connection, spending, days=span.days)
        members = list_member_tokens(connection, spending, limit=MEMBERS)
        models = list_model_tokens(connection, spending)
    here = f"{visit.path}/usage"
    return visit.draw(
        "manage/usage",
        days=told,
        plot=plot_of(visit.say, visit.formats, told),
        span_words=days_words(visit.formats, span),
        spans=span_links(visit.say, here, len(span.days)),
        members=members,
        models=models,
        tokens=sum(day.tokens for day in told),
        calls=sum(day.calls for day in told),
        cost=sum(day.cost for day in told),
        currency=visit.context.settings.model_currency,
        records_href=f"/api/v1/usage/records.csv?class_id={visit.room.id}&everyone=true",
        members_href=f"/api/v1/usage/classes/{visit.room.id}/members.csv",
    )
