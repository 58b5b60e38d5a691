"""Sending a paid message."""

from dataclasses import dataclass
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from laurels.core.ids import new_id
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.actions.opening import opened
from laurels.products.pot.bot import built_in_reply
from laurels.products.pot.decisions import Paid, SendPaidMessage
from laurels.products.pot.house import House
from laurels.products.pot.queries import get_message
from laurels.products.pot.tables import PotMessage
from laurels.web.caller import Caller
from laurels.web.context import Context


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to send.

    Attributes:
        max_price: the most that they are ready to pay; None: whatever it costs.
        client_seed: what they add to the draw.
    """

    words: str
    max_price: int | None = None
    client_seed: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A paid message.

    Attributes:
        reply: the bot's, where it is there already.
        reply_status: `answered`, `pending`, `failed` or `refunded`.
        created_at: when it was paid for; of a replay, the first time.
    """

    posted: Posted[Paid]
    reply: str | None
    reply_status: str
    created_at: datetime


async def send_message(
    context: Context, house: House, caller: Caller, wish: Wish, *, request: RequestKey | None = None, pot: str = MAIN
) -> Sent:
    """Pay for a message and draw for it. Nothing is read before: what it costs is decided in its batch.

    Raises:
        DomainError: what `SendPaidMessage` refuses; then nothing changed.
    """
    await opened(context, house.seeds)
    at, replies = context.clock.now(), []

    def answer(done: Paid) -> str:
        replies.append(built_in_reply(wish.words, done, language=caller.locale))
        return replies[-1]

    decision = SendPaidMessage(
        message=new_id(),
        member=caller.member_id,
        words=wish.words,
        client_seed=wish.client_seed,
        at=at,
        zone=context.settings.zone,
        seeds=house.seeds,
        fresh=house.seeds.fresh(),
        max_price=wish.max_price,
        answer=answer,
        pot=pot,
    )
    posted = await context.writer.post(Proposal(decision, at, caller.actor, request))
    if posted.is_replay:
        row = await run_in_threadpool(_read, context, posted)
        return Sent(posted, row.reply, status_of(row), row.created_at)
    return Sent(posted, replies[-1], "answered", at)


def status_of(row: PotMessage) -> str:
    """How a message's reply stands: `answered`, `pending`, `failed` or `refunded`."""
    return "refunded" if row.is_refunded else row.reply_status


def _read(context: Context, posted: Posted[Paid]) -> PotMessage:
    with context.database.read.connect() as connection:
        return get_message(connection, posted.answer.message)
