"""What the jobs remember: which period of which schedule was done."""

from sqlalchemy import Column, Index, SmallInteger, Table, Text, Uuid

from laurels.core.database import CodePointText, UtcDateTime, metadata

job_run = Table(
    "job_run",
    metadata,
    Column("schedule", Text, primary_key=True),
    Column("period", CodePointText, primary_key=True, comment="local wall time that it was due at: 2026-11-01T00:00"),
    Column("due_at", UtcDateTime, nullable=False),
    Column("holder", Uuid, nullable=False, comment="drawn anew at each taking, so that a late worker can't finish another's"),
    Column("lease_until", UtcDateTime, nullable=False, comment="when it may be taken again, unless finished"),
    Column("tries", SmallInteger, nullable=False, comment="takings so far"),
    Column("started_at", UtcDateTime, nullable=False, comment="the last taking"),
    Column("finished_at", UtcDateTime, nullable=True),
    Column("error", Text, nullable=True, comment="why the last try failed"),
    Index("ix_job_run_due_at", "schedule", "due_at"),
)
