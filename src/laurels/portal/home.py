"""/: what a member has, what needs attention, and what happened lately."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from laurels.core.windows import month_end, month_of
from laurels.portal.queries import count_pending
from laurels.products.loyalty.pages import read_card
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.pages import read_pot_card
from laurels.products.progress.pages import read_card as read_progress_card
from laurels.products.recognition.forms import FilterForm
from laurels.products.recognition.pages import read_balances, read_feed, read_standings, topics_for
from laurels.products.recognition.policy import policy_of
from laurels.products.study.pages import read_study_card
from laurels.web.caller import Signed
from laurels.web.context import Ctx

router = APIRouter(include_in_schema=False)

FEED_ITEMS = 10


@router.get("/")
def show_home(request: Request, context: Ctx, caller: Signed, house: OpenHouse) -> Response:
    """Balances, what needs attention, the feed and the standings."""
    policy, now = policy_of(context.settings), context.clock.now()
    with context.database.read.connect() as connection:
        values = read_balances(connection, context, caller)
        values |= read_feed(connection, context, caller, filters=FilterForm(), limit=FEED_ITEMS) | read_standings(connection, context)
        pending = count_pending(connection, caller.member_id)
    purse = values["purse"]
    return context.pages.render(
        request,
        "portal/pages/home.html",
        caller=caller,
        topics=topics_for(context, request, caller),
        lapsing=purse.allowance - purse.carries,
        resets_at=month_end(month_of(now, policy.zone), policy.zone),
        pending=pending,
        progress=read_progress_card(context, caller),
        pot_card=read_pot_card(context, caller),
        **values,
        **read_card(context, caller),
        **read_study_card(context, caller),
    )
