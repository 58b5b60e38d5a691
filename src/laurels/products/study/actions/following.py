"""Following an answer, from its beginning: where this process writes it as it comes, else once it is finished."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError
from laurels.products.study.answers import Done, Event, Failed, Sources, Taken, Words
from laurels.products.study.desk import Desk
from laurels.products.study.errors import AnswerFailed
from laurels.products.study.queries.access import SessionSeen, read_session
from laurels.products.study.queries.messages import ShownMessage, find_usage, get_message
from laurels.products.study.queries.usage import read_my_use
from laurels.web.broadcasts import is_set_within
from laurels.web.caller import Caller
from laurels.web.context import Context
from laurels.web.sse import HEARTBEAT_SECONDS

LOOK_SECONDS = 0.5
"""How often an answer is looked at that another process writes."""

MOST_SECONDS = 900.0
"""Longest that somebody follows one: by then it has lapsed."""


async def follow_answer(context: Context, desk: Desk, caller: Caller, session_id: UUID, answer: UUID) -> AsyncIterator[Sequence[Event]]:
    """What an answer of the caller's tells, all that is there together; nothing each time that it was silent for long.

    What goes wrong is told, too: nothing is raised.
    """
    running = desk.answers.find(answer)
    if running is not None:
        async for events in running.events.read():
            yield events
        return
    looks_a_heartbeat, looks = round(HEARTBEAT_SECONDS / LOOK_SECONDS), 0
    while looks < MOST_SECONDS / LOOK_SECONDS:
        events = await run_in_threadpool(_read_finished, context, caller, session_id, answer)
        if events:
            yield events
            return
        await is_set_within(asyncio.Event(), LOOK_SECONDS)
        looks += 1
        if looks % looks_a_heartbeat == 0:
            yield ()


async def await_answer(context: Context, desk: Desk, answer: UUID, timeout_seconds: float) -> None:
    """Wait for an answer, where this process writes it."""
    await desk.answers.wait_for(answer, timeout_seconds)


def end_of(connection: Connection, seen: SessionSeen, answer: UUID, *, at: datetime) -> list[Event]:
    """What is told once an answer is finished: what it took, why it failed, and the answer.

    Raises:
        Missing: the session is gone, or the answer is.
    """
    shown, usage = get_message(connection, seen, answer), find_usage(connection, answer)
    use = read_my_use(connection, seen.standing, at=at)
    tokens = (usage.input_tokens, usage.output_tokens, usage.usage_estimated) if usage else (0, 0, False)
    failed = [Failed(AnswerFailed(error_code=shown.row.error_code))] if shown.row.error_code else []
    return [Taken(use, *tokens), *failed, Done(shown)]


def _read_finished(context: Context, caller: Caller, session_id: UUID, answer: UUID) -> Sequence[Event]:
    """All that a finished answer tells; nothing while it isn't."""
    with context.database.read.connect() as connection:
        try:
            seen = read_session(connection, session_id, caller.member_id, mine_only=True)
            shown = get_message(connection, seen, answer)
            if shown.row.status == "pending":
                return ()
            return [*_said(shown), *end_of(connection, seen, answer, at=context.clock.now())]
        except DomainError as refusal:  # the session was deleted meanwhile, or its owner put out of the class
            return [Failed(refusal)]


def _said(shown: ShownMessage) -> list[Event]:
    words = [Words(shown.row.content)] if shown.row.content else []
    return [Sources(shown.row.id, shown.citations), *words]
