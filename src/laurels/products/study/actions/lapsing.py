"""Calls of a model that nobody settled in time, because the process died over them: given up, and all that was set aside given back."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select

from laurels.core.database import among
from laurels.jobs import JobContext
from laurels.ledger import Decision, HoldResolved
from laurels.ledger.reader import due_holds
from laurels.ledger.writer import Proposal
from laurels.products.study.accounts import BOOK
from laurels.products.study.decisions.billing import Ticket, ticket_of
from laurels.products.study.decisions.calls import SettleTokens
from laurels.products.study.decisions.questions import FinishAnswer
from laurels.products.study.tables import ChatMessage, Usage, study_message, study_session, study_usage

AT_ONCE = 200
"""Calls that are given up together."""

LAPSED = "lapsed"
"""Why such an answer failed."""

_NOBODY = UUID(int=0)
"""Whose a call is that cost nothing, and whose session is deleted."""


def lapse_calls(job: JobContext) -> int:
    """Give up what is due; gives how many calls that were.

    Raises:
        Unavailable: the ledger is busy.
    """
    lapsed = 0
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            due = due_holds(connection, BOOK, job.now, limit=AT_ONCE)
            decisions = list(_given_up(connection, due, job))
        for outcome in job.writer.post_all(Proposal(decision, job.now) for decision in decisions):
            if isinstance(outcome, HoldResolved):
                continue  # its own process was faster after all
            if isinstance(outcome, Exception):
                raise outcome
            lapsed += 1
        if len(due) < AT_ONCE:
            break
    return lapsed


def _given_up(connection: Connection, due: Sequence[UUID], job: JobContext) -> Iterable[Decision[object]]:
    held = select(study_usage).where(among(connection.dialect, study_usage.c.id, due))
    usages = {row.id: Usage(*row) for row in connection.execute(held)}
    answers = {row.id: row for row in connection.execute(_answers_among(connection, due))}
    for call in due:
        usage, answer = usages.get(call), answers.get(call)
        whose = (_NOBODY, _NOBODY) if answer is None else (answer.class_id, answer.user_id)
        ticket = _without_tokens(call, *whose) if usage is None else ticket_of(usage)
        if answer is None:
            yield SettleTokens(ticket, None)
        else:
            yield _failed(ChatMessage(*answer[:-2]), ticket, job)


def _answers_among(connection: Connection, calls: Sequence[UUID]) -> Select[Any]:
    """The answers among some calls, each with its session's class and owner."""
    session = study_session.c
    of = select(*study_message.c, session.class_id, session.user_id).join(study_session, session.id == study_message.c.session_id)
    return of.where(among(connection.dialect, study_message.c.id, calls))


def _failed(answer: ChatMessage, ticket: Ticket, job: JobContext) -> FinishAnswer:
    return FinishAnswer(
        answer=answer.id,
        session=answer.session_id,
        ticket=ticket,
        status="failed",
        content="",
        spent=None,
        response_time_ms=max(0, (job.now - answer.created_at) // timedelta(milliseconds=1)),
        error_code=LAPSED,
    )


def _without_tokens(call: UUID, class_id: UUID, member: UUID) -> Ticket:
    """The ticket of an answer that costs nothing: there is but its place among the member's chats."""
    return Ticket(call, class_id, member, 0, is_sponsored=False, is_overflow=False, day="", week="", month="")
