"""Reading what is due, some documents at a time, each through all of its steps."""

from concurrent.futures import ThreadPoolExecutor
import logging

from laurels.core.errors import DomainError, Missing, Unavailable
from laurels.jobs import JobContext
from laurels.model import Model, ModelUnavailable
from laurels.products.study.desk import CHILDREN, Desk
from laurels.products.study.extraction import FileRefused, ReaderStopped
from laurels.products.study.ingest.indexing import index_passages
from laurels.products.study.ingest.leases import Held, LeaseLost, has_due, take_due
from laurels.products.study.ingest.outcomes import finish_failed, finish_ready, put_back
from laurels.products.study.ingest.paging import begin_anew, count_without_text, store_pages
from laurels.products.study.ingest.placing import NOT_NOW, Unplaced, place_passages
from laurels.products.study.ingest.stopping import Interrupted
from laurels.products.study.ingest.sweeping import sweep_one

log = logging.getLogger(__name__)

PICTURES = "{empty} of its {pages} pages have no text that can be read: pictures, or nothing."

WAIT_SECONDS = 0.5
"""How long a thread waits for its place among those that read; who has it takes up what is due."""


def read_due(job: JobContext, desk: Desk) -> None:
    """Read documents until none is due, those that are added meanwhile among them; some at a time.

    Raises:
        Exception: a mistake of ours, or the database's, once the others have had their turn.
    """
    if not has_due(job.database, job.clock.now()):
        return
    with ThreadPoolExecutor(CHILDREN, thread_name_prefix="ingest") as pool:
        threads = [pool.submit(_read_some, job, desk) for _ in range(CHILDREN)]
    for thread in threads:
        thread.result()


def _read_some(job: JobContext, desk: Desk) -> None:
    """Read one document after another, beside others that do the same."""
    if not desk.reading.acquire(timeout=WAIT_SECONDS):
        return
    try:
        while not job.is_stopping() and (held := take_due(job)) is not None:
            _read(job, desk, held)
    finally:
        desk.reading.release()


def _read(job: JobContext, desk: Desk, held: Held) -> None:
    """Read a document in hand, whatever becomes of it."""
    try:
        try:
            _read_through(job, desk, held)
        except Interrupted:
            put_back(job, held)
        except (FileRefused, Missing, ReaderStopped, Unavailable) as failure:
            finish_failed(job, held, failure)
        except DomainError as failure:
            log.error("document %s: %s while it was read", held.document.id, failure.code)
            finish_failed(job, held, failure)
        except LeaseLost:
            raise
        except Exception as mistake:  # of ours: it is tried again, and then told; the other documents go on
            log.exception("document %s can't be read", held.document.id)
            finish_failed(job, held, mistake)
    except LeaseLost:
        sweep_one(job, desk, held.document.id)


def _read_through(job: JobContext, desk: Desk, held: Held) -> None:
    if held.document.processing_status != "READY":
        begin_anew(job, held)
        pages = store_pages(job, desk, held)
        index_passages(job, held, pages)
    unplaced, places_later = _place(job, desk.model, held)
    notes = [note for note in (_note_of_pictures(job, held), unplaced) if note]
    finish_ready(job, held, " ".join(notes) or None, places_later=places_later)


def _note_of_pictures(job: JobContext, held: Held) -> str | None:
    """What to say of pages that hold no text."""
    with job.database.read.connect() as connection:
        empty = count_without_text(connection, held.document.id)
    return PICTURES.format(empty=empty, pages=held.document.pages) if empty else None


def _place(job: JobContext, model: Model | None, held: Held) -> tuple[str | None, bool]:
    """Have the passages placed, where a model does that; gives what is to be noted, and whether to try again."""
    try:
        if model is not None and model.embedder:
            place_passages(job, model, held)
    except Unplaced as unplaced:
        return str(unplaced), False
    except ModelUnavailable:
        return NOT_NOW, True
    return None, False
