"""`python -m benchmarks.study.ingestion`: how many pages a second are read, from files to passages that are found, without vectors.

What is timed is the job: each file in a process of its own, its pages, passages and terms in pieces, each under a lease, until all
documents are READY. Beside it, what a program by hand takes that does no more than read the same files with the same library in its
own process and insert the pages' text, a transaction for each file: the limit that the rest is measured by.
"""

import argparse
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from statistics import median
import sys
from time import perf_counter
from typing import Any

import pypdfium2
from sqlalchemy import func, insert, select

from benchmarks.figures import NAMES, machine, software
from benchmarks.places import Places, open_places
from benchmarks.study.library import document_of, found_class
from benchmarks.study.scripts import make_scripts
from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.settings import Settings
from laurels.jobs import JobContext
from laurels.ledger.writer import Writer
from laurels.products.study.desk import Desk, open_desk
from laurels.products.study.jobs import read_documents
from laurels.products.study.storage import new_key
from laurels.products.study.tables import StudyDocument, study_document, study_page

FILES, PAGES, RUNS = 10, 50, 3
GOAL = 400
"""Pages a second."""


def add_waiting(database: Database, desk: Desk, files: Sequence[bytes]) -> list[StudyDocument]:
    """Documents that wait to be read, their files put away."""
    with database.write.begin() as connection:
        room, owner = found_class(connection, "a class")
    made = []
    for number, data in enumerate(files):
        now = datetime.now(UTC)
        kept = document_of(room, owner, f"Script {number}")
        key = new_key(now)
        desk.storage.put(key, BytesIO(data))
        waits: dict[str, Any] = {"file_type": "pdf", "storage_key": key, "processing_status": "PENDING", "tries": 0, "due_at": now}
        made.append(replace(kept, filename=f"script {number}.pdf", title=None, **waits))
    with database.write.begin() as connection:
        connection.execute(insert(study_document), [asdict(one) for one in made])
    return made


def time_job(database: Database, home: Path, files: Sequence[bytes], pages: int) -> float:
    """Seconds until all are READY."""
    settings, clock = Settings(_env_file=None, home=home), SystemClock()
    desk, writer = open_desk(settings, None), Writer(database, clock)
    add_waiting(database, desk, files)
    writer.start()
    try:
        job = JobContext(settings, clock, database, writer, clock.now(), "benchmark", clock.now(), lambda: False)
        start = perf_counter()
        read_documents(job, desk)
        took = perf_counter() - start
    finally:
        writer.stop()
    _check(database, len(files), pages)
    return took


def time_by_hand(database: Database, home: Path, files: Sequence[bytes], pages: int) -> float:
    """Seconds to read all files here and insert their text."""
    desk = open_desk(Settings(_env_file=None, home=home), None)
    made = add_waiting(database, desk, files)
    start = perf_counter()
    for document in made:
        with desk.storage.open(document.storage_key) as file:
            texts = _texts_of(file.read())
        rows = [{"document": document.id, "number": number, "text": text} for number, text in enumerate(texts, 1)]
        with database.write.begin() as connection:
            connection.execute(insert(study_page), rows)
    took = perf_counter() - start
    if _count_pages(database) != len(files) * pages:
        raise RuntimeError("pages are missing")
    return took


def measure(places: Places, engine: str, files: Sequence[bytes], *, pages: int, runs: int) -> dict[str, float]:
    """Pages a second, by both ways: the median of the runs, each on a database of its own."""
    rates: dict[str, list[float]] = {"job": [], "hand": []}
    for _ in range(runs):
        for way, timed in (("hand", time_by_hand), ("job", time_job)):
            with places.fresh(engine) as url:
                database = open_database(url)
                try:
                    rates[way].append(len(files) * pages / timed(database, places.home(), files, pages))
                finally:
                    database.dispose()
    return {way: median(figures) for way, figures in rates.items()}


def _texts_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def _check(database: Database, files: int, pages: int) -> None:
    with database.read.connect() as connection:
        read = connection.execute(select(func.count()).where(study_document.c.processing_status == "READY")).scalar_one()
    if read != files or _count_pages(database) != files * pages:
        raise RuntimeError(f"{read} of {files} documents were read")


def _count_pages(database: Database) -> int:
    with database.read.connect() as connection:
        return connection.execute(select(func.count()).select_from(study_page)).scalar_one()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study.ingestion", description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--pages", type=int, default=PAGES, help="of each file")
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--databases", default=",".join(NAMES))
    chosen = parser.parse_args()
    files = make_scripts(chosen.files, chosen.pages)
    lines = ["| database | pages a second | goal | by hand, text alone | part of that |", "| --- | ---: | ---: | ---: | ---: |"]
    with open_places() as places:
        for engine in chosen.databases.split(","):
            rates = measure(places, engine, files, pages=chosen.pages, runs=chosen.runs)
            part = rates["job"] / rates["hand"]
            lines.append(f"| {NAMES[engine]} | {rates['job']:,.0f} | {GOAL} | {rates['hand']:,.0f} | {part:.2f} |")
        told = ", ".join(f"{name} {version}" for name, version in (software() | places.versions()).items())
    size = sum(map(len, files)) / 2**20
    lines.append(f"\n{chosen.files} files of {chosen.pages} pages, {size:.1f} MiB; median of {chosen.runs}. {machine()}. {told}.")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
