"""Transactions written by hand, one after another on each of a few connections: what the yardsticks run on.

PostgreSQL: psycopg, statements prepared, twenty connections. SQLite has one
writer: one connection, `BEGIN IMMEDIATE`; several would only wait for the file.
"""

from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
import sqlite3
from threading import Lock, Thread
from time import perf_counter
from typing import Any, Protocol, TypeVar

import psycopg
from sqlalchemy import make_url

from benchmarks.by_hand import CONNECTIONS, stored

T = TypeVar("T")

Statement = tuple[str, Iterable[object]]


class Place(Protocol):
    """A connection in a transaction, on either database.

    Attributes:
        has_row_locks: whether a SELECT can lock rows.
    """

    has_row_locks: bool

    def execute(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        """Run a statement; gives its rows, if any."""

    def write(self, statements: Iterable[Statement]) -> None:
        """Run statements whose rows nobody wants: on PostgreSQL in one go (libpq's pipeline), so that locks are held shortly."""

    def number(self) -> int:
        """The next entry's number."""


def run(url: str, book: str, stream: Iterator[T], do: Callable[[Place, int, T], None]) -> float:
    """Seconds that it took to do all of a stream, each in a transaction; `do` is told the place and the book's id."""
    if url.startswith("sqlite"):
        return _on_sqlite(url.removeprefix("sqlite:///"), book, stream, do)
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return _on_postgresql(address, book, stream, do)


# PostgreSQL


class _Postgres:
    has_row_locks = True

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        done = self._connection.execute(sql, tuple(values), prepare=True)
        return done.fetchall() if done.description else []

    def write(self, statements: Iterable[Statement]) -> None:
        with self._connection.pipeline():
            for sql, values in statements:
                self._connection.execute(sql, tuple(values), prepare=True)

    def number(self) -> int:
        return int(self.execute("SELECT nextval('entry_number')")[0][0])


def _on_postgresql(address: str, book: str, stream: Iterator[T], do: Callable[[Place, int, T], None]) -> float:
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT id, sequence FROM book WHERE name = %s", (book,)).fetchone()
        assert found is not None
        connection.execute("DROP SEQUENCE IF EXISTS entry_number")
        connection.execute(f"CREATE SEQUENCE entry_number START {found[1] + 1}")
    pool: SimpleQueue[psycopg.Connection] = SimpleQueue()
    for _ in range(CONNECTIONS):
        pool.put(psycopg.connect(address, autocommit=True))
    taking = Lock()

    def call() -> None:
        with pool.get() as connection:
            place = _Postgres(connection)
            while (asked := _next(stream, taking)) is not None:
                with connection.transaction():
                    do(place, found[0], asked)

    return _together(call, CONNECTIONS)


# SQLite


class _Sqlite:
    has_row_locks = False

    def __init__(self, connection: sqlite3.Connection, book: int) -> None:
        self._connection = connection
        self._book = book

    def execute(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        return self._connection.execute(sql.replace("%s", "?"), stored(tuple(values))).fetchall()

    def write(self, statements: Iterable[Statement]) -> None:
        for sql, values in statements:
            self.execute(sql, values)

    def number(self) -> int:
        sql = "UPDATE book SET sequence = sequence + 1 WHERE id = %s RETURNING sequence"
        return int(self.execute(sql, (self._book,))[0][0])


def _on_sqlite(file: str, name: str, stream: Iterator[T], do: Callable[[Place, int, T], None]) -> float:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=100)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    ((book,),) = connection.execute("SELECT id FROM book WHERE name = ?", (name,)).fetchall()
    place, taking = _Sqlite(connection, book), Lock()

    def call() -> None:
        while (asked := _next(stream, taking)) is not None:
            connection.execute("BEGIN IMMEDIATE")
            do(place, book, asked)
            connection.execute("COMMIT")

    seconds = _together(call, 1)
    connection.close()
    return seconds


def _next(stream: Iterator[T], taking: Lock) -> T | None:
    with taking:
        return next(stream, None)


def _together(call: Callable[[], None], callers: int) -> float:
    """Seconds that so many threads needed.

    Raises:
        RuntimeError: one of them failed.
    """
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            call()
        except BaseException as error:
            failures.append(error)
            raise

    threads = [Thread(target=guarded) for _ in range(callers)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise RuntimeError("a transaction failed") from failures[0]
    return perf_counter() - start
