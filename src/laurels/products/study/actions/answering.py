"""Writing an answer: detached from its request, so that whoever leaves leaves nothing set aside.

A model's words are told as they come, without numbers that cite nothing. However
it ends, the answer is put down once, as far as it came, and what it took is
captured: by what the model's server tells, else by an estimate of what came.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError, Unavailable
from laurels.model import Message
from laurels.products.study.actions.drafting import MISTAKE, Draught, Task, draft_answer
from laurels.products.study.actions.following import end_of
from laurels.products.study.actions.settling import settle
from laurels.products.study.answers import Event, Failed, Running, Sources
from laurels.products.study.decisions.questions import Asked, FinishAnswer
from laurels.products.study.desk import Desk
from laurels.products.study.errors import AnswerFailed
from laurels.products.study.queries.access import SessionSeen, read_session
from laurels.products.study.queries.retrieval import Given
from laurels.web.context import Context


@dataclass(frozen=True, slots=True)
class Work:
    """A question as it is to be answered.

    Attributes:
        seen: the session, as its owner sees it.
        messages: what the model is asked; none where there is no model.
        at: when it was asked.
        locale: of whoever asked.
    """

    seen: SessionSeen
    asked: Asked
    passages: Sequence[Given]
    messages: Sequence[Message] = field(repr=False)
    at: datetime
    locale: str


async def write_answer(context: Context, desk: Desk, work: Work, running: Running) -> None:
    """Write an answer, tell it while it comes, put it down, and settle what it took."""
    running.events.put(Sources(running.answer, [given.cited for given in work.passages]))
    draught = await draft_answer(desk, Task(work.passages, work.messages, work.locale), running)
    try:
        await _put_down(context, work, draught)
    except Exception as mistake:
        running.events.put(Failed(mistake if isinstance(mistake, Unavailable) else AnswerFailed(error_code=MISTAKE)))
        raise
    running.events.put(*await run_in_threadpool(_read_end, context, work))


async def _put_down(context: Context, work: Work, draught: Draught) -> None:
    """Keep it as far as it came, with what it cites, and settle what it took.

    Raises:
        Unavailable: the ledger stays busy; the hold lapses, then.
    """
    now = context.clock.now()
    finish = FinishAnswer(
        answer=work.asked.answer,
        session=work.seen.session.id,
        ticket=work.asked.ticket,
        status=draught.status,
        content=draught.content,
        spent=draught.spent,
        response_time_ms=max(0, (now - work.at) // timedelta(milliseconds=1)),
        citations=[given.cite(work.asked.answer) for given in work.passages if given.number in draught.cleaning.cited],
        error_code=draught.error_code,
    )
    await settle(context, finish)


def _read_end(context: Context, work: Work) -> list[Event]:
    """What is told once an answer is put down."""
    with context.database.read.connect() as connection:
        try:
            seen = read_session(connection, work.seen.session.id, work.seen.session.user_id, mine_only=True)
            return end_of(connection, seen, work.asked.answer, at=context.clock.now())
        except DomainError as refusal:  # the session was deleted meanwhile, or its owner put out of the class
            return [Failed(refusal)]
