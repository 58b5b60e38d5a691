"""The pot's jobs. Each finds for itself what is left to do, so that running late, twice or on two machines harms nothing."""

import asyncio
from collections.abc import Iterator, Sequence
import logging
from uuid import UUID

from laurels.core.errors import Unavailable
from laurels.jobs import JobContext
from laurels.model import Model
from laurels.products.pot.actions.replying import take_and_answer
from laurels.products.pot.house import House
from laurels.products.pot.queries import due_replies

DUE_AT_ONCE = 200
"""Messages that one run takes up; the next minute's goes on."""

ASKED_AT_ONCE = 8
"""Replies that a run asks for at the same time."""

LOOK_UP_SECONDS = 0.5
"""How often a run that waits for the model looks whether the process wants to end."""

log = logging.getLogger(__name__)


def answer_left(job: JobContext, house: House) -> None:
    """Answer what is due: tries that failed, and what a process left that died or had no room. By the built-in bot where no model is set.

    Raises:
        Unavailable: the ledger is busy.
        Exception: a mistake of ours, once the other messages have had their turn.
    """
    with job.database.read.connect() as connection:
        due = due_replies(connection, job.now, limit=DUE_AT_ONCE)
    if not due:
        return
    if house.model is None:
        asyncio.run(_answer_all(job, None, due))
    else:
        house.model.run_apart(lambda own: _answer_all(job, own, due))


async def _answer_all(job: JobContext, model: Model | None, due: Sequence[UUID]) -> None:
    """Answer messages, some at a time; leaves the rest when the process wants to end: their leases run out."""
    left, mistakes = iter(due), list[Exception]()
    asking = {asyncio.create_task(_answer_some(job, model, left, mistakes)) for _ in range(min(ASKED_AT_ONCE, len(due)))}
    while asking:
        ended, asking = await asyncio.wait(asking, timeout=LOOK_UP_SECONDS)
        mistakes += [mistake for task in ended if not task.cancelled() and isinstance(mistake := task.exception(), Exception)]
        if job.is_stopping():
            for task in asking:
                task.cancel()
    if mistakes:
        raise mistakes[0]


async def _answer_some(job: JobContext, model: Model | None, left: Iterator[UUID], mistakes: list[Exception]) -> None:
    """Answer one after another of what is left, shared with others that do the same."""
    for message_id in left:
        if job.is_stopping():
            return
        try:
            await take_and_answer(job, model, message_id)
        except Unavailable:
            raise
        except Exception as mistake:
            log.exception("message %s can't be answered", message_id)
            mistakes.append(mistake)
