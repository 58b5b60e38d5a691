"""Who is behind a session or a service key, asked of the database at every request, in groups.

Revocation must hold at once and over all processes, so nothing is cached. Yet
a SELECT for each request would cost more than the rest of it. So requests that
arrive while one look-up runs share the next: one statement answers them all,
and each event loop is woken once. `session_lookup` and `key_lookup` say what is
asked for.
"""

from abc import ABC, abstractmethod
import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
import logging
import threading
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    FromClause,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from laurels.core.clock import Clock
from laurels.core.database import Database, UtcDateTime
from laurels.core.errors import Unavailable

MAX_BATCH = 1_000
"""Most ids of one look-up; the rest wait for the next."""

MAX_WAITING = 10_000
"""Most requests that wait; a further one is told to come again."""

_log = logging.getLogger(__name__)


T = TypeVar("T")
Waiting: TypeAlias = tuple[UUID, asyncio.AbstractEventLoop, asyncio.Future[T | None]]

NOW: BindParameter[datetime] = bindparam("now", type_=UtcDateTime)
"""Stands for the time of the look-up in a subclass's conditions."""

STALE: BindParameter[datetime] = bindparam("stale", type_=UtcDateTime)
"""Stands for the time before which a use must have been noted, or is noted again."""


class Lookup(ABC, Generic[T]):
    """Looks one kind of row up on a thread of its own; any event loop may ask.

    Attributes:
        noun: what it looks up, for the names of threads and for the log.
        touch_after: a use is noted at most this often: a write for each request would cost more than it tells.
        statements: look-ups so far: what a benchmark divides requests by.
    """

    noun: ClassVar[str]
    touch_after: ClassVar[timedelta]

    def __init__(self, database: Database, clock: Clock) -> None:
        self.statements = 0
        self._database = database
        self._clock = clock
        self._statement = self._build_statement(database.read.dialect)
        self._waiting: list[Waiting[T]] = []
        self._changed = threading.Condition()
        self._is_stopping = False
        self._thread: threading.Thread | None = None
        self._touches = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"{self.noun}-touch")
        self._touching: set[UUID] = set()

    @abstractmethod
    def _build_statement(self, dialect: Dialect) -> Select[str]:
        """What is asked: see `statement_for`."""

    @abstractmethod
    def _read(self, row: list[Any]) -> T:
        """A row of the statement's columns, and whether its use is to be noted, as whoever asked gets it."""

    @abstractmethod
    def _touch(self, connection: Connection, ids: list[UUID], now: datetime) -> None:
        """Write that these are in use."""

    def start(self) -> None:
        """Begin to answer.

        Raises:
            RuntimeError: it was started before.
        """
        if self._thread is not None:
            raise RuntimeError("this look-up was started already")
        self._thread = threading.Thread(target=self._run, name=f"{self.noun}-lookup", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer who waits, then end. Stopping twice does nothing."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self._touches.shutdown()

    def note_use(self, id: UUID) -> None:
        """Write, a little later and on another thread, that this is in use: for what isn't used by being looked up."""
        with self._changed:
            if not self._is_stopping:
                self._write_later([id])

    async def find(self, id: UUID) -> T | None:
        """How it stands at this moment; None where it opens nothing, or not any more.

        Raises:
            Unavailable: the database doesn't answer, or too many wait.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T | None] = loop.create_future()
        with self._changed:
            if self._is_stopping or len(self._waiting) >= MAX_WAITING:
                raise Unavailable()
            self._waiting.append((id, loop, future))
            self._changed.notify()
        return await future

    def _run(self) -> None:
        connection: Connection | None = None
        while batch := self._next_batch():
            connection, found = self._look_up(connection, {id for id, _, _ in batch})
            _deliver(batch, found)
        _close(connection)

    def _next_batch(self) -> list[Waiting[T]]:
        with self._changed:
            while not self._waiting and not self._is_stopping:
                self._changed.wait()
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            return batch

    def _look_up(self, connection: Connection | None, ids: set[UUID]) -> tuple[Connection | None, dict[UUID, T] | Exception]:
        """Gives the connection to go on with, and what was found or why nothing was."""
        try:
            if connection is not None:
                return connection, self._ask(connection, ids)
        except DBAPIError:
            # It may have been idle for hours and cut off; a fresh one tells whether the database is there.
            _close(connection)
        fresh: Connection | None = None
        try:
            fresh = self._connect()
            return fresh, self._ask(fresh, ids)
        except DBAPIError as error:
            _log.warning("%ss can't be looked up: %s", self.noun, error.orig)
            _close(fresh)
            return None, Unavailable()
        except Exception as error:  # whoever waits must be answered whatever happens, or they wait for ever
            _log.exception("%ss can't be looked up", self.noun)
            _close(fresh)
            return None, error

    def _connect(self) -> Connection:
        connection = self._database.read.connect()
        # Where a statement is a round trip, no transaction is opened around the one we make.
        return connection if self._database.is_sqlite else connection.execution_options(isolation_level="AUTOCOMMIT")

    def _ask(self, connection: Connection, ids: set[UUID]) -> dict[UUID, T]:
        now = self._clock.now()
        listed: Any = list(ids)
        if self._database.is_sqlite:
            listed = orjson.dumps([id.hex for id in ids]).decode()
        document = connection.execute(self._statement, {"ids": listed, "now": now, "stale": now - self.touch_after}).scalar_one()
        connection.rollback()  # the next look-up must see what is committed by then
        self.statements += 1
        rows = orjson.loads(document) if document else []
        self._write_later(self._used(rows))
        return {UUID(row[0]): self._read(row) for row in rows}

    def _used(self, rows: list[list[Any]]) -> list[UUID]:
        """Of what was found, what is used by that alone and hasn't been noted for a while."""
        return [UUID(row[0]) for row in rows if row[-1]]

    def _write_later(self, ids: list[UUID]) -> None:
        fresh = [id for id in ids if id not in self._touching]
        if fresh:
            # Elsewhere: this thread must not wait for the database's write lock.
            self._touching.update(fresh)
            self._touches.submit(self._write_use, fresh)

    def _write_use(self, ids: list[UUID]) -> None:
        try:
            with self._database.write.begin() as connection:
                self._touch(connection, ids, self._clock.now())
        except DBAPIError as error:
            _log.warning("the use of %ss can't be noted: %s", self.noun, error.orig)
        finally:
            self._touching.difference_update(ids)


def statement_for(
    dialect: Dialect,
    columns: Sequence[ColumnElement[Any]],
    *,
    source: FromClause,
    is_good: ColumnElement[bool],
    is_stale: ColumnElement[bool],
) -> Select[str]:
    """One statement, built once, whose answer is one row: a JSON list of lists.

    SQLite's driver gives up Python's lock at every row and must wait to get it
    back from a busy event loop: one row costs one such wait.

    Args:
        columns: what is read of each; the first is the id that is asked for. Only what JSON holds, and ids.
        is_good: which rows open anything; may speak of `NOW`.
        is_stale: whose use is to be noted; may speak of `STALE`.
    """
    id, *_ = columns
    is_asked_for: ColumnElement[bool]
    if dialect.name == "sqlite":
        listed = func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value
        is_asked_for = id.in_(select(listed))
        rows = func.json_group_array(func.json_array(*columns, is_stale))
    else:
        is_asked_for = id == any_(bindparam("ids", type_=ARRAY(Uuid())))
        rows = func.json_agg(func.json_build_array(*columns, is_stale))
    return select(cast(rows, Text)).select_from(source).where(is_asked_for, is_good)


def _deliver(batch: list[Waiting[T]], found: dict[UUID, T] | Exception) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[Waiting[T]]] = defaultdict(list)
    for waiting in batch:
        by_loop[waiting[1]].append(waiting)
    for loop, answered in by_loop.items():
        try:
            loop.call_soon_threadsafe(_answer, answered, found)
        except RuntimeError:
            # The loop is closed: its server is gone, and whoever waited with it.
            _log.debug("%d look-ups had nobody left to tell", len(answered))


def _answer(answered: Iterable[Waiting[T]], found: dict[UUID, T] | Exception) -> None:
    for id, _, future in answered:
        if future.done():  # the client has gone away
            continue
        if isinstance(found, Exception):
            future.set_exception(found)
        else:
            future.set_result(found.get(id))


def _close(connection: Connection | None) -> None:
    if connection is not None:
        connection.invalidate()
        connection.close()
