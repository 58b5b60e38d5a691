"""The group-commit writer: while one batch commits, the next gathers.

One thread for each lane, with a connection of its own; any event loop or
thread may call. Light load pays no added latency (a lone proposal is a batch
of one), and load on one hot account costs no more than spread load. What is
queued is decided whether or not its caller still waits.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
import gc
import logging
from queue import Empty, SimpleQueue
import sys
from threading import Condition, Event, Lock, Thread
from typing import Any, TypeVar
from zlib import crc32

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.ledger.batch import Outcome, Posted, Proposal, Result, hold_book, run_batch
from laurels.ledger.keys import RequestKey, forget_requests
from laurels.ledger.outbox import Told

__all__ = ["Outcome", "Posted", "Proposal", "RequestKey", "Writer", "forget_requests", "hold_book", "post_within"]

A = TypeVar("A")
log = logging.getLogger(__name__)

SQLITE_BATCH = 250
POSTGRESQL_BATCH = 1_000
"""Most decisions of a batch; measured: larger ones only add latency."""

QUEUED_BATCHES = 4
"""How many full batches may wait; then callers are told to come back."""

MAX_TRIES = 5
"""Tries of a batch that meets a passing fault, before its callers are told `unavailable`."""

FIRST_BACKOFF_SECONDS = 0.01

SWITCH_SECONDS = 0.0005
"""How long a thread of this process may keep the interpreter from another that wants it.

SQLite's driver lets go of it at each row that it writes; with Python's own
5 ms, a busy event loop would make a lane wait at many of them.
"""

YOUNG_OBJECTS = 20_000
"""How many objects are made between two looks for cycles among the young.

A batch makes some forty for each decision, and nearly all stay until it is
written; with Python's own 700, a fifth of its time goes into looking at them
again and again.
"""

_PASSING = {"40001", "40003", "40P01", "55P03", "57P01", "57P02", "57P03", "25006"}
"""SQLSTATEs that a second try may cure: serialization, completion unknown, deadlock, lock, shutdown, start-up,
a primary that became a standby; besides all of 08 (connection) and 53 (resources: too many connections, a full disk)."""


class _Waiting:
    """A queued proposal and who waits for its outcome: an event loop's future or a thread's."""

    __slots__ = ("future", "loop", "proposal")

    def __init__(self, proposal: Proposal[Any], loop: asyncio.AbstractEventLoop | None, future: Any) -> None:
        self.proposal = proposal
        self.loop = loop
        self.future = future


class Writer:
    """Commits decisions in groups. Start it before posting; stopping drains it.

    Args:
        lanes: how many threads share the books, each book always in the same
            lane. SQLite has one writer, so one lane.
    """

    def __init__(self, database: Database, clock: Clock, *, lanes: int | None = None, batch: int | None = None) -> None:
        size = batch or (SQLITE_BATCH if database.is_sqlite else POSTGRESQL_BATCH)
        count = 1 if database.is_sqlite else (lanes or 2)
        self._listeners: list[Callable[[Sequence[Told]], None]] = []
        self._lanes = [_Lane(database, clock, size, self._listeners, name=f"ledger-{number}") for number in range(count)]

    def start(self) -> None:
        """Start the lanes; again does nothing."""
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])
        for lane in self._lanes:
            lane.start()

    def stop(self) -> None:
        """Refuse what comes, decide what is queued, end the threads."""
        for lane in self._lanes:
            lane.close()
        for lane in self._lanes:
            lane.join()

    @property
    def is_running(self) -> bool:
        """Whether every lane's thread lives."""
        return all(lane.is_running for lane in self._lanes)

    def listen(self, listener: Callable[[Sequence[Told]], None]) -> None:
        """Have `listener` called after each commit of this process, on the writer's thread, with the batch's facts.

        It must be quick and may not raise; what it misses is in the outbox.
        """
        self._listeners.append(listener)

    async def post(self, proposal: Proposal[A]) -> Posted[A]:
        """Decide and commit a proposal.

        The same request key gives the first outcome again, also a refusal; the
        same business key the first acceptance.

        Raises:
            DomainError: the decision refused, or its key was used for something else; nothing happened.
            Unavailable: the queue is full (nothing happened), or the database failed
                (outcome unknown: ask again with the same key).
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Posted[A]] = loop.create_future()
        self._lane(proposal).put(_Waiting(proposal, loop, future))
        return await future

    def post_now(self, proposal: Proposal[A]) -> Posted[A]:
        """The same, for a thread that may block."""
        future: Future[Posted[A]] = Future()
        self._lane(proposal).put(_Waiting(proposal, None, future))
        return future.result()

    def post_all(self, proposals: Iterable[Proposal[Any]]) -> Iterator[Outcome]:
        """Post many and give their outcomes in order, with bounded memory; for imports and jobs.

        A refusal or failure is given, not raised; a full queue is waited for.
        """
        answered = Condition()
        pending: deque[_Place] = deque()
        for proposal in proposals:
            lane = self._lane(proposal)
            while lane.is_full and pending:
                yield pending.popleft().wait()
            place = _Place(answered)
            lane.put_patiently(_Waiting(proposal, None, place))
            pending.append(place)
            while len(pending) > lane.capacity // 2:
                yield pending.popleft().wait()
        while pending:
            yield pending.popleft().wait()

    def post_ahead(self, proposals: Iterable[Proposal[Any]]) -> Iterator[Outcome]:
        """Queue many now and give their outcomes in order later, so that the next are made while these are decided.

        A refusal or failure is given, not raised; a queue that is half full is
        waited for. For a thread that may block.
        """
        answered = Condition()
        places: list[_Place] = []
        for proposal in proposals:
            places.append(_Place(answered))
            self._lane(proposal).put_patiently(_Waiting(proposal, None, places[-1]))
        return (place.wait() for place in places)

    def _lane(self, proposal: Proposal[Any]) -> "_Lane":
        lanes = self._lanes
        return lanes[0] if len(lanes) == 1 else lanes[crc32(proposal.decision.book.encode()) % len(lanes)]


def post_within(connection: Connection, proposal: Proposal[A], now: datetime) -> Posted[A]:
    """Decide a proposal inside a transaction of the caller's, who commits it: for rows outside the ledger that must stand or fall with it.

    It waits for what is being decided in its book, and holds the book as
    `hold_book` does. Facts that it announces reach the outbox, and no listener
    of this process. A refusal isn't remembered: the caller's transaction ends with it.

    Raises:
        DomainError: the decision refused, or its key was used for something else.
    """
    outcome = run_batch(connection, [proposal], now).outcomes[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


class _Place:
    """Where one proposal of many finds its outcome: lighter than a future, of which an import would make millions."""

    __slots__ = ("answered", "outcome")

    def __init__(self, answered: Condition) -> None:
        self.answered = answered
        self.outcome: Outcome | None = None

    def wait(self) -> Outcome:
        """The outcome, once it is there and who waits was told (`_answer`)."""
        if self.outcome is None:
            with self.answered:
                self.answered.wait_for(lambda: self.outcome is not None)
        assert self.outcome is not None
        return self.outcome


class _Lane:
    """One thread, one connection, one queue."""

    def __init__(
        self, database: Database, clock: Clock, size: int, listeners: list[Callable[[Sequence[Told]], None]], *, name: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._size = size
        self._listeners = listeners
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._stopping = Event()
        self._gate = Lock()
        self._connection: Connection | None = None
        self.capacity = size * QUEUED_BATCHES

    @property
    def is_full(self) -> bool:
        return self._queue.qsize() >= self.capacity

    @property
    def is_half_full(self) -> bool:
        return self._queue.qsize() >= self.capacity // 2

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive() and not self._stopping.is_set()

    def start(self) -> None:
        if not self._thread.is_alive() and not self._stopping.is_set():
            self._thread.start()

    def close(self) -> None:
        """Refuse what comes."""
        with self._gate:  # nothing is queued behind the mark that ends the thread, and there is one mark
            if not self._stopping.is_set():
                self._stopping.set()
                self._queue.put(None)

    def join(self) -> None:
        """Wait for the thread to decide what is queued."""
        if self._thread.is_alive():
            self._thread.join()
        else:
            self._turn_away()

    def put(self, waiting: _Waiting) -> None:
        with self._gate:
            if self._stopping.is_set() or self.is_full:
                raise Unavailable()
            self._queue.put(waiting)

    def put_patiently(self, waiting: _Waiting) -> None:
        """Queue one of a thread's many, waiting while the queue is half full, so that others find room.

        Once stopping, its answer is `Unavailable`.
        """
        while True:
            with self._gate:
                if self._stopping.is_set():
                    break
                if not self.is_half_full:
                    self._queue.put(waiting)
                    return
            self._stopping.wait(FIRST_BACKOFF_SECONDS)
        _answer([waiting], [Unavailable()])

    def _work(self) -> None:
        """Take what is queued, up to a batch; decide; answer; until stopped and drained."""
        while (first := self._queue.get()) is not None:
            self._run(self._gather(first))
        self._close()

    def _turn_away(self) -> None:
        """Answer those who waited for a thread that was never started."""
        waiting = []
        with suppress(Empty):
            while True:
                if (one := self._queue.get_nowait()) is not None:
                    waiting.append(one)
        _answer(waiting, [Unavailable() for _ in waiting])

    def _gather(self, first: _Waiting) -> list[_Waiting]:
        gathered = [first]
        while len(gathered) < self._size:
            try:
                waiting = self._queue.get_nowait()
            except Empty:
                break
            if waiting is None:
                self._queue.put(None)  # still the last: nothing is queued once stopping
                break
            gathered.append(waiting)
        return gathered

    def _run(self, waiting: list[_Waiting]) -> None:
        """Commit a batch and answer; one that can't be written is halved until the poison fails alone."""
        try:
            result = self._commit([one.proposal for one in waiting])
        except Unavailable as refusal:
            _answer(waiting, [refusal] * len(waiting))
        except Exception as error:  # a database's refusal, or a mistake in one decision that shows only when it is written
            if len(waiting) == 1:
                self._tell_poison(waiting[0], error)
                _answer(waiting, [error])
                return
            middle = len(waiting) // 2
            self._run(waiting[:middle])
            self._run(waiting[middle:])
        else:
            _answer(waiting, result.outcomes)
            self._tell(result.told)

    def _commit(self, proposals: list[Proposal[Any]]) -> Result:
        """Run a batch in a transaction, again after a passing fault.

        Raises:
            Unavailable: five tries failed; whether the last commit arrived may be unknown.
            Exception: the batch can't be written, now or later; nothing of it was.
        """
        doubtful: Result | None = None
        for attempt in range(MAX_TRIES):
            result: Result | None = None
            try:
                connection = self._connected()
                with connection.begin():
                    result = run_batch(connection, proposals, self._clock.now(), doubtful=doubtful)
            except Exception as error:
                if result is not None and not isinstance(error, IntegrityError):
                    doubtful = result  # it failed at the commit, which may have arrived
                elif not self._is_passing(error, attempt):
                    raise
                log.warning("a batch of %d will be tried again: %s", len(proposals), _reason(error))
                self._close()
                self._stopping.wait(FIRST_BACKOFF_SECONDS * 2**attempt)
            else:
                return result
        raise Unavailable(retry_after_seconds=2)

    def _is_passing(self, error: Exception, attempt: int) -> bool:
        """Whether another try may succeed: no connection or a lost one, a busy file, a deadlock, a full disk.

        A duplicate key is tried again once: another process may have been first.
        """
        if isinstance(error, PoolTimeout):
            return True
        if not isinstance(error, DBAPIError):
            return False
        if self._connection is None or error.connection_invalidated:
            return True
        if isinstance(error, IntegrityError):
            return attempt == 0
        state = getattr(error.orig, "sqlstate", None) or ""
        if state in _PASSING or state.startswith(("08", "53")):
            return True
        return isinstance(error, OperationalError) and any(words in str(error.orig) for words in ("locked", "disk is full"))

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._database.write.connect()
            if not self._database.is_sqlite:
                # A plan made while a table was small would scan it for ever.
                self._connection.exec_driver_sql("SET plan_cache_mode = force_custom_plan")
                # A batch looks for rows by their keys, where its book was just written: those pages are in memory,
                # and an index finds them sooner than reading the whole table does.
                self._connection.exec_driver_sql("SET random_page_cost = 1")
                self._connection.commit()
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                connection.invalidate()
                connection.close()
            except SQLAlchemyError:
                log.info("the connection was gone already")

    def _tell_poison(self, one: _Waiting, error: Exception) -> None:
        """Log what can't be written: a database's error by its first line only, for the others quote the row."""
        kind = type(one.proposal.decision).__name__
        if isinstance(error, DBAPIError):
            log.error("a %s can't be written: %s", kind, _reason(error))
        else:
            log.error("a %s can't be written", kind, exc_info=error)

    def _tell(self, told: list[Told]) -> None:
        if told:
            for listener in self._listeners:
                try:
                    listener(told)
                except Exception:  # a listener's mistake is no reason to stop writing
                    log.exception("a listener failed")


def _answer(waiting: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    """Hand each its outcome: threads at once, each event loop and each thread that waits for many with one wake-up for all of its own."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Any], Outcome]]] = defaultdict(list)
    answered: set[Condition] = set()
    for one, outcome in zip(waiting, outcomes, strict=True):
        if one.loop is not None:
            by_loop[one.loop].append((one.future, outcome))
        elif isinstance(one.future, _Place):
            one.future.outcome = outcome
            answered.add(one.future.answered)
        elif isinstance(outcome, Exception):
            one.future.set_exception(outcome)
        else:
            one.future.set_result(outcome)
    for condition in answered:
        with condition:
            condition.notify_all()
    for loop, answers in by_loop.items():
        try:
            loop.call_soon_threadsafe(_deliver, answers)
        except RuntimeError:
            log.info("%d callers had left with their event loop; their entries stand", len(answers))


def _deliver(answers: list[tuple[asyncio.Future[Any], Outcome]]) -> None:
    for future, outcome in answers:
        if future.done():
            continue  # the caller left; the entry stands
        if isinstance(outcome, StopIteration):
            outcome = _as_error(outcome)
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _reason(error: Exception) -> str:
    """What failed, in the database's words where there are any (the disk is full): the first line, which holds no values."""
    words = str(error.orig).strip().splitlines() if isinstance(error, DBAPIError) else []
    return f"{type(error).__name__}: {words[0]}" if words else type(error).__name__


def _as_error(stop: StopIteration) -> RuntimeError:
    """What a coroutine can be told instead: a future refuses to carry a StopIteration, and so would leave the others unanswered."""
    error = RuntimeError("the decision raised StopIteration")
    error.__cause__ = stop
    return error
