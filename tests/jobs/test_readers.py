"""Facts reach their readers: at least once, the poisoned one aside, also when a process is killed in the middle."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
import logging
from pathlib import Path
import subprocess
import sys
from threading import Barrier, Event, Thread

import pytest

from jobs.workplace import Place, place_at, tell
from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.core.settings import Settings
from laurels.jobs import JobContext, Reader
from laurels.jobs.readers import Readers, drain
from laurels.ledger import outbox
from laurels.ledger.outbox import Told

CHILD = Path(__file__).with_name("killed_child.py")
SECONDS = 30


@pytest.fixture
def place(settings: Settings, clock: FixedClock, database: Database) -> Place:
    return place_at(settings, clock, database)


class Inbox:
    """A handler that remembers what it was told, and fails on the entries given."""

    def __init__(self, *poisoned: int) -> None:
        self.told: list[int] = []
        self.poisoned = set(poisoned)
        self.is_full = Event()

    def __call__(self, job: JobContext, told: Sequence[Told]) -> None:
        if self.poisoned & {one.sequence for one in told}:
            raise LookupError("nobody there")
        self.told += [one.sequence for one in told]
        self.is_full.set()


def test_reader_is_told_in_batches(place: Place, database: Database) -> None:
    sizes: list[int] = []
    tell(database, *[["given"]] * 7)
    reader = Reader("board", {"given"}, lambda job, told: sizes.append(len(told)), batch=3)
    assert drain(place, reader, Event()) == 7
    assert drain(place, reader, Event()) == 0
    assert sizes == [3, 3, 1]


def test_poisoned_fact_is_set_aside_and_the_others_are_told(place: Place, clock: FixedClock, database: Database) -> None:
    tell(database, *[["given"]] * 5)
    inbox = Inbox(3)
    reader = Reader("board", {"given"}, inbox, max_tries=4)
    for _ in range(10):
        drain(place, reader, Event())
        clock.advance(timedelta(minutes=10))
    assert sorted(inbox.told) == [1, 2, 4, 5]
    with database.read.connect() as connection:
        (aside,) = outbox.list_set_aside(connection)
    assert (aside.sequence, aside.tries, aside.error) == (3, 4, "LookupError: nobody there")
    tell(database, ["given"])
    drain(place, reader, Event())
    assert inbox.told[-1] == 6, "later facts aren't held up"


def test_two_workers_share_the_facts_and_tell_each_once(place: Place, database: Database, database_url: str) -> None:
    tell(database, *[["given"]] * 200)
    inboxes = [Inbox(), Inbox()]
    gate = Barrier(2)

    def work(inbox: Inbox) -> None:
        mine = Place(place.settings, place.clock, open_database(database_url), place.writer)
        gate.wait()
        while drain(mine, Reader("board", {"given"}, inbox, batch=5), Event()):
            pass
        mine.database.dispose()

    threads = [Thread(target=work, args=(inbox,)) for inbox in inboxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(inboxes[0].told + inboxes[1].told) == list(range(1, 201))


def test_facts_of_a_killed_process_are_told_again(
    place: Place, clock: FixedClock, database: Database, database_url: str, tmp_path: Path
) -> None:
    tell(database, *[["given"]] * 4)
    command = [sys.executable, str(CHILD), database_url, str(tmp_path), clock.now().isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "handling 1 2 3 4\n"
        child.kill()  # SIGKILL: no last words
    inbox = Inbox()
    reader = Reader("board", {"given"}, inbox)
    assert drain(place, reader, Event()) == 0, "its lease isn't over"
    clock.advance(reader.lease)
    assert drain(place, reader, Event()) == 4
    assert sorted(inbox.told) == [1, 2, 3, 4]


def test_reader_that_waits_is_woken_by_its_own_process(place: Place, database: Database) -> None:
    inbox = Inbox()
    stopping = Event()
    readers = Readers(place, [Reader("board", {"given"}, inbox)], stopping)
    readers.start()
    tell(database, ["given"])
    readers._wake([Told("recognition", 1, 0, "given", "{}", place.clock.now())])
    assert inbox.is_full.wait(SECONDS)
    readers.stop()
    assert inbox.told == [1]


def test_reader_outlives_a_database_that_is_away(place: Place, settings: Settings, clock: FixedClock, tmp_path: Path) -> None:
    away = open_database(f"sqlite:///{tmp_path / 'nowhere.db'}")  # no schema: every statement fails
    readers = Readers(Place(settings, clock, away, place.writer), [Reader("board", {"given"}, Inbox())], Event())
    complaints = Complaints()
    with complaints.heard():
        readers.start()
        for _ in range(2):
            assert complaints.came.wait(SECONDS)
            complaints.came.clear()
            readers._wake([Told("recognition", 1, 0, "given", "{}", clock.now())])
    readers.stop()
    away.dispose()


class Complaints(logging.Handler):
    """Notices what readers warn of."""

    def __init__(self) -> None:
        super().__init__()
        self.came = Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.came.set()

    @contextmanager
    def heard(self) -> Iterator[None]:
        logger = logging.getLogger("laurels.jobs.readers")
        logger.addHandler(self)
        yield
        logger.removeHandler(self)
