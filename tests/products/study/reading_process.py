"""Reads the documents of a test's database in a process of its own, which the test may kill: `python reading_process.py URL HOME TIME`."""

from datetime import datetime
from pathlib import Path
import sys

from laurels.core.clock import FixedClock
from laurels.core.database import open_database
from laurels.core.settings import Settings
from laurels.jobs import JobContext
from laurels.ledger.writer import Writer
from laurels.products.study.desk import open_desk
from laurels.products.study.jobs import read_documents


def main(url: str, home: str, time: str) -> None:
    """Read all that is due at a time, and end."""
    settings = Settings(_env_file=None, home=Path(home), database_url=url)
    clock, database = FixedClock(datetime.fromisoformat(time)), open_database(url)
    writer = Writer(database, clock)
    writer.start()
    job = JobContext(settings, clock, database, writer, clock.now(), "test", clock.now(), lambda: False)
    read_documents(job, open_desk(settings, None))
    writer.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
