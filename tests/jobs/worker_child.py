"""A worker with one schedule that notes its run; says "done" once the period is done by anyone. See test_engine."""

import os
from pathlib import Path
import signal
import sys
from threading import Event, Thread
from zoneinfo import ZoneInfo

from sqlalchemy import select

from laurels.core.database import open_database
from laurels.core.settings import Settings
from laurels.jobs import JobContext, Schedule, Timetable, run_worker
from laurels.jobs.tables import job_run

url, home, notes = sys.argv[1:]
at_first = signal.getsignal(signal.SIGTERM)  # not the default where coverage is measured: it listens too


def note(job: JobContext) -> None:
    with Path(notes).open("a") as lines:
        lines.write(f"{os.getpid()} {job.period}\n")


def say_when_done() -> None:
    database = open_database(url)
    finished = select(job_run.c.period).where(job_run.c.schedule == "monthly", job_run.c.finished_at.is_not(None))
    while True:
        with database.read.connect() as connection:
            # The other process may be done before this one is far enough to hear a signal.
            if connection.execute(finished).first() and signal.getsignal(signal.SIGTERM) is not at_first:
                break
        Event().wait(0.02)
    database.dispose()
    print("done", flush=True)


Thread(target=say_when_done, daemon=True).start()
settings = Settings(home=Path(home), database_url=url)
run_worker(settings, Timetable([Schedule("monthly", "0 0 1 * *", ZoneInfo("UTC"), note)]))
