"""Stopping answers, whichever process writes them."""

import asyncio
from uuid import UUID

import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from laurels.ledger.outbox import Tail, tail_of
from laurels.ledger.writer import Proposal
from laurels.products.study.accounts import BOOK
from laurels.products.study.answers import STOPPED, Answers
from laurels.products.study.decisions.questions import StopAnswer
from laurels.products.study.desk import Desk
from laurels.products.study.facts import AnswerStopped
from laurels.web.broadcasts import is_set_within
from laurels.web.caller import Caller
from laurels.web.context import Context

LOOK_SECONDS = 0.5
"""How often it is looked whether another process was told to stop what this one writes."""

FACTS_AT_ONCE = 1_000


async def stop_answer(context: Context, desk: Desk, caller: Caller, session_id: UUID, answer: UUID) -> None:
    """Have the rest of an answer of the caller's left out; what came is kept, and counted.

    Raises:
        Missing: there is no such answer of theirs.
        AnswerSettled: it is finished.
    """
    await context.writer.post(Proposal(StopAnswer(answer, session_id, caller.member_id), context.clock.now(), caller.actor))
    running = desk.answers.find(answer)
    if running is not None:
        running.stop(STOPPED)


async def follow_stops(context: Context, answers: Answers, reached: int) -> None:
    """Stop what other processes were told to stop, while this one writes answers.

    Args:
        reached: the entry of study's book from which on wishes count.
    """
    while True:
        await is_set_within(asyncio.Event(), LOOK_SECONDS)  # first: nobody can have wished so already, and the model is being asked
        if not answers.running:
            return
        try:
            tail = await run_in_threadpool(_read_stops, context, reached)
        except SQLAlchemyError:  # the database may be back at the next look
            tail = Tail([], {BOOK: reached})
        reached = tail.reached[BOOK]
        for told in tail.told:
            running = answers.find(UUID(orjson.loads(told.payload)["message"]))
            if running is not None:
                running.stop(STOPPED)


def _read_stops(context: Context, reached: int) -> Tail:
    with context.database.read.connect() as connection:
        return tail_of(connection, BOOK, reached, names=[AnswerStopped.name], limit=FACTS_AT_ONCE)
