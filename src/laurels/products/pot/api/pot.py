"""/pot: what is in it, contributing to it, emptying it, and following it."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from laurels.core.errors import Missing
from laurels.identity.editors import Editing
from laurels.identity.errors import MemberInactive
from laurels.ledger import InsufficientBalance, LimitReached
from laurels.ledger.writer import RequestKey
from laurels.products.pot import queries
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import contribute, reset_pot
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.errors import Paused
from laurels.products.pot.house import HouseParts
from laurels.products.pot.live import POT_CHANGED, TOPIC, pot_told
from laurels.products.pot.schemas.coins import ContributionAnswer, ContributionBody
from laurels.products.pot.schemas.pots import PotAnswer, ResetAnswer, ResetBody
from laurels.web.caller import AdminOnly, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.events import EventStream, open_stream
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.limits import limited
from laurels.web.live import TooManyStreams
from laurels.web.paths import API_PREFIX
from laurels.web.sse import framed

router = APIRouter(prefix="/pot")

CONTRIBUTIONS_PER_MINUTE = 30
RESETS_PER_MINUTE = 10

_RESET: dict[int | str, dict[str, Any]] = {
    201: {"headers": {"Location": {"description": "The round that it ended.", "schema": {"type": "string"}}}}
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            EventStream.media_type: {
                "schema": {"type": "string"},
                "example": f"event: {POT_CHANGED}\ndata: {pot_told(75, 1, 5).decode()}\n\n",
            }
        },
        "description": "Server-sent events, until either side has enough.",
    }
}


@router.get("")
def read_pot(caller: Signed, context: Ctx, house: OpenHouse) -> PotAnswer:
    """What is in the pot, what the round that goes on is bound by, and the one before."""
    now = _now(context)
    with context.database.read.connect() as connection:
        before = queries.find_round(connection, now.row.round - 1)
    return PotAnswer.of(now, before)


@router.post(
    "/contribute",
    status_code=201,
    dependencies=[limited("contribute", per_minute=CONTRIBUTIONS_PER_MINUTE, book=BOOK)],
    responses=documented(Paused, LimitReached, InsufficientBalance, Missing, MemberInactive),
)
async def contribute_to_pot(
    body: ContributionBody,
    caller: Signed,
    context: Ctx,
    house: HouseParts,
    request: Request,
    key: Annotated[RequestKey | None, keyed("contribute")],
) -> ContributionAnswer:
    """Put coins of mine into the pot, without a message. It draws nothing, and counts against the day's limit."""
    posted = await contribute(context, house, caller, body.amount, request=key)
    tell_replay(request, posted)
    return ContributionAnswer.of(posted.answer)


@router.post("/reset", status_code=201, dependencies=[limited("reset-pot", per_minute=RESETS_PER_MINUTE, book=BOOK)], responses=_RESET)
async def end_round_by_hand(
    body: ResetBody,
    caller: AdminOnly,
    editor: Editing,
    context: Ctx,
    house: HouseParts,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("reset-pot")],
) -> ResetAnswer:
    """Empty the pot and begin a new round: for admins, on record. Nobody wins, and the round's seed is revealed."""
    posted = await reset_pot(context, house, editor, body.reason, request=key)
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/pot/rounds/{posted.answer.ended}"
    return ResetAnswer.of(posted.answer)


@router.get("/stream", response_class=StreamingResponse, responses=_EVENTS | documented(TooManyStreams))
async def follow_pot(
    request: Request, caller: Signed, context: Ctx, house: OpenHouse, last_event_id: Annotated[str | None, Header(max_length=100)] = None
) -> EventStream:
    """Follow the pot as server-sent events, first what is in it now.

    `pot.changed` tells what is in the `pot`, the `round` and the `messages` paid
    in it, at most once a second; `pot.won` the latest win. The stream ends
    after ten minutes: come back. What is missed isn't told again, so read anew
    on `refresh`.
    """

    async def current() -> bytes:
        now = await run_in_threadpool(_now, context)
        return framed(POT_CHANGED, pot_told(now.amount, now.row.round, now.row.messages))

    return await open_stream(request, context, caller, TOPIC, is_resumed=last_event_id is not None, first=current)


def _now(context: Context) -> queries.PotNow:
    with context.database.read.connect() as connection:
        return queries.read_pot(connection)
