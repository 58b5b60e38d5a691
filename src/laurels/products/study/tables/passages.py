"""What documents say: their pages, and the passages that are found by their words. Written by whoever reads a document."""

from uuid import UUID

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, Uuid

from laurels.core.database import CodePointText, metadata
from laurels.core.rows import row_of

_COUNTED = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database gives: SQLite counts INTEGER keys only."""

study_scope = Table(
    "study_scope",
    metadata,
    Column("id", _COUNTED, primary_key=True, autoincrement=True, comment="a small number: it stands in every row of study_term"),
    Column("owner", Uuid, nullable=False, unique=True, comment="the class's id, or the session's of documents that it alone finds"),
    Column("class_id", ForeignKey("study_class.id"), nullable=False),
    Column("passages", Integer, nullable=False, comment="how many are found in it"),
)

study_page = Table(
    "study_page",
    metadata,
    Column("document", ForeignKey("study_document.id"), primary_key=True),
    Column("number", Integer, primary_key=True, comment="from 1: a page, a slide, or a part of what has neither"),
    Column("text", Text, nullable=False),
)

study_passage = Table(
    "study_passage",
    metadata,
    Column("id", _COUNTED, primary_key=True, autoincrement=True),
    Column("scope", ForeignKey("study_scope.id"), nullable=False),
    Column("document", ForeignKey("study_document.id"), nullable=False),
    Column("position", Integer, nullable=False, comment="in the document, from 0"),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False, comment="where it begins in its page's text, in characters"),
    Column("end", Integer, nullable=False),
    Column("vector", LargeBinary, nullable=True, comment="half-precision floats, little-endian"),
    Column("vector_model", Text, nullable=True),
    UniqueConstraint("document", "position"),
    Index("ix_study_passage_scope", "scope", "id"),
)


@row_of(study_passage)
class Passage:
    """A part of a page that is found as one. Its words are its page's, from `start` to `end`."""

    id: int
    scope: int
    document: UUID
    position: int
    page: int
    start: int
    end: int
    vector: bytes | None = None
    vector_model: str | None = None


study_term = Table(
    "study_term",
    metadata,
    Column("scope", _COUNTED, primary_key=True, autoincrement=False),
    Column("term", CodePointText, primary_key=True),
    Column("passage", _COUNTED, primary_key=True, autoincrement=False),
    Column("weight", Integer, nullable=False, comment="the term's part of the passage's BM25 score, but for how rare it is in the scope"),
    Index("ix_study_term_passage", "passage"),
    sqlite_with_rowid=False,
)
