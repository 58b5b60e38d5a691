"""A worker that hangs in its handler until it is killed; see test_readers."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
import sys
from threading import Event

from laurels.core.clock import FixedClock
from laurels.core.database import open_database
from laurels.core.settings import Settings
from laurels.jobs import JobContext, Reader
from laurels.jobs.readers import drain
from laurels.jobs.running import Workshop
from laurels.ledger.outbox import Told
from laurels.ledger.writer import Writer


def hang(job: JobContext, told: Sequence[Told]) -> None:
    print("handling", *(one.sequence for one in told), flush=True)
    Event().wait()


url, home, now = sys.argv[1:]
database, clock = open_database(url), FixedClock(datetime.fromisoformat(now))
place = Workshop(Settings(home=Path(home), database_url=url), clock, database, Writer(database, clock))
drain(place, Reader("board", {"given"}, hang), Event())
