"""/messaging: what a message costs, sending one, and those that were sent."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
import orjson

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.ledger import InsufficientBalance, LimitReached
from laurels.ledger.writer import RequestKey
from laurels.products.pot import queries
from laurels.products.pot.accounts import BOOK
from laurels.products.pot.actions import Sent, Wish, retry_reply, send_message
from laurels.products.pot.actions.opening import OpenHouse
from laurels.products.pot.actions.replying import MAX_WAIT_SECONDS
from laurels.products.pot.errors import Paused, PriceMoved, ReplySettled, ReplyUnderWay
from laurels.products.pot.house import HouseParts
from laurels.products.pot.schemas.messages import MessageAnswer, MessageBody, QuoteAnswer, SentAnswer
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, read_cursor, write_cursor
from laurels.web.paths import API_PREFIX
from laurels.web.preferences import Prefer, tell_waited, wants_to_wait

router = APIRouter(prefix="/messaging")

SENDS_PER_MINUTE = 30

_SENT = created("message_id", "read_message", "retry_message_reply")


async def message_of_path(message_id: OpaqueId) -> UUID:
    """The message's id."""
    return known_id(message_id, what="message")


MessageId = Annotated[UUID, Depends(message_of_path)]


@router.get("/quote")
def quote_message(caller: Signed, context: Ctx, house: OpenHouse) -> QuoteAnswer:
    """What my next message costs and how likely it wins, now: others may send first."""
    with context.database.read.connect() as connection:
        return QuoteAnswer.of(queries.read_quote(connection, caller.member_id, at=context.clock.now(), zone=context.settings.zone))


@router.post(
    "/send",
    status_code=201,
    response_model=SentAnswer,
    dependencies=[limited("send", per_minute=SENDS_PER_MINUTE, book=BOOK)],
    responses=_SENT | documented(PriceMoved, Paused, LimitReached, InsufficientBalance, Missing, MemberInactive),
)
async def send_paid_message(
    body: MessageBody,
    caller: Signed,
    context: Ctx,
    house: HouseParts,
    request: Request,
    key: Annotated[RequestKey | None, keyed("send")],
    prefer: Prefer = None,
) -> Response:
    """Pay for a message to the bot, and draw for what is in the pot.

    The price goes into the pot first; a message that wins takes all of it, and
    a new round begins. A refused one changes nothing: not the price, the count
    or the pot. Where a model answers, its reply comes a little later: read the
    message again, or send `Prefer: wait`.
    """
    wish, wait = Wish(body.message, body.max_price, body.client_seed), wants_to_wait(prefer)
    sent = await send_message(context, house, caller, wish, request=key, wait_seconds=MAX_WAIT_SECONDS if wait else 0)
    tell_replay(request, sent.posted)
    headers = {"Location": f"{API_PREFIX}/messaging/messages/{sent.posted.answer.message}"}
    # Written out here: this is the busiest endpoint, and validating our own answer would cost a tenth of it.
    answer = Response(_sent_json(sent), 201, headers, "application/json")
    if wait:
        tell_waited(answer)
    return answer


@router.get("/history", responses=documented(CursorInvalid))
def list_messages(caller: Signed, context: Ctx, limit: PageSize = 20, cursor: Cursor = None) -> Page[MessageAnswer]:
    """My messages and the bot's replies, newest first."""
    place = read_cursor(cursor, datetime, UUID)
    before = (place[0], place[1]) if place else None
    with context.database.read.connect() as connection:
        rows, has_more = queries.list_history(connection, caller.member_id, limit=limit, before=before)
    following = write_cursor(rows[-1].created_at, rows[-1].id) if has_more else None
    return Page(items=[MessageAnswer.of(row) for row in rows], next_cursor=following)


@router.get("/messages/{message_id}", responses=documented(Missing))
def read_message(caller: Signed, message_id: MessageId, context: Ctx) -> MessageAnswer:
    """One of my messages, with its reply. Nobody else sees it."""
    with context.database.read.connect() as connection:
        return MessageAnswer.of(queries.get_own_message(connection, caller.member_id, message_id))


@router.post(
    "/messages/{message_id}/retry",
    dependencies=[limited("retry-reply", per_minute=SENDS_PER_MINUTE)],
    responses=documented(Missing, ReplySettled, ReplyUnderWay),
)
async def retry_message_reply(
    caller: Signed, message_id: MessageId, context: Ctx, house: HouseParts, response: Response, prefer: Prefer = None
) -> MessageAnswer:
    """Have the bot asked again for its reply to a message of mine that it couldn't answer. It costs nothing, and draws nothing.

    It needs no Idempotency-Key: sent twice, the second is refused while the first is under way.
    """
    wait = wants_to_wait(prefer)
    row = await retry_reply(context, house, caller, message_id, wait_seconds=MAX_WAIT_SECONDS if wait else 0)
    if wait:
        tell_waited(response)
    return MessageAnswer.of(row)


def _sent_json(sent: Sent) -> bytes:
    """A `SentAnswer` as JSON."""
    paid = sent.posted.answer
    return orjson.dumps(
        {
            "message_id": paid.message,
            "round": paid.round,
            "number": paid.number,
            "message_number": paid.messages,
            "price": paid.price,
            "odds_ppm": paid.ppm,
            "is_winner": paid.prize > 0,
            "prize": paid.prize,
            "balance": paid.balance,
            "pot": paid.pot,
            "next_price": paid.next_price,
            "reply": sent.reply,
            "reply_status": sent.reply_status,
            "created_at": sent.created_at,
        }
    )
