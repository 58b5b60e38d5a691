"""How the reading of a document ends: READY, FAILED, or another try."""

from datetime import timedelta
import logging
from typing import Any

from laurels.core.errors import DomainError, Missing
from laurels.jobs import JobContext
from laurels.jobs.backoff import retry_after
from laurels.ledger.writer import Proposal, post_within
from laurels.products.study.accounts import SYSTEM
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.decisions.reading import TellRead
from laurels.products.study.extraction import FileRefused
from laurels.products.study.ingest.leases import Held
from laurels.web.language import N_

MAX_TRIES = 5
FIRST_PAUSE = timedelta(seconds=10)
LAST_PAUSE = timedelta(minutes=10)

FILE_GONE = "file-gone"
UNFORESEEN = "reading-failed"
_TOLD = {
    FILE_GONE: N_("The file itself isn't there any more. Delete this, and upload it again."),
    UNFORESEEN: N_("Reading this document went wrong here. Have it read anew; if that fails again, tell who runs this site."),
}

log = logging.getLogger(__name__)


def finish_ready(job: JobContext, held: Held, note: str | None, *, places_later: bool) -> None:
    """Have questions find a document, and tell.

    Args:
        places_later: whether its vectors are tried again, while it is found by its words.

    Raises:
        LeaseLost: it was deleted meanwhile, say; then nothing is told.
    """
    now, document = job.clock.now(), held.document
    again = now + _pause(document.tries) if places_later and document.tries < MAX_TRIES else None
    values: dict[str, Any] = {"processing_status": "READY", "progress": 100, "note": note, "ready_at": document.ready_at or now}
    with job.database.write.begin() as connection:
        if document.processing_status != "READY":
            # The book first, as decisions about the document take it before its row.
            told = TellRead(document.id, _shelf(held), document.uploaded_by, passages=document.passages or 0)
            post_within(connection, Proposal(told, now, SYSTEM), now)
        held.finish(connection, due_at=again, **values)


def finish_failed(job: JobContext, held: Held, failure: Exception) -> None:
    """Try again later, or say for good why a document can't be read.

    What was stored of it stays: the next try goes on behind it; a failed one isn't found.

    Raises:
        LeaseLost: it isn't ours any more.
    """
    if held.document.processing_status == "READY":  # its words are found; only vectors were to follow
        finish_ready(job, held, held.document.note, places_later=True)
        return
    is_final = isinstance(failure, FileRefused | Missing) or held.document.tries >= MAX_TRIES
    if not is_final:
        with job.database.write.begin() as connection:
            held.finish(connection, due_at=job.clock.now() + _pause(held.document.tries), processing_status="PENDING")
        return
    code, said = _told(failure)
    now = job.clock.now()
    with job.database.write.begin() as connection:
        told = TellRead(held.document.id, _shelf(held), held.document.uploaded_by, error_code=code)
        post_within(connection, Proposal(told, now, SYSTEM), now)
        held.finish(connection, processing_status="FAILED", error_code=code, error=said)


def put_back(job: JobContext, held: Held) -> None:
    """Leave a document to the next process at once: this one wants to end, which counts as no try.

    Raises:
        LeaseLost: it isn't ours any more.
    """
    status = "READY" if held.document.processing_status == "READY" else "PENDING"
    with job.database.write.begin() as connection:
        held.finish(connection, due_at=job.clock.now(), processing_status=status, tries=held.document.tries - 1)


def _pause(tries: int) -> timedelta:
    return retry_after(tries, first=FIRST_PAUSE, last=LAST_PAUSE)


def _shelf(held: Held) -> Shelf:
    return Shelf(held.document.class_id, held.document.session_id)


def _told(failure: Exception) -> tuple[str, str]:
    """A failure's code, and its sentence in English."""
    if isinstance(failure, Missing):
        return FILE_GONE, _TOLD[FILE_GONE]
    if isinstance(failure, DomainError) and not failure.fields.keys() & {"retry_after_seconds"}:
        return failure.code, str(failure)
    return UNFORESEEN, _TOLD[UNFORESEEN]
