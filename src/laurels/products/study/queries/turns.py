"""A session as its page shows it: questions, each with all its answers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.database import among
from laurels.core.errors import Missing
from laurels.products.study.queries.access import SessionSeen
from laurels.products.study.queries.messages import ShownMessage, citations_of, find_row
from laurels.products.study.tables import ChatMessage, study_message


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answers, the oldest first."""

    question: ChatMessage
    answers: Sequence[ShownMessage]

    @property
    def answer(self) -> ShownMessage:
        """The answer that stands: the last that was asked for."""
        return self.answers[-1]

    @property
    def earlier(self) -> Sequence[ShownMessage]:
        """Answers that another was asked for instead of."""
        return self.answers[:-1]

    @property
    def is_pending(self) -> bool:
        """Whether it is being answered."""
        return self.answer.row.status == "pending"


def list_turns(connection: Connection, seen: SessionSeen, *, limit: int, before: int | None = None) -> list[Turn]:
    """A session's questions with their answers, newest first: so many, and one more where there are more.

    Args:
        before: the position of the last question of the page before.
    """
    of = study_message.c
    wanted = select(study_message).where(of.session_id == seen.session.id, of.is_user)
    if before is not None:
        wanted = wanted.where(of.position < before)
    rows = connection.execute(wanted.order_by(of.position.desc()).limit(limit + 1))
    return _answered(connection, seen, [ChatMessage(*row) for row in rows])


def get_turn(connection: Connection, seen: SessionSeen, message_id: UUID) -> Turn:
    """The turn that a question or an answer belongs to.

    Raises:
        Missing: there is no such message in the session.
    """
    row = find_row(connection, seen, message_id)
    question = row if row.question is None else find_row(connection, seen, row.question)
    turns = _answered(connection, seen, [question])
    if not turns:
        raise Missing(what="message")
    return turns[0]


def _answered(connection: Connection, seen: SessionSeen, questions: Sequence[ChatMessage]) -> list[Turn]:
    of = study_message.c
    among_them = among(connection.dialect, of.question, [question.id for question in questions])
    wanted = select(study_message).where(of.session_id == seen.session.id, among_them).order_by(of.position)
    answers = [ChatMessage(*row) for row in connection.execute(wanted)] if questions else []
    cited = citations_of(connection, seen, [row.id for row in answers])
    theirs: dict[UUID | None, list[ShownMessage]] = defaultdict(list)
    for row in answers:
        theirs[row.question].append(ShownMessage(row, cited[row.id], seen.is_mine))
    return [Turn(question, theirs[question.id]) for question in questions if question.id in theirs]
