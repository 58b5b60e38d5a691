"""Replies that come after their message: a model is asked, again if need be, and no paid message is lost.

Whoever asks has the message in hand for `REPLY_LEASE`: who paid for it at
first, later whoever took it. What dies in between leaves a message that is due
again when the lease is over, and the job finds it.
"""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Missing
from laurels.jobs.timetable import Workplace
from laurels.ledger.writer import Proposal
from laurels.model import Model, ModelRefused, ModelUnavailable, Reason
from laurels.products.pot.accounts import SYSTEM
from laurels.products.pot.bot import built_in_reply, understand
from laurels.products.pot.decisions import KeepReply, PutOffReply, RefundMessage, ReplyKept, TakeReply
from laurels.products.pot.errors import ReplySettled, ReplyUnderWay
from laurels.products.pot.house import House
from laurels.products.pot.prompts import prompt_for, reply_of
from laurels.products.pot.queries import Waiting, get_message, get_own_message, read_waiting
from laurels.products.pot.rules import OnFailedReply
from laurels.products.pot.tables import PotMessage
from laurels.web.caller import Caller
from laurels.web.context import Context
from laurels.web.language import choose_language

ASK_SECONDS = 75
"""Longest that one try may take, whatever the model's own limit: it ends within the lease, so that two never ask at once."""

MAX_WAIT_SECONDS = 20
"""Longest that a request waits for its reply."""

PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
"""How long after each failure the model is asked again; after the sixth it isn't."""

ReplyDecision: TypeAlias = KeepReply | PutOffReply | RefundMessage | TakeReply


def ask_beside(context: Context, house: House, message_id: UUID) -> None:
    """Have a message that is in hand answered beside the request; where there is no room, the job answers it once its lease is over."""
    house.errands.run(message_id, partial(answer_message, context, house.model, message_id))


async def await_reply(context: Context, house: House, message_id: UUID, wait_seconds: float) -> PotMessage:
    """A message as it stands, waiting for its reply where this process is at it: `MAX_WAIT_SECONDS` at most.

    Raises:
        Missing: there is no such message.
    """
    await house.errands.wait_for(message_id, min(wait_seconds, MAX_WAIT_SECONDS))
    return await run_in_threadpool(_read_message, context, message_id)


async def retry_reply(context: Context, house: House, caller: Caller, message_id: UUID, *, wait_seconds: float = 0) -> PotMessage:
    """Ask the bot again for the reply to a message of the caller's; costs nothing. Gives the message as it then stands.

    Raises:
        Missing: there is no such message, or another member wrote it.
        ReplySettled: it has its reply, or its price was returned.
        ReplyUnderWay: the bot is being asked, or will be again by itself.
    """
    await run_in_threadpool(_require_own, context, caller.member_id, message_id)
    await ask_again(context, house, message_id)
    return await await_reply(context, house, message_id, wait_seconds)


async def ask_again(context: Context, house: House, message_id: UUID) -> None:
    """Have a message answered that has no reply, whoever wrote it.

    The built-in bot answers at once, a model beside the request.

    Raises:
        Missing: there is no such message.
        ReplySettled: it has its reply, or its price was returned, or its writer is gone.
        ReplyUnderWay: the bot is being asked, or will be again by itself.
    """
    await _post(context, TakeReply(message_id))
    if house.model is None:
        await answer_message(context, None, message_id)
    else:
        ask_beside(context, house, message_id)


async def take_and_answer(place: Workplace, model: Model | None, message_id: UUID) -> None:
    """Answer a message that is due, unless somebody else has it in hand or has answered it."""
    try:
        await _post(place, TakeReply(message_id))
    except (Missing, ReplySettled, ReplyUnderWay):
        return
    await answer_message(place, model, message_id)


async def answer_message(place: Workplace, model: Model | None, message_id: UUID) -> ReplyKept | None:
    """Ask for the reply to a message that is in hand, and write it, or what becomes of the message without.

    Runs on any event loop that `model` belongs to. Without a model the built-in
    bot answers. Gives None where it was answered meanwhile, or its writer's account deleted.

    Raises:
        Missing: there is no such message.
        Unavailable: the ledger can't write now; the message is due again when its lease is over.
        Exception: a mistake of ours, which was counted as a failed try: else it would be made for ever.
    """
    waiting = await run_in_threadpool(_read_waiting, place, message_id)
    words = waiting.message.words
    if words is None:
        return None
    try:
        decision: ReplyDecision = KeepReply(message_id, await _ask(place, model, waiting, words))
    except (ModelUnavailable, ModelRefused) as failure:
        decision = after_failure(waiting, failure, place.clock.now())
    except Exception as mistake:
        await _settle(place, after_failure(waiting, mistake, place.clock.now()))
        raise
    return await _settle(place, decision)


def after_failure(waiting: Waiting, failure: Exception, now: datetime) -> PutOffReply | RefundMessage:
    """What becomes of a message that a try gave no reply: another try, or, after the last, what the rules say.

    A message that won isn't refunded: it has its price back with all the rest.
    """
    message = waiting.message
    if not isinstance(failure, ModelRefused) and message.tries < len(PAUSES):
        asked = failure.retry_after if isinstance(failure, ModelUnavailable) else None
        return PutOffReply(message.id, now + max(PAUSES[message.tries], asked or timedelta()))
    if waiting.rules.on_failed_reply is OnFailedReply.REFUND and not message.prize:
        return RefundMessage(message.id, message.member, message.pot, message.day)
    return PutOffReply(message.id, None)


async def _ask(place: Workplace, model: Model | None, waiting: Waiting, words: str) -> str:
    if model is None:
        language = choose_language(waiting.locale, None)
        return built_in_reply(understand(words), waiting.done, waiting.rules, waiting.params, language=language)
    try:
        async with asyncio.timeout(ASK_SECONDS):
            return reply_of(await model.complete(prompt_for(waiting, words, community=place.settings.community_name)))
    except TimeoutError:
        raise ModelUnavailable(Reason.TIMEOUT) from None


async def _settle(place: Workplace, decision: ReplyDecision) -> ReplyKept | None:
    try:
        return await _post(place, decision)
    except ReplySettled:
        return None  # somebody else was faster, after this one's lease was over; or the writer's account is deleted


async def _post(place: Workplace, decision: ReplyDecision) -> ReplyKept:
    posted = await place.writer.post(Proposal(decision, place.clock.now(), SYSTEM))
    return posted.answer


def _read_waiting(place: Workplace, message_id: UUID) -> Waiting:
    with place.database.read.connect() as connection:
        return read_waiting(connection, message_id, at=place.clock.now(), zone=place.settings.zone)


def _read_message(place: Workplace, message_id: UUID) -> PotMessage:
    with place.database.read.connect() as connection:
        return get_message(connection, message_id)


def _require_own(place: Workplace, member_id: UUID, message_id: UUID) -> None:
    with place.database.read.connect() as connection:
        get_own_message(connection, member_id, message_id)
