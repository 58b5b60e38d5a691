"""Sending a paid message."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from laurels.core.ids import new_id
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.actions.opening import opened
from laurels.products.pot.actions.replying import ask_beside, await_reply
from laurels.products.pot.bot import built_in_reply, understand
from laurels.products.pot.decisions import Paid, SendPaidMessage
from laurels.products.pot.house import House
from laurels.products.pot.rules import Params, PotRules
from laurels.products.pot.tables import PotMessage
from laurels.web.caller import Caller
from laurels.web.context import Context
from laurels.web.language import choose_language


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
    context: Context,
    house: House,
    caller: Caller,
    wish: Wish,
    *,
    request: RequestKey | None = None,
    wait_seconds: float = 0,
    pot: str = MAIN,
) -> Sent:
    """Pay for a message and draw for it. Nothing is read before: what it costs is decided in its batch.

    The built-in bot's reply is written with it. A model is asked afterwards, once, however often the request comes.

    Args:
        wait_seconds: how long to wait for a model's reply: `MAX_WAIT_SECONDS` at most.

    Raises:
        DomainError: what `SendPaidMessage` refuses; then nothing changed.
    """
    await opened(context, house.seeds)
    at, replies = context.clock.now(), list[str]()
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
        answer=_answer_to(wish.words, caller, replies) if house.model is None else None,
        pot=pot,
    )
    posted = await context.writer.post(Proposal(decision, at, caller.actor, request))
    if replies and not posted.is_replay:
        return Sent(posted, replies[-1], "answered", at)
    message_id = posted.answer.message
    if not posted.is_replay:
        ask_beside(context, house, message_id)
        if not wait_seconds:
            return Sent(posted, None, "pending", at)
    row = await await_reply(context, house, message_id, wait_seconds)
    return Sent(posted, row.reply, status_of(row), row.created_at)


def _answer_to(words: str, caller: Caller, replies: list[str]) -> Callable[[Paid, PotRules, Params], str]:
    """The built-in bot's part in the batch, which notes what it replied: the last one counts, where a batch is decided again."""
    topic, language = understand(words), choose_language(caller.locale, None)

    def answer(done: Paid, rules: PotRules, params: Params) -> str:
        replies.append(built_in_reply(topic, done, rules, params, language=language))
        return replies[-1]

    return answer


def status_of(row: PotMessage) -> str:
    """How a message's reply stands: `answered`, `pending`, `failed` or `refunded`."""
    return "refunded" if row.is_refunded else row.reply_status
