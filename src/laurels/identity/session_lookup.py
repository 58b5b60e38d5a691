"""Who is behind a session, asked of the database at every request, in groups.

Revocation must hold at once and over all processes, so nothing is cached. Yet
a SELECT for each request would cost more than the rest of it. So requests that
arrive while one look-up runs share the next: one statement answers them all,
and each event loop is woken once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
import logging
import threading
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Connection, Dialect, Select, Text, Uuid, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError

from laurels.core.clock import Clock
from laurels.core.database import Database, UtcDateTime
from laurels.core.errors import Unavailable
from laurels.identity.sessions import touch_sessions
from laurels.identity.tables import member, member_session

MAX_BATCH = 1_000
"""Most sessions of one look-up; the rest wait for the next."""

MAX_WAITING = 10_000
"""Most requests that wait; a further one is told to come again."""

TOUCH_AFTER = timedelta(minutes=10)
"""A session's use is noted at most this often: a write for each request would cost more than it tells."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """A session and its member as they are now; only live sessions of active members have one."""

    session_id: UUID
    secret_hash: str
    via: str
    member_id: UUID
    role: str
    student_id: str
    display_name: str
    time_zone: str
    locale: str


Found = dict[UUID, Standing]
Waiting = tuple[UUID, asyncio.AbstractEventLoop, "asyncio.Future[Standing | None]"]


class SessionLookup:
    """Looks sessions up on a thread of its own; any event loop may ask.

    Attributes:
        statements: look-ups so far: what a benchmark divides requests by.
    """

    def __init__(self, database: Database, clock: Clock, *, session_days: int) -> None:
        self.statements = 0
        self._database = database
        self._clock = clock
        self._session_days = session_days
        self._statement = _statement(database.read.dialect)
        self._waiting: list[Waiting] = []
        self._changed = threading.Condition()
        self._is_stopping = False
        self._thread: threading.Thread | None = None
        self._touches = ThreadPoolExecutor(max_workers=1, thread_name_prefix="session-touch")
        self._touching: set[UUID] = set()

    def start(self) -> None:
        """Begin to answer.

        Raises:
            RuntimeError: it was started before.
        """
        if self._thread is not None:
            raise RuntimeError("this look-up was started already")
        self._thread = threading.Thread(target=self._run, name="session-lookup", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer who waits, then end. Stopping twice does nothing."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self._touches.shutdown()

    async def find(self, session_id: UUID) -> Standing | None:
        """Where a session stands at this moment; None where it is ended, expired, or its member isn't active.

        Raises:
            Unavailable: the database doesn't answer, or too many wait.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Standing | None] = loop.create_future()
        with self._changed:
            if self._is_stopping or len(self._waiting) >= MAX_WAITING:
                raise Unavailable()
            self._waiting.append((session_id, loop, future))
            self._changed.notify()
        return await future

    def _run(self) -> None:
        connection: Connection | None = None
        while batch := self._next_batch():
            session_ids = {session_id for session_id, _, _ in batch}
            connection, found = self._look_up(connection, session_ids)
            _deliver(batch, found)
        _close(connection)

    def _next_batch(self) -> list[Waiting]:
        with self._changed:
            while not self._waiting and not self._is_stopping:
                self._changed.wait()
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            return batch

    def _look_up(self, connection: Connection | None, session_ids: set[UUID]) -> tuple[Connection | None, Found | Exception]:
        """Gives the connection to go on with, and what was found or why nothing was."""
        try:
            if connection is not None:
                return connection, self._ask(connection, session_ids)
        except DBAPIError:
            # It may have been idle for hours and cut off; a fresh one tells whether the database is there.
            _close(connection)
        fresh: Connection | None = None
        try:
            fresh = self._connect()
            return fresh, self._ask(fresh, session_ids)
        except DBAPIError as error:
            _log.warning("sessions can't be looked up: %s", error.orig)
            _close(fresh)
            return None, Unavailable()
        except Exception as error:  # whoever waits must be answered whatever happens, or they wait for ever
            _log.exception("sessions can't be looked up")
            _close(fresh)
            return None, error

    def _connect(self) -> Connection:
        connection = self._database.read.connect()
        # Where a statement is a round trip, no transaction is opened around the one we make.
        return connection if self._database.is_sqlite else connection.execution_options(isolation_level="AUTOCOMMIT")

    def _ask(self, connection: Connection, session_ids: set[UUID]) -> Found:
        now = self._clock.now()
        listed: Any = list(session_ids)
        if self._database.is_sqlite:
            listed = orjson.dumps([session_id.hex for session_id in session_ids]).decode()
        document = connection.execute(self._statement, {"ids": listed, "now": now, "stale": now - TOUCH_AFTER}).scalar_one()
        connection.rollback()  # the next look-up must see what is committed by then
        self.statements += 1
        rows = orjson.loads(document) if document else []
        self._note_use([UUID(row[0]) for row in rows if row[-1]])
        return {standing.session_id: standing for standing in map(_standing, rows)}

    def _note_use(self, session_ids: list[UUID]) -> None:
        fresh = [session_id for session_id in session_ids if session_id not in self._touching]
        if fresh:
            # Elsewhere: this thread must not wait for the database's write lock.
            self._touching.update(fresh)
            self._touches.submit(self._touch, fresh)

    def _touch(self, session_ids: list[UUID]) -> None:
        try:
            with self._database.write.begin() as connection:
                touch_sessions(connection, session_ids, now=self._clock.now(), days=self._session_days)
        except DBAPIError as error:
            _log.warning("the use of sessions can't be noted: %s", error.orig)
        finally:
            self._touching.difference_update(session_ids)


def _statement(dialect: Dialect) -> Select[str]:
    """One statement, built once, whose answer is one row: a JSON list.

    SQLite's driver gives up Python's lock at every row and must wait to get it
    back from a busy event loop: one row costs one such wait.
    """
    table = member_session
    columns = (
        *(table.c.id, table.c.secret_hash, table.c.via),
        *(member.c.id, member.c.role, member.c.student_id, member.c.display_name, member.c.time_zone, member.c.locale),
        table.c.last_used_at < bindparam("stale", type_=UtcDateTime),
    )
    is_asked_for: ColumnElement[bool]
    if dialect.name == "sqlite":
        listed = func.json_each(bindparam("ids", type_=Text)).table_valued("value").c.value
        is_asked_for = table.c.id.in_(select(listed))
        rows = func.json_group_array(func.json_array(*columns))
    else:
        is_asked_for = table.c.id == any_(bindparam("ids", type_=ARRAY(Uuid())))
        rows = func.json_agg(func.json_build_array(*columns))
    is_good = (table.c.expires_at > bindparam("now", type_=UtcDateTime)) & (member.c.status == "active")
    return select(cast(rows, Text)).select_from(table).join(member, member.c.id == table.c.member_id).where(is_asked_for, is_good)


def _standing(row: list[Any]) -> Standing:
    session_id, secret_hash, via, member_id, *rest, _ = row
    return Standing(UUID(session_id), secret_hash, via, UUID(member_id), *rest)


def _deliver(batch: list[Waiting], found: Found | Exception) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[Waiting]] = defaultdict(list)
    for waiting in batch:
        by_loop[waiting[1]].append(waiting)
    for loop, answered in by_loop.items():
        try:
            loop.call_soon_threadsafe(_answer, answered, found)
        except RuntimeError:
            # The loop is closed: its server is gone, and whoever waited with it.
            _log.debug("%d look-ups had nobody left to tell", len(answered))


def _answer(answered: Iterable[Waiting], found: Found | Exception) -> None:
    for session_id, _, future in answered:
        if future.done():  # the client has gone away
            continue
        if isinstance(found, Exception):
            future.set_exception(found)
        else:
            future.set_result(found.get(session_id))


def _close(connection: Connection | None) -> None:
    if connection is not None:
        connection.invalidate()
        connection.close()
