"""Questions and answers as they are shown, and as a model is told them. What answers cite is looked up each time, by who looks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, bindparam, func, select

from laurels.core.database import among_listed, listed
from laurels.core.errors import Missing
from laurels.products.study.bounds import MAX_SESSION_MESSAGES
from laurels.products.study.queries.access import SessionSeen, may_read
from laurels.products.study.tables import ChatMessage, Usage, study_citation, study_document, study_message, study_page, study_usage

MAX_TURNS = 20
"""Earlier questions that are looked at for what a model is told; fewer fit."""

_ANSWER, _QUESTION = study_message.alias("answer"), study_message.alias("question")
_IS_OPEN = and_(study_document.c.id == study_citation.c.document, study_document.c.deleted_at.is_(None), may_read(study_document))
_CLOSED = (
    select(study_citation.c.message)
    .select_from(study_citation.outerjoin(study_document, _IS_OPEN))
    .where(study_citation.c.message == _ANSWER.c.id, study_document.c.id.is_(None))
)
_TURNS = (
    select(_QUESTION.c.content, _ANSWER.c.content)
    .join(_QUESTION, _QUESTION.c.id == _ANSWER.c.question)
    .where(_ANSWER.c.session_id == bindparam("session_id"), _ANSWER.c.position < bindparam("before"))
    .where(_ANSWER.c.status == "answered", _ANSWER.c.is_replaced.is_(False), ~_CLOSED.exists())
    .order_by(_ANSWER.c.position.desc())
    .limit(MAX_TURNS)
)


@dataclass(frozen=True, slots=True)
class Cited:
    """What an answer cites, for who looks.

    Attributes:
        number: as the answer says it: [1].
        filename: None where the document is deleted, or not theirs to read; so is `text`.
        start: where it begins in the page's text; `end`: the place behind its last character.
        text: what stands there.
    """

    number: int
    document: UUID
    page: int
    start: int
    end: int
    filename: str | None = None
    text: str | None = field(default=None, repr=False)

    @property
    def is_available(self) -> bool:
        """Whether who looks may open it."""
        return self.filename is not None


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A question, or an answer with what it cites.

    Attributes:
        is_mine: whether who looks owns the session: others don't see what the owner thinks of an answer.
    """

    row: ChatMessage
    citations: Sequence[Cited]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Exchanged:
    """A question and its answer, in words."""

    question: str
    answer: str


def list_messages(connection: Connection, seen: SessionSeen, *, limit: int, before: int | None = None) -> list[ShownMessage]:
    """A session's messages, newest first: so many, and one more where there are more.

    Args:
        before: the position of the last one of the page before.
    """
    wanted = select(study_message).where(study_message.c.session_id == seen.session.id)
    if before is not None:
        wanted = wanted.where(study_message.c.position < before)
    rows = connection.execute(wanted.order_by(study_message.c.position.desc()).limit(limit + 1))
    return _shown(connection, seen, [ChatMessage(*row) for row in rows])


def each_message(connection: Connection, seen: SessionSeen) -> list[ShownMessage]:
    """All of a session's messages, oldest first: no more than `MAX_SESSION_MESSAGES`."""
    wanted = select(study_message).where(study_message.c.session_id == seen.session.id).order_by(study_message.c.position)
    return _shown(connection, seen, [ChatMessage(*row) for row in connection.execute(wanted)])


def get_message(connection: Connection, seen: SessionSeen, message_id: UUID) -> ShownMessage:
    """A message of a session.

    Raises:
        Missing: there is no such message in it.
    """
    return _shown(connection, seen, [find_row(connection, seen, message_id)])[0]


def get_exchange(connection: Connection, seen: SessionSeen, question: UUID, answer: UUID) -> tuple[ShownMessage, ShownMessage]:
    """A question and one of its answers.

    Raises:
        Missing: one of them isn't in the session.
    """
    rows = [find_row(connection, seen, question), find_row(connection, seen, answer)]
    asked, answered = _shown(connection, seen, rows)
    return asked, answered


def find_row(connection: Connection, seen: SessionSeen, message_id: UUID) -> ChatMessage:
    """A message's row.

    Raises:
        Missing: there is no such message in the session.
    """
    found = and_(study_message.c.id == message_id, study_message.c.session_id == seen.session.id)
    row = connection.execute(select(study_message).where(found)).one_or_none()
    if row is None:
        raise Missing(what="message")
    return ChatMessage(*row)


def latest_answer(connection: Connection, seen: SessionSeen, question: UUID) -> ChatMessage:
    """The answer that stands for a question: the last that was asked for.

    Raises:
        Missing: there is no such question in the session.
    """
    mine = and_(study_message.c.session_id == seen.session.id, study_message.c.question == question)
    row = connection.execute(select(study_message).where(mine).order_by(study_message.c.position.desc()).limit(1)).one_or_none()
    if row is None:
        raise Missing(what="message")
    return ChatMessage(*row)


def find_usage(connection: Connection, answer: UUID) -> Usage | None:
    """What an answer took; None where no model was asked."""
    row = connection.execute(select(study_usage).where(study_usage.c.id == answer)).one_or_none()
    return None if row is None else Usage(*row)


def read_turns(connection: Connection, seen: SessionSeen, *, before: int | None = None) -> list[Exchanged]:
    """What was asked and answered before, newest first: what a model may be told again.

    Left out are answers that were replaced, stopped or failed, and those that cite
    what its owner can't read any more: their words are that document's.

    Args:
        before: the position of the question that is asked; None: all.
    """
    sent = {**seen.reach, "before": MAX_SESSION_MESSAGES if before is None else before}
    return [Exchanged(question, answer) for question, answer in connection.execute(_TURNS, sent)]


def citations_of(connection: Connection, seen: SessionSeen, messages: Sequence[UUID]) -> dict[UUID, list[Cited]]:
    """What answers of a session cite, each by its number; with words only where who looks may read them now."""
    found: dict[UUID, list[Cited]] = defaultdict(list)
    if not messages:
        return found
    is_sqlite = connection.dialect.name == "sqlite"
    sent = {**seen.reach, "messages": listed(messages, is_sqlite=is_sqlite)}
    for message, *told in connection.execute(_citations(is_sqlite), sent):
        found[message].append(Cited(*told))
    return found


@cache
def _citations(is_sqlite: bool) -> Select[Any]:
    """What `messages` cite, for who looks; built once for each database: to build it takes longer than to run it."""
    of, document, page = study_citation.c, study_document.c, study_page.c
    text = func.substr(page.text, of.start + 1, of.end - of.start)
    on_page = and_(page.document == document.id, page.number == of.page)
    return (
        select(of.message, of.number, of.document, of.page, of.start, of.end, document.filename, text)
        .select_from(study_citation.outerjoin(study_document, _IS_OPEN).outerjoin(study_page, on_page))
        .where(among_listed(of.message, "messages", is_sqlite=is_sqlite))
        .order_by(of.message, of.number)
    )


def _shown(connection: Connection, seen: SessionSeen, rows: Sequence[ChatMessage]) -> list[ShownMessage]:
    cited = citations_of(connection, seen, [row.id for row in rows if not row.is_user])
    return [ShownMessage(row, cited[row.id], seen.is_mine) for row in rows]
