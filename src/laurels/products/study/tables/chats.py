"""Chats: sessions, questions and answers, and what answers cite.

Messages are written by decisions of study's book, with what they cite; titles,
sharing and remarks beside, by whoever owns the session.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, Uuid, text

from laurels.core.database import UtcDateTime, metadata
from laurels.core.rows import row_of

study_session = Table(
    "study_session",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("class_id", ForeignKey("study_class.id"), nullable=False),
    Column("user_id", ForeignKey("member.id"), nullable=False),
    Column("title", Text, nullable=False, comment="empty: named after its first question"),
    Column("ai_tier", Text, nullable=False),
    Column("is_shared", Boolean, nullable=False, comment="whether members of the class may read it"),
    Column("messages", Integer, nullable=False, comment="so far: the next one's position"),
    Column("answers", Integer, nullable=False, comment="that were not stopped and did not fail"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, comment="when somebody last asked or was answered"),
    Index("ix_study_session_user", "user_id", "class_id", "updated_at", "id"),
    Index("ix_study_session_shared", "class_id", "updated_at", "id", postgresql_where=text("is_shared"), sqlite_where=text("is_shared")),
)


@row_of(study_session)
class ChatSession:
    """A session: a row of questions and answers in a class."""

    id: UUID
    class_id: UUID
    user_id: UUID
    title: str
    ai_tier: str
    is_shared: bool
    messages: int
    answers: int
    created_at: datetime
    updated_at: datetime


study_message = Table(
    "study_message",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("session_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False, comment="in the session, from 0"),
    Column("is_user", Boolean, nullable=False, comment="a question; else an answer"),
    Column("question", Uuid, nullable=True, comment="of an answer: what it answers"),
    Column("content", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("error_code", Text, nullable=True, comment="of an answer that failed"),
    Column("model_name", Text, nullable=True, comment="what answered; `extracts`: nothing but the documents' own sentences"),
    Column("response_time_ms", Integer, nullable=True, comment="from the question to the answer's end"),
    Column("is_replaced", Boolean, nullable=False, comment="another answer was asked for"),
    Column("rating", SmallInteger, nullable=True, comment="1: helpful, -1: not"),
    Column("note", Text, nullable=True, comment="why"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=True),
    CheckConstraint("status in ('asked', 'pending', 'answered', 'stopped', 'failed')", name="status_known"),
    CheckConstraint("is_user = (status = 'asked') and is_user = (question is null)", name="questions_are_asked"),
    CheckConstraint("(status = 'failed') = (error_code is not null)", name="failure_told"),
    CheckConstraint("rating is null or rating in (-1, 1)", name="rating_known"),
    Index("ix_study_message_session", "session_id", "position", unique=True),
)


@row_of(study_message)
class ChatMessage:
    """A question or an answer."""

    id: UUID
    session_id: UUID
    position: int
    is_user: bool
    question: UUID | None
    content: str
    status: str
    error_code: str | None
    model_name: str | None
    response_time_ms: int | None
    is_replaced: bool
    rating: int | None
    note: str | None
    created_at: datetime
    finished_at: datetime | None = None


study_citation = Table(
    "study_citation",
    metadata,
    Column("message", Uuid, primary_key=True),
    Column("number", Integer, primary_key=True, comment="as the answer says it: [1]"),
    Column("document", Uuid, nullable=False, comment="it may be deleted since"),
    Column("passage", BigInteger, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False, comment="in the page's text"),
    Column("end", Integer, nullable=False),
)


@row_of(study_citation)
class Citation:
    """What an answer cites: a place in a document, not its words, so that they go with the document."""

    message: UUID
    number: int
    document: UUID
    passage: int
    page: int
    start: int
    end: int
