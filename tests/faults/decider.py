"""A worker that decides what shops told, until it is killed: `python decider.py URL HOME`. Says "ready".

It is the real reader and the real job; only the lease is shorter, so that a test needn't wait a minute for the next worker.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import sys
from threading import Event

from laurels.core.clock import Clock, SystemClock
from laurels.core.database import Database, open_database
from laurels.core.settings import Settings
from laurels.jobs import Reader
from laurels.jobs.readers import Readers
from laurels.ledger.writer import Writer
from laurels.products.loyalty.facts import EventsAccepted, MemberJoined
from laurels.products.loyalty.jobs import decide_told

LEASE = timedelta(seconds=1)


@dataclass(frozen=True)
class Place:
    """What the reader works with."""

    settings: Settings
    clock: Clock
    database: Database
    writer: Writer


def main(url: str, home: str) -> None:
    """Decide until killed."""
    database, clock = open_database(url), SystemClock()
    writer = Writer(database, clock)
    writer.start()
    place = Place(Settings(_env_file=None, home=Path(home), database_url=url), clock, database, writer)
    reader = Reader("loyalty.decide", {EventsAccepted.name, MemberJoined.name}, decide_told, lease=LEASE)
    Readers(place, [reader], Event()).start()
    print("ready", flush=True)
    Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
