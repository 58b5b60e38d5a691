"""/pot/limits and /pot/pause: how members hold themselves back."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.ledger.writer import RequestKey
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import pause, set_limit
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.queries.standing import read_standing
from laurels.products.pot.schemas.limits import LimitBody, LimitsAnswer, PauseBody
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.limits import limited

router = APIRouter(prefix="/pot")

CHANGES_PER_MINUTE = 30

_REFUSED = documented(Missing, MemberInactive)


@router.get("/limits")
def read_my_limits(caller: Signed, context: Ctx, house: OpenHouse) -> LimitsAnswer:
    """What I may put into the pot today, by the community and by myself, and whether I pause."""
    return _limits(context, caller)


@router.put("/limits", dependencies=[limited("set-limit", per_minute=CHANGES_PER_MINUTE, book=BOOK)], responses=_REFUSED)
async def set_my_limit(
    body: LimitBody,
    caller: Signed,
    context: Ctx,
    house: OpenHouse,
    request: Request,
    key: Annotated[RequestKey | None, keyed("set-limit")],
) -> LimitsAnswer:
    """Set my own daily limit: a lower one holds at once, a higher one or none from tomorrow on."""
    posted = await set_limit(context, caller, body.daily_limit, request=key)
    tell_replay(request, posted)
    return await run_in_threadpool(_limits, context, caller)


@router.post("/pause", dependencies=[limited("pause", per_minute=CHANGES_PER_MINUTE, book=BOOK)], responses=_REFUSED)
async def pause_my_play(
    body: PauseBody, caller: Signed, context: Ctx, house: OpenHouse, request: Request, key: Annotated[RequestKey | None, keyed("pause")]
) -> LimitsAnswer:
    """Keep me out of the pot for so many days from now. It can't be shortened; what I have stays mine."""
    posted = await pause(context, caller, body.days, request=key)
    tell_replay(request, posted)
    return await run_in_threadpool(_limits, context, caller)


def _limits(context: Context, caller: Caller) -> LimitsAnswer:
    with context.database.read.connect() as connection:
        return LimitsAnswer.of(read_standing(connection, caller.member_id, at=context.clock.now(), zone=context.settings.zone))
