"""kill -9 at any moment: what was acknowledged is there, what wasn't is there whole or not at all."""

from pathlib import Path
import random
import subprocess
import sys
from threading import Event, Thread
import time

import pytest

from faults.own_server import OwnServer, own_server
from faults.soundness import acknowledged, check_books
from laurels.core.clock import SystemClock
from laurels.core.database import Database, open_database
from laurels.core.errors import Unavailable
from laurels.ledger.reader import verify
from laurels.ledger.writer import Writer
from ledger.toy import Grant, proposed, request, toy_tables

STORM = Path(__file__).with_name("storm.py")


def kill_in_a_storm(url: str, run: int, moment: random.Random) -> list[tuple[int, int]]:
    """Start a process under load, kill it at a random moment, and give what it had acknowledged."""
    with subprocess.Popen([sys.executable, str(STORM), url, str(run)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        assert process.stdout.readline() == "ready\n"
        reading = Thread(target=lambda: lines.extend(process.stdout or ()))
        reading.start()
        Event().wait(moment.uniform(0, 0.4))
        process.kill()
        reading.join(30)
    return acknowledged(lines)


def kill_many_times(database: Database, url: str, *, kills: int, seed: int) -> None:
    """Kill process after process on one database; the books are checked after each."""
    toy_tables.create_all(database.write)
    moment = random.Random(seed)
    told: list[tuple[int, int]] = []
    for run in range(1, kills + 1):
        told += kill_in_a_storm(url, run, moment)
        entries = check_books(database, told)
        assert entries >= len(told)
    assert told, "it was never quick enough to acknowledge anything"


def test_killed_process_loses_nothing_that_it_acknowledged(database: Database, database_url: str) -> None:
    kill_many_times(database, database_url, kills=4, seed=2026)


@pytest.mark.slow
def test_process_killed_a_hundred_times_loses_nothing(database: Database, database_url: str) -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    kill_many_times(database, database_url, kills=100, seed=seed)


# The server itself


class Posters:
    """Threads that post grants with request keys, each again until it is answered: as a client should."""

    def __init__(self, writer: Writer, threads: int = 6) -> None:
        self.acknowledged: list[int] = []
        self.refused = 0
        self._writer = writer
        self._ending, self._abandoned = Event(), Event()
        self._threads = [Thread(target=self._post, args=(number,)) for number in range(threads)]
        for thread in self._threads:
            thread.start()

    def _post(self, number: int) -> None:
        done = 0
        while not self._ending.is_set():
            asked = proposed(Grant(number, 1), request=request(f"{number}/{done}"))
            while not self._abandoned.is_set():
                try:
                    self.acknowledged.append(self._writer.post_now(asked).entry)
                    break
                except Unavailable:
                    self.refused += 1
                    Event().wait(0.02)
            done += 1

    def wait_for(self, more: int) -> None:
        """Wait until so many more are acknowledged."""
        wanted = len(self.acknowledged) + more
        for _ in range(6_000):
            if len(self.acknowledged) >= wanted:
                return
            Event().wait(0.01)
        raise AssertionError(f"{wanted - len(self.acknowledged)} were never answered")

    def abandon(self) -> None:
        """Leave them without an answer: the server won't come back."""
        self._ending.set()
        self._abandoned.set()

    def end(self) -> None:
        """Let each have its last answer."""
        self._ending.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()


def kill_the_server(server: OwnServer, *, kills: int, moment: random.Random) -> None:
    """Kill -9 a server under load, time after time; one writer lives through all of it."""
    database = open_database(server.url)
    writer = Writer(database, SystemClock())
    writer.start()
    posters = Posters(writer)
    try:
        posters.wait_for(20)
        for _ in range(kills):
            Event().wait(moment.uniform(0, 0.3))
            server.kill()
            server.start()
            posters.wait_for(50)
        posters.end()
    finally:
        posters.abandon()
        writer.stop()
    assert sorted(posters.acknowledged) == list(range(1, len(posters.acknowledged) + 1)), "one entry for each request, none twice"
    with database.read.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM entry").scalar() == len(posters.acknowledged)
    check_grants(database, len(posters.acknowledged))
    database.dispose()


def check_grants(database: Database, count: int) -> None:
    """The books are right, and as many grants are in them."""
    with database.read.begin() as connection:
        seen = verify(connection)
    assert (seen.findings, seen.entries) == ([], count)


def test_killed_server_keeps_what_was_acknowledged_and_the_writer_goes_on() -> None:
    with own_server() as server:
        kill_the_server(server, kills=2, moment=random.Random(7))


@pytest.mark.slow
def test_server_killed_thirty_times_keeps_what_was_acknowledged() -> None:
    seed = time.time_ns()
    print(f"seed {seed}")
    with own_server() as server:
        kill_the_server(server, kills=30, moment=random.Random(seed))
