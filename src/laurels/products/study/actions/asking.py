"""Asking: what is found, what it may cost, and the answer that is written beside the request.

Nothing is written before the decision, which sets aside the most that the
answer may take. Whoever asked may leave then: the answer goes on without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Unavailable
from laurels.core.ids import new_id
from laurels.ledger.reader import balances, is_request_known
from laurels.ledger.writer import Posted, RequestKey
from laurels.model import Message, estimate_most
from laurels.products.study.accounts import BOOK, chats
from laurels.products.study.actions.answering import Work, write_answer
from laurels.products.study.actions.drafting import messages_for
from laurels.products.study.actions.patience import post_patiently
from laurels.products.study.actions.placing import place_question
from laurels.products.study.actions.stopping import follow_stops
from laurels.products.study.answers import Running
from laurels.products.study.decisions.billing import Spend
from laurels.products.study.decisions.questions import Asked, AskQuestion
from laurels.products.study.desk import Desk
from laurels.products.study.errors import ClassClosed, TooManyChats
from laurels.products.study.extracts import MODEL_NAME
from laurels.products.study.queries.access import SessionSeen, read_session
from laurels.products.study.queries.messages import Exchanged, find_row, latest_answer, read_turns
from laurels.products.study.queries.retrieval import Given, find_passages, has_vectors
from laurels.products.study.rules.permissions import Permission
from laurels.web.caller import Caller
from laurels.web.context import Context

LEASE_MARGIN = timedelta(seconds=60)
"""Beyond the model's own time, after which what is set aside may lapse: to put the answer down in."""


@dataclass(frozen=True, slots=True)
class Again:
    """An answer that is to be replaced by another.

    Attributes:
        question: what was asked, and its place in the session.
    """

    answer: UUID
    question: UUID
    position: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was asked, and the answer that is written.

    Attributes:
        running: None where another process writes it, or it is finished.
        posted: whether it is a replay stands there.
    """

    seen: SessionSeen
    question: UUID
    answer: UUID
    running: Running | None
    posted: Posted[Asked]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read before anything is decided.

    Attributes:
        passages: None where the question's vector is wanted first.
        is_known: whether the request's key is remembered: then all the rest doesn't matter.
    """

    seen: SessionSeen
    content: str
    again: Again | None
    turns: Sequence[Exchanged]
    passages: Sequence[Given] | None
    is_known: bool


async def ask(
    context: Context, desk: Desk, caller: Caller, session_id: UUID, content: str, *, request: RequestKey | None = None
) -> Exchange:
    """Ask in a session of the caller's. The answer is written beside: follow it, or wait for it.

    Raises:
        Missing, Denied, ClassClosed, MemberInactive: who asks, and where.
        TooManyChats, TokensHeld: come again.
        TokensUsedUp, CommunityTokensUsedUp: a limit is reached; a member's is told, too.
        SessionFull.
        Unavailable: the process writes as many answers as it can.
    """
    read = await run_in_threadpool(_read, context, desk, caller, session_id, content, None, request)
    return await _ask(context, desk, caller, read, request)


async def regenerate(
    context: Context, desk: Desk, caller: Caller, session_id: UUID, message_id: UUID, *, request: RequestKey | None = None
) -> Exchange:
    """Have a question answered anew; the answer that was is kept, and marked as replaced.

    Args:
        message_id: the question's, or that of any answer to it.

    Raises:
        AnswerUnderWay: it is being answered.
        DomainError: as `ask`.
    """
    read = await run_in_threadpool(_read, context, desk, caller, session_id, None, message_id, request)
    return await _ask(context, desk, caller, read, request)


async def _ask(context: Context, desk: Desk, caller: Caller, read: _Read, request: RequestKey | None) -> Exchange:
    if desk.answers.is_full:
        raise Unavailable(retry_after_seconds=5)
    answer, at = new_id(), context.clock.now()
    passages = read.passages
    if passages is None:
        passages = await place_question(context, desk, caller.actor, read.seen, read.content, answer=answer, before=_before(read.turns))
    messages = _prompt(desk, read, passages)
    decision = _decision(context, desk, read, messages, answer, at)
    posted: Posted[Asked] = await post_patiently(context, desk, read.seen.standing, decision, actor=caller.actor, request=request)
    asked = posted.answer
    if posted.is_replay:
        return Exchange(read.seen, asked.question, asked.answer, desk.answers.find(asked.answer), posted)
    running = Running(asked.answer, read.seen.session.id)
    work = Work(read.seen, asked, passages, messages, at, caller.locale)
    desk.answers.begin(running, partial(write_answer, context, desk, work, running))
    desk.answers.watch(partial(follow_stops, context, desk.answers, posted.entry))
    return Exchange(read.seen, asked.question, asked.answer, running, posted)


def _prompt(desk: Desk, read: _Read, passages: Sequence[Given]) -> Sequence[Message]:
    if desk.model is None or read.is_known:
        return []
    return messages_for(read.content, turns=read.turns, passages=passages)


def _decision(context: Context, desk: Desk, read: _Read, messages: Sequence[Message], answer: UUID, at: datetime) -> AskQuestion:
    seen, model, again = read.seen, desk.model, read.again
    spend = Spend(
        id=answer,
        class_id=seen.session.class_id,
        member=seen.session.user_id,
        operation="CHAT",
        model_name=MODEL_NAME if model is None else model.name,
        estimate=0 if model is None else estimate_most(messages, model.max_tokens),
        at=at,
        zone=ZoneInfo(seen.standing.room.time_zone),
        until=at + timedelta(seconds=context.settings.model_timeout_seconds) + LEASE_MARGIN,
        takes_slot=True,
        message=answer,
        most_of_all=context.settings.study_tokens_of_all or None,
    )
    return AskQuestion(
        session=seen.session.id,
        question=again.question if again else new_id(),
        content=read.content,
        spend=spend,
        replaces=again.answer if again else None,
    )


def _read(
    context: Context,
    desk: Desk,
    caller: Caller,
    session_id: UUID,
    content: str | None,
    message_id: UUID | None,
    request: RequestKey | None,
) -> _Read:
    """Find out who asks, and what is there to answer from; for a thread that may block."""
    with context.database.quick.connect() as connection:
        seen = read_session(connection, session_id, caller.member_id, mine_only=True)
        again = None
        if content is None:
            assert message_id is not None
            again, content = _read_again(connection, seen, message_id)
        if request is not None and is_request_known(connection, BOOK, request):
            return _Read(seen, content, again, [], [], is_known=True)
        _require_may_ask(seen)
        turns = read_turns(connection, seen, before=again.position if again else None)
        wants_vector = desk.model is not None and desk.model.embedder and has_vectors(connection, seen.scopes, desk.model.embedder)
        if wants_vector:
            _require_free_slot(connection, seen)
        passages = None if wants_vector else find_passages(connection, seen, content, before=_before(turns))
        return _Read(seen, content, again, turns, passages, is_known=False)


def _before(turns: Sequence[Exchanged]) -> str:
    """The question before this one; empty: it is the first."""
    return turns[0].question if turns else ""


def _require_may_ask(seen: SessionSeen) -> None:
    """Turn away early who may not ask, before anything is read for them: the decision checks again."""
    seen.standing.require(Permission.CHAT)
    if not seen.standing.room.is_active:
        raise ClassClosed()


def _require_free_slot(connection: Connection, seen: SessionSeen) -> None:
    """Turn away who has as many chats as they may before their question's vector is paid for: the decision checks again."""
    account, most = chats(seen.session.class_id, seen.session.user_id), seen.standing.mine.max_concurrent_chats
    if balances(connection, [account])[account] >= most:
        raise TooManyChats(limit=most)


def _read_again(connection: Connection, seen: SessionSeen, message_id: UUID) -> tuple[Again, str]:
    row = find_row(connection, seen, message_id)
    question = row if row.question is None else find_row(connection, seen, row.question)
    answer = latest_answer(connection, seen, question.id)
    return Again(answer.id, question.id, question.position), question.content
