"""Removing what deleted documents leave: words, vectors, pages, the file, and last the row; and files that never got one."""

from datetime import timedelta
import logging
from uuid import UUID

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from laurels.core.database import among
from laurels.jobs import JobContext
from laurels.ledger.writer import hold_book
from laurels.products.study.accounts import BOOK
from laurels.products.study.desk import Desk
from laurels.products.study.index import remove_document
from laurels.products.study.tables import StudyDocument, study_class, study_document, study_page, study_session, study_shelved

AT_ONCE = 500
"""Documents, or files, that are looked up at once."""

STRAY_AFTER = timedelta(hours=1)
"""How long after its day a file without a document is left alone: by then its upload has ended, one way or the other."""

STRAY_DAYS = 8
"""Days that are looked through for them."""

log = logging.getLogger(__name__)


def sweep_deleted(job: JobContext, desk: Desk) -> int:
    """Remove what is left of deleted documents; gives of how many.

    Raises:
        StorageUnavailable: a file can't be removed now; the next sweep goes on.
    """
    swept = 0
    row = study_document.c
    wanted = select(row.id).where(row.deleted_at.is_not(None)).order_by(row.deleted_at, row.id).limit(AT_ONCE)
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            found = list(connection.scalars(wanted))
        for document_id in found:
            if not job.is_stopping():
                swept += sweep_one(job, desk, document_id)
        if len(found) < AT_ONCE:
            break
    return swept


def sweep_one(job: JobContext, desk: Desk, document_id: UUID) -> bool:
    """Remove what is left of a document, if it is deleted; gives whether it was.

    Raises:
        StorageUnavailable.
    """
    row = study_document.c
    with job.database.read.connect() as connection:
        found = connection.execute(select(study_document).where(row.id == document_id, row.deleted_at.is_not(None))).one_or_none()
    if found is None:
        return False
    document = StudyDocument(*found)
    removed = 1
    while removed:
        with job.database.write.begin() as connection:
            removed = remove_document(connection, document_id)
    with job.database.write.begin() as connection:
        connection.execute(delete(study_page).where(study_page.c.document == document_id))
    desk.storage.delete(document.storage_key)
    with job.database.write.begin() as connection:
        _forget(connection, document)
    return True


def delete_orphans(job: JobContext) -> int:
    """Delete documents whose class or session is deleted; gives how many."""
    row = study_document.c
    of_class = exists().where(study_class.c.id == row.class_id, study_class.c.deleted_at.is_not(None))
    of_session = and_(row.session_id.is_not(None), ~exists().where(study_session.c.id == row.session_id))
    wanted = select(row.id).where(row.deleted_at.is_(None), or_(of_class, of_session)).order_by(row.id).limit(AT_ONCE)
    deleted = 0
    while not job.is_stopping():
        with job.database.write.begin() as connection:
            found = list(connection.scalars(wanted))
            orphans = among(connection.dialect, row.id, found)
            connection.execute(update(study_document).where(orphans).values(deleted_at=job.clock.now(), due_at=None))
        deleted += len(found)
        if len(found) < AT_ONCE:
            break
    return deleted


def sweep_strays(job: JobContext, desk: Desk) -> int:
    """Remove files that no document has: of uploads that were cut off between file and row. Gives how many.

    Raises:
        StorageUnavailable.
    """
    last = (job.now - STRAY_AFTER).date() - timedelta(days=1)
    removed = 0
    for back in range(STRAY_DAYS):
        keys = list(desk.storage.keys(last - timedelta(days=back)))
        for first in range(0, len(keys), AT_ONCE):
            for key in _without_document(job, keys[first : first + AT_ONCE]):
                desk.storage.delete(key)
                removed += 1
    if removed:
        log.info("%d files without a document were removed", removed)
    return removed


def _forget(connection: Connection, document: StudyDocument) -> None:
    """Delete the row of a document of which nothing is left, and its place on the shelf, unless another took that."""
    hold_book(connection, BOOK)  # an upload that is being decided mustn't lose the place that it takes
    place, row = study_shelved.c, study_document.c
    same = and_(place.scope == (document.session_id or document.class_id), place.digest == document.digest)
    connection.execute(delete(study_shelved).where(same, or_(place.document.is_(None), place.document == document.id)))
    connection.execute(delete(study_document).where(row.id == document.id, row.deleted_at.is_not(None)))


def _without_document(job: JobContext, keys: list[str]) -> set[str]:
    with job.database.read.connect() as connection:
        known = among(connection.dialect, study_document.c.storage_key, keys)
        return set(keys) - set(connection.scalars(select(study_document.c.storage_key).where(known)))
