"""The second step: pages cut into passages, and those brought into the index, in pieces."""

from collections.abc import Iterator
from itertools import islice
from pathlib import PurePath

from sqlalchemy import Connection, func, select

from laurels.jobs import JobContext
from laurels.products.study import index
from laurels.products.study.ingest.leases import Held
from laurels.products.study.ingest.paging import DONE as PAGED
from laurels.products.study.ingest.stopping import go_on
from laurels.products.study.rules.words import UNKNOWN, Page, language_of, passages_of
from laurels.products.study.tables import StudyDocument, study_page, study_passage

PIECE = 200
"""Passages that are written in one transaction."""

PAGES_AT_ONCE = 50

SAMPLE_PAGES = 20
SAMPLE_CHARACTERS = 6_000
"""What a document's language is told by."""

DONE = 95
"""Percent of the work that is done then."""


def index_passages(job: JobContext, held: Held, pages: int) -> int:
    """Bring a document's passages into the index, behind those that are there; gives how many they are.

    Raises:
        LeaseLost, Interrupted.
    """
    document = held.document
    title = title_of(document)
    with job.database.read.connect() as connection:
        language = _read_language(connection, document)
        known = _count_passages(connection, document)
    passages = islice(passages_of(_pages(job, document, pages)), known, None)
    while piece := list(islice(passages, PIECE)):
        go_on(job)
        progress = PAGED + (DONE - PAGED) * piece[-1].page // max(pages, 1)
        with held.writing(progress=progress, passages=known + len(piece), language=_kept(language)) as connection:
            known = index.add_passages(connection, document, piece, title=title, language=language, first=known)
    return known


def title_of(document: StudyDocument) -> str:
    """What a document is called: as it says itself, else as its file is named."""
    return document.title or PurePath(document.filename).stem


def _pages(job: JobContext, document: StudyDocument, pages: int) -> Iterator[Page]:
    """A document's pages in their order, some in memory at a time."""
    for first in range(1, pages + 1, PAGES_AT_ONCE):
        wanted = select(study_page.c.number, study_page.c.text).where(study_page.c.document == document.id)
        wanted = wanted.where(study_page.c.number.between(first, first + PAGES_AT_ONCE - 1)).order_by(study_page.c.number)
        with job.database.read.connect() as connection:
            rows = connection.execute(wanted).all()
        yield from (Page(number, text) for number, text in rows)


def _read_language(connection: Connection, document: StudyDocument) -> str:
    begin = func.substr(study_page.c.text, 1, SAMPLE_CHARACTERS)
    wanted = select(begin).where(study_page.c.document == document.id).order_by(study_page.c.number).limit(SAMPLE_PAGES)
    return language_of("\n".join(connection.scalars(wanted))[:SAMPLE_CHARACTERS])


def _count_passages(connection: Connection, document: StudyDocument) -> int:
    wanted = select(func.count()).select_from(study_passage).where(study_passage.c.document == document.id)
    return connection.execute(wanted).scalar_one()


def _kept(language: str) -> str | None:
    return None if language == UNKNOWN else language
