"""Documents. Decisions of study's book add and remove them; how far reading them has come is written by whoever reads, beside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import UtcDateTime, metadata
from laurels.core.rows import row_of

study_document = Table(
    "study_document",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("class_id", ForeignKey("study_class.id"), nullable=False),
    Column("session_id", Uuid, nullable=True, comment="of scope CHAT: the session that alone finds it; null: the whole class does"),
    Column("uploaded_by", ForeignKey("member.id"), nullable=False),
    Column("filename", Text, nullable=False, comment="as its owner called it"),
    Column("file_type", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("digest", Text, nullable=False, comment="SHA-256 of the file, in hex"),
    Column("storage_key", Text, nullable=False, unique=True, comment="where the original is kept: random, and told to nobody"),
    Column("processing_status", Text, nullable=False),
    Column("progress", Integer, nullable=False, comment="percent"),
    Column("error_code", Text, nullable=True),
    Column("error", Text, nullable=True, comment="why it can't be read, and what to do"),
    Column("note", Text, nullable=True, comment="what is to be known of one that can: pages without text, no vectors"),
    Column("title", Text, nullable=True, comment="as the file itself says"),
    Column("language", Text, nullable=True, comment="of its words; null: unknown"),
    Column("pages", Integer, nullable=True),
    Column("passages", Integer, nullable=True),
    Column("tries", Integer, nullable=False, comment="of reading it"),
    Column("due_at", UtcDateTime, nullable=True, comment="when it may be taken in hand: the lease's end of one that is being read"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime, nullable=True),
    Column("deleted_at", UtcDateTime, nullable=True, comment="nobody finds it from then on; its words and its file follow"),
    CheckConstraint("processing_status in ('PENDING', 'PROCESSING', 'READY', 'FAILED')", name="status_known"),
    CheckConstraint("progress between 0 and 100", name="progress_percent"),
    CheckConstraint("(processing_status = 'FAILED') = (error_code is not null)", name="failure_told"),
    Index(
        "ix_study_document_class",
        "class_id",
        "created_at",
        "id",
        postgresql_where=text("session_id is null and deleted_at is null"),
        sqlite_where=text("session_id is null and deleted_at is null"),
    ),
    Index(
        "ix_study_document_session",
        "session_id",
        "created_at",
        "id",
        postgresql_where=text("session_id is not null and deleted_at is null"),
        sqlite_where=text("session_id is not null and deleted_at is null"),
    ),
    Index("ix_study_document_uploaded_by", "uploaded_by", "created_at", "id"),
    Index(
        "ix_study_document_due",
        "due_at",
        "id",
        postgresql_where=text("due_at is not null and deleted_at is null"),
        sqlite_where=text("due_at is not null and deleted_at is null"),
    ),
    Index(
        "ix_study_document_status",
        "processing_status",
        "created_at",
        "id",
        postgresql_where=text("deleted_at is null"),
        sqlite_where=text("deleted_at is null"),
    ),
    Index(
        "ix_study_document_deleted_at",
        "deleted_at",
        postgresql_where=text("deleted_at is not null"),
        sqlite_where=text("deleted_at is not null"),
    ),
)


@row_of(study_document)
class StudyDocument:
    """A document: whose it is, where its file is kept, how far it was read."""

    id: UUID
    class_id: UUID
    session_id: UUID | None
    uploaded_by: UUID
    filename: str
    file_type: str
    size_bytes: int
    digest: str
    storage_key: str
    processing_status: str
    progress: int
    error_code: str | None
    error: str | None
    note: str | None
    title: str | None
    language: str | None
    pages: int | None
    passages: int | None
    tries: int
    due_at: datetime | None
    created_at: datetime
    ready_at: datetime | None = None
    deleted_at: datetime | None = None


study_shelved = Table(
    "study_shelved",
    metadata,
    Column("scope", Uuid, primary_key=True, comment="the class's id, or the session's"),
    Column("digest", Text, primary_key=True, comment="SHA-256 of a file, in hex"),
    Column("document", Uuid, nullable=True, comment="the document that it is there as; null: it was there, and is deleted"),
)


@row_of(study_shelved)
class Shelved:
    """That a file lies on a shelf: what keeps the same from coming twice, also when two send it at once."""

    scope: UUID
    digest: str
    document: UUID | None
