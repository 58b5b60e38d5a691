"""Rows a second of `laurels import activities`' own path, on made-up submissions like OULAD's."""

from pathlib import Path
from random import Random
from time import perf_counter

from benchmarks.by_import import BATCH
from benchmarks.people import settings_of
from benchmarks.progress.circle import MEMBERS
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.jobs import JobContext
from laurels.ledger.writer import Writer
from laurels.products.progress.imports import FileShape, import_activities, read_activities

DAYS = 600


def measure(url: str, database: Database, home: Path, *, rows: int) -> float:
    """Rows a second, members created on the way, reading included."""
    settings, clock = settings_of(url, home), SystemClock()
    path = home / "submissions.csv"
    path.write_text(_submissions(rows))
    writer = Writer(database, clock, batch=BATCH)
    writer.start()
    now = clock.now()
    place = JobContext(settings, clock, database, writer, now, "bench", now, lambda: False)
    start = perf_counter()
    try:
        summary = import_activities(place, read_activities(path, "oulad", FileShape(settings.zone)))
    finally:
        writer.stop()
    assert summary.awarded == rows
    return rows / (perf_counter() - start)


def _submissions(rows: int) -> str:
    """Each student submits each assessment once."""
    chance = Random(2014)
    lines = ["id_assessment,id_student,date_submitted,is_banked,score\n"]
    for number in range(rows):
        assessment, student = divmod(number, MEMBERS)
        lines.append(f"{assessment},{student},{chance.randrange(DAYS)},False,{chance.randrange(101)}\n")
    return "".join(lines)
