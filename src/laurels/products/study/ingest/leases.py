"""Holding a document while it is read: by the time until which nobody else takes it, renewed with every piece that is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, case, select, update

from laurels.core.database import Database
from laurels.core.rows import replaced
from laurels.jobs import JobContext
from laurels.products.study.tables import StudyDocument, study_document

LEASE = timedelta(minutes=3)
"""How long a document stays with whoever took it without a sign of life: no piece of the work takes as long."""


class LeaseLost(Exception):
    """The document was deleted, or is to be read anew, or another process took it over: nothing more is to be written."""


class Held:
    """A document in hand.

    Attributes:
        document: as it was when it was taken, and as it was written since.
    """

    def __init__(self, job: JobContext, document: StudyDocument) -> None:
        self.document = document
        self.lease = LEASE
        self._job = job
        self._until: datetime | None = document.due_at

    @contextmanager
    def writing(self, **values: Any) -> Iterator[Connection]:
        """A transaction that writes a piece of the work, and these columns of the document with it.

        Raises:
            LeaseLost: it isn't ours any more; then nothing is written.
        """
        with self._job.database.write.begin() as connection:
            self.renew(connection, **values)
            yield connection

    def renew(self, connection: Connection, **values: Any) -> None:
        """Hold it longer, from now; in a transaction of the caller's.

        Raises:
            LeaseLost: it isn't ours any more.
        """
        self._write(connection, due_at=self._job.clock.now() + self.lease, **values)

    def finish(self, connection: Connection, *, due_at: datetime | None = None, **values: Any) -> None:
        """Let go of it, for good or until another time.

        Raises:
            LeaseLost: it isn't ours any more.
        """
        self._write(connection, due_at=due_at, **values)

    def _write(self, connection: Connection, *, due_at: datetime | None, **values: Any) -> None:
        row = study_document.c
        ours = and_(row.id == self.document.id, row.due_at == self._until, row.deleted_at.is_(None))
        if connection.execute(update(study_document).where(ours).values(due_at=due_at, **values)).rowcount != 1:
            raise LeaseLost
        self.document = replaced(self.document, due_at=due_at, **values)
        self._until = due_at


def has_due(database: Database, now: datetime) -> bool:
    """Whether a document waits to be read; it takes no lock."""
    with database.read.connect() as connection:
        return connection.execute(_due(now)).first() is not None


def take_due(job: JobContext) -> Held | None:
    """Take the document in hand that has been due for longest; None where none is."""
    row, now = study_document.c, job.clock.now()
    begun = case((row.processing_status == "READY", "READY"), else_="PROCESSING")
    with job.database.write.begin() as connection:
        document_id: UUID | None = connection.execute(_due(now).with_for_update(skip_locked=True)).scalar()
        if document_id is None:
            return None
        taken = update(study_document).where(row.id == document_id, row.due_at <= now)
        taken = taken.values(due_at=now + LEASE, tries=row.tries + 1, processing_status=begun).returning(*row)
        found = connection.execute(taken).one_or_none()
    return None if found is None else Held(job, StudyDocument(*found))


def _due(now: datetime) -> Any:
    row = study_document.c
    return select(row.id).where(row.due_at <= now, row.deleted_at.is_(None)).order_by(row.due_at, row.id).limit(1)
