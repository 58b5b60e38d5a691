"""The first step: pages out of a document's file, stored in sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from shutil import copyfileobj
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select

from laurels.jobs import JobContext
from laurels.products.study.desk import Desk
from laurels.products.study.extraction import FileType, Page, extract_pages
from laurels.products.study.index import remove_document
from laurels.products.study.ingest.leases import Held
from laurels.products.study.ingest.stopping import go_on
from laurels.products.study.tables import StudyDocument, study_page

SET_PAGES = 100
SET_CHARACTERS = 500_000
"""Pages, and characters of them, that are written at once."""

DONE = 40
"""Percent of the work that is done then."""

PIECE_BYTES = 2**18


def begin_anew(job: JobContext, held: Held) -> None:
    """Take out what an earlier reading left, where the document is to be read anew; one that has begun goes on behind what is there."""
    while held.document.passages is None:
        go_on(job)
        with held.writing() as connection:
            if not remove_document(connection, held.document.id):
                connection.execute(delete(study_page).where(study_page.c.document == held.document.id))
                held.renew(connection, passages=0)


def store_pages(job: JobContext, desk: Desk, held: Held) -> int:
    """Store the pages of a document that aren't stored yet; gives how many it has.

    Raises:
        FileRefused: the file can't be read.
        ReaderStopped, StorageUnavailable: not now.
        Missing: its file is gone.
        LeaseLost, Interrupted.
    """
    document = held.document
    with job.database.read.connect() as connection:
        stored = _count_stored(connection, document)
    if stored and stored == document.pages:
        return stored
    with _fetched(desk, document) as file, extract_pages(file, FileType(document.file_type)) as stream:
        for pages in _sets(page for page in stream if page.number > stored):
            go_on(job)
            stored = pages[-1].number
            progress = DONE * stored // max(stream.page_count, stored)
            with held.writing(pages=stream.page_count, title=stream.title, progress=progress) as connection:
                rows = [{"document": document.id, "number": page.number, "text": page.text} for page in pages]
                connection.execute(insert(study_page), rows)
    return stored


def count_without_text(connection: Connection, document_id: UUID) -> int:
    """How many stored pages of a document have no text."""
    empty = select(func.count()).select_from(study_page).where(study_page.c.document == document_id, study_page.c.text == "")
    return connection.execute(empty).scalar_one()


@contextmanager
def _fetched(desk: Desk, document: StudyDocument) -> Iterator[BinaryIO]:
    """A document's file on this machine's disk."""
    with desk.spooled() as file:
        with desk.storage.open(document.storage_key) as original:
            copyfileobj(original, file, PIECE_BYTES)
        file.flush()
        yield file


def _sets(pages: Iterator[Page]) -> Iterator[list[Page]]:
    """Pages in sets that are written at once."""
    some: list[Page] = []
    characters = 0
    for page in pages:
        some.append(page)
        characters += len(page.text)
        if len(some) == SET_PAGES or characters >= SET_CHARACTERS:
            yield some
            some, characters = [], 0
    if some:
        yield some


def _count_stored(connection: Connection, document: StudyDocument) -> int:
    return connection.execute(select(func.count()).select_from(study_page).where(study_page.c.document == document.id)).scalar_one()
