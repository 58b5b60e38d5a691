"""An award as a transaction of its own, written by hand with care: the yardstick.

It checks the member and the settings' version, keeps the event's key, moves
the points and both boards, writes the entry, its postings, the activity and
the fact, and counts on the lifetime and the weekly goal: the rows that Laurels
writes, but for those that would make every award wait for one row: the book's
head, the chain, the day's sums, the boards' histograms, the other side of the
meters. The member's own row is locked first, so that none deadlock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from queue import SimpleQueue
import sqlite3
from threading import Lock, Thread
from time import perf_counter
from typing import Any, Protocol
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import make_url

from benchmarks import rows
from benchmarks.by_hand import CONNECTIONS, insert_into, stored
from benchmarks.progress.circle import DESCRIPTION, POINTS, Circle
from laurels.core.ids import new_id
from laurels.core.windows import month_of, week_of
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger import BusinessKey
from laurels.ledger.account import system
from laurels.ledger.keys import business_hash
from laurels.products.progress.accounts import BOOK, ISSUED, points, standing

ENTRY = (*rows.ENTRY[:3], "key", "details", *rows.ENTRY[3:])
ACTIVITY = (
    *("id", "entry", "member", "amount", "asked_amount", "activity_type", "description", "source", "tier_at_time"),
    *("day", "effects", "occurred_at", "created_at"),
)
COUNTED = system(BOOK, "meter", "counted")

CHECK = "SELECT m.status, p.lifetime_quizzes FROM member m JOIN member_progress p ON p.member = m.id WHERE m.id = %s"
LOCK = " FOR NO KEY UPDATE OF p"
SETTINGS = "SELECT version FROM progress_config"
MOVE = "UPDATE account SET balance = balance + %s WHERE id IN (%s, %s, %s) RETURNING id, balance"
PROGRESS = "UPDATE member_progress SET revision = revision + 1, lifetime_quizzes = %s, last_active_at = %s WHERE member = %s"
GOAL = "UPDATE weekly_goal SET current_progress = current_progress + 1 WHERE member = %s AND week = %s AND goal_type = 'activities_3'"


class Place(Protocol):
    """A connection in a transaction, on either database."""

    def execute(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        """Run a statement; gives its rows, if any."""

    def number(self) -> int:
        """The next entry's number."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An award that is asked for."""

    member: UUID
    event: str


def measure(url: str, circle: Circle, prefix: str, *, awards: int) -> float:
    """Awards a second."""
    size = len(circle.members)
    stream = islice((Asked(circle.members[place % size], f"{prefix}-{place}") for place in range(awards)), awards)
    if url.startswith("sqlite"):
        return awards / _on_sqlite(url.removeprefix("sqlite:///"), stream)
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return awards / _on_postgresql(address, stream)


def award(place: Place, book: int, asked: Asked, *, lock: str = "") -> None:
    """One award, within its transaction."""
    now = datetime.now(UTC)
    month, week = str(month_of(now, UTC_ZONE)), week_of(now, UTC_ZONE)
    accounts = [UUID(account.id) for account in (points(asked.member), standing(asked.member, month), standing(asked.member, week))]
    [(status, quizzes)] = place.execute(CHECK + lock, (asked.member,))
    assert status == "active" and place.execute(SETTINGS) == []
    found = place.execute(MOVE, (POINTS, *accounts))
    balances = {UUID(str(identifier)): balance for identifier, balance in found}
    activity, number = new_id(), place.number()
    total = balances[accounts[0]]
    answer = orjson.dumps({"activity": activity, "amount": POINTS, "before": total - POINTS, "total": total}).decode()
    key = UUID(business_hash(BOOK, BusinessKey(f"event/{asked.event}")))
    entry = (book, number, "award_points", key, "d" * 32, "service/bench", activity, now, now, answer, 0)
    effects = orjson.dumps({"windows": [month, week], "goals": [[week, "activities_3", None]]}).decode()
    told = ("quiz_complete", DESCRIPTION, "service", "ember", now.date(), effects, now, now)
    place.execute(insert_into("entry", ENTRY), entry)
    place.execute(insert_into("posting", rows.POSTING, len(accounts)), _postings(book, number, accounts, balances))
    place.execute(insert_into("point_activity", ACTIVITY), (activity, number, asked.member, POINTS, POINTS, *told))
    fact = orjson.dumps({"activity": activity, "member": asked.member, "points": POINTS, "total": total}).decode()
    place.execute(insert_into("outbox", rows.FACT), (book, number, 0, "progress.awarded", fact, now))
    place.execute(PROGRESS, (quizzes + 1, now, asked.member))
    place.execute(GOAL, (asked.member, week))


def _postings(book: int, number: int, accounts: list[UUID], balances: dict[UUID, int]) -> list[object]:
    """Points to the purse, and what the boards count."""
    values: list[object] = []
    for position, account in enumerate(accounts):
        source, kind = (ISSUED, "quiz_complete") if position == 0 else (COUNTED, "standing")
        values += [book, number, position, UUID(source.id), account, POINTS, kind, 0, balances[account], 0]
    return values


# PostgreSQL


class _Postgres:
    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        done = self._connection.execute(sql, tuple(values), prepare=True)
        return done.fetchall() if done.description else []

    def number(self) -> int:
        return int(self.execute("SELECT nextval('award_number')")[0][0])


def _on_postgresql(address: str, stream: Iterator[Asked]) -> float:
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT id, sequence FROM book WHERE name = %s", (BOOK,)).fetchone()
        assert found is not None
        connection.execute(f"CREATE SEQUENCE award_number START {found[1] + 1}")
    pool: SimpleQueue[psycopg.Connection] = SimpleQueue()
    for _ in range(CONNECTIONS):
        pool.put(psycopg.connect(address, autocommit=True))
    taking = Lock()

    def call() -> None:
        with pool.get() as connection:
            place = _Postgres(connection)
            while (asked := _next(stream, taking)) is not None:
                with connection.transaction():
                    award(place, found[0], asked, lock=LOCK)

    return _together(call, CONNECTIONS)


# SQLite


class _Sqlite:
    def __init__(self, connection: sqlite3.Connection, book: int) -> None:
        self._connection = connection
        self._book = book

    def execute(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        return self._connection.execute(sql.replace("%s", "?"), stored(tuple(values))).fetchall()

    def number(self) -> int:
        sql = "UPDATE book SET sequence = sequence + 1 WHERE id = %s RETURNING sequence"
        return int(self.execute(sql, (self._book,))[0][0])


def _on_sqlite(file: str, stream: Iterator[Asked]) -> float:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=100)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    ((book,),) = connection.execute("SELECT id FROM book WHERE name = ?", (BOOK,)).fetchall()
    place, taking = _Sqlite(connection, book), Lock()

    def call() -> None:  # it has one writer: several callers would only wait for the file
        while (asked := _next(stream, taking)) is not None:
            connection.execute("BEGIN IMMEDIATE")
            award(place, book, asked)
            connection.execute("COMMIT")

    seconds = _together(call, 1)
    connection.close()
    return seconds


def _next(stream: Iterator[Asked], taking: Lock) -> Asked | None:
    with taking:
        return next(stream, None)


def _together(call: Any, callers: int) -> float:
    """Seconds that so many threads needed."""
    threads = [Thread(target=call) for _ in range(callers)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return perf_counter() - start
