"""Live pages: what happened, sent to whoever watches.

    live.on("recognition.given", draw_board, every_seconds=0.5)
    live.publish("recognition", "recognition.given", b"")

Each page keeps one stream (`laurels.web.events`) that carries all its topics.
A message is framed once and its bytes are shared by all who watch. Facts come
from this process's writer at once, and from other processes by the outbox,
looked at twice a second while anyone watches; each fact once. What is drawn
from facts is drawn on a thread of its own.

Messages are hints, not history: a client that lost some is told to fetch
afresh (`sse.REFRESH`), so bursts may be merged and slow clients dropped.

Topics: `member:<id>` is for that member alone, `staff` and `staff:...` for the
staff, any other for all members.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
import logging
import secrets
from threading import Event, Lock, Thread
from time import monotonic
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from laurels.core.database import Database
from laurels.core.errors import DomainError, Kind, Unavailable
from laurels.ledger import outbox
from laurels.ledger.outbox import Told
from laurels.ledger.writer import Writer
from laurels.web.shutdown import on_shutdown
from laurels.web.sse import Watcher, framed, opening

log = logging.getLogger(__name__)

TAIL_SECONDS = 0.5
"""How often the outbox is looked at for facts of other processes."""

TAIL_FACTS = 1_000
"""How many facts of a book are read at once."""

MAX_PENDING_FACTS = 1_000
"""Most facts that wait to be drawn together; of more, the latest: a drawing shows what is, not what passed."""

STREAMS_PER_MEMBER = 8
MAX_STREAMS = 5_000
"""Open streams of one process."""


class TooManyStreams(DomainError):
    """A member has too many pages open."""

    code = "too-many-streams"
    kind = Kind.THROTTLED
    detail = "You have {limit} live pages open, and more aren't kept up to date. Close one."

    def __init__(self) -> None:
        super().__init__(limit=STREAMS_PER_MEMBER, retry_after_seconds=30)


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to all who watch a topic.

    Attributes:
        event: the DOM event that it becomes on the page; empty: the data is HTML that htmx swaps.
    """

    topic: str
    event: str
    data: bytes = b""


Draw = Callable[[Sequence[Told]], Iterable[Message]]
"""Turns facts into messages; on a thread of its own, so it may read the database."""


def member_topic(member_id: UUID) -> str:
    """The topic that one member alone may watch."""
    return f"member:{member_id}"


@dataclass(slots=True)
class _Drawing:
    """A registered way to draw, with the facts that wait for it."""

    draw: Draw
    every_seconds: float
    pending: deque[Told] = field(default_factory=lambda: deque(maxlen=MAX_PENDING_FACTS))
    not_before: float = 0.0


class Live:
    """The process's hub. `publish`, `on`, `is_watched` and `members_watching` may be called from any thread."""

    def __init__(self, database: Database, writer: Writer, *, tail_seconds: float = TAIL_SECONDS) -> None:
        self._database = database
        self._tail_seconds = tail_seconds
        self._boot = secrets.token_hex(4)
        self._numbers = count(1)
        self._watchers: set[Watcher] = set()
        self._by_topic: dict[str, set[Watcher]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outgoing: deque[tuple[str, bytes]] = deque()
        self._is_waking = False
        self._drawings: dict[str, list[_Drawing]] = {}
        self._lock = Lock()  # guards the facts below, which the writer's threads hand in
        self._reached: dict[str, int] | None = None  # how far the outbox was read; None while nobody watches
        self._ahead: set[tuple[str, int]] = set()  # entries known from our own writer before the outbox was read that far
        self._following = asyncio.Event()  # set while no fact is missed
        self._work = Event()
        self._stopping = Event()
        writer.listen(self._take_own)

    # For products

    def on(self, names: str | Iterable[str], draw: Draw, *, every_seconds: float = 0.0) -> None:
        """Have facts of a name, or of some, drawn and sent, at most once in `every_seconds`; what comes faster is drawn together.

        Register before the hub runs. Nothing is drawn while nobody watches anything.
        """
        drawing = _Drawing(draw, every_seconds)
        for name in [names] if isinstance(names, str) else names:
            self._drawings.setdefault(name, []).append(drawing)

    def publish(self, topic: str, event: str, data: bytes) -> None:
        """Send one message to everyone who watches a topic, from any thread.

        Raises:
            ValueError: the event's name has characters that the stream's format doesn't take.
        """
        if not self.is_watched(topic):
            return
        self._outgoing.append((topic, framed(event, data, id=f"{self._boot}-{next(self._numbers)}")))
        self._wake_loop()

    def is_watched(self, topic: str) -> bool:
        """Whether anyone in this process watches a topic: drawing for nobody is a waste."""
        return topic in self._by_topic

    def members_watching(self) -> set[UUID]:
        """Who has a page open that follows their own topic, in this process."""
        with self._lock:
            return {watcher.member_id for watcher in self._watchers if self.is_watched(member_topic(watcher.member_id))}

    # For streams, on the event loop

    async def follow(self, topics: Iterable[str], *, member_id: UUID, session_id: UUID, is_resumed: bool) -> Watcher:
        """Open a stream for topics that the caller has checked. From the moment it is given, no fact is missed.

        Raises:
            TooManyStreams: the member has eight open.
            Unavailable: the process has too many, or is stopping.
        """
        if self._stopping.is_set() or self._loop is None or len(self._watchers) >= MAX_STREAMS:
            raise Unavailable(retry_after_seconds=5)
        if sum(watcher.member_id == member_id for watcher in self._watchers) >= STREAMS_PER_MEMBER:
            raise TooManyStreams()
        first = opening(f"{self._boot}-0", is_resumed=is_resumed)
        watcher = Watcher(frozenset(topics), member_id=member_id, session_id=session_id, first=first)
        for topic in watcher.topics:
            self._by_topic.setdefault(topic, set()).add(watcher)
        with self._lock:
            self._watchers.add(watcher)
        self._work.set()
        try:
            await self._following.wait()
        except asyncio.CancelledError:
            self.leave(watcher)
            raise
        return watcher

    def leave(self, watcher: Watcher) -> None:
        """A stream has ended."""
        watcher.end()
        with self._lock:
            self._watchers.discard(watcher)
        self._unsubscribe(watcher)

    def end_session(self, session_id: UUID) -> None:
        """End the streams of a session that was signed out; from any thread. Other processes notice within seconds: see `events`."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end_session, session_id)

    # Life

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serve streams on this event loop while the block runs.

        Streams end as soon as the server is asked to stop: it would wait for
        them first, and end this block after.
        """
        self._loop = asyncio.get_running_loop()
        self._following = asyncio.Event()
        self._stopping.clear()
        thread = Thread(target=self._serve, name="live", daemon=True)
        thread.start()
        try:
            with on_shutdown(self.stop):
                yield
        finally:
            self._end_streams()
            self._loop = None
            await asyncio.to_thread(thread.join)

    def stop(self) -> None:
        """End all streams and take no more; from any thread.

        From a signal handler too: it takes no lock that the interrupted code might hold.
        """
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end_streams)

    # On the event loop

    def _wake_loop(self) -> None:
        loop = self._loop
        if self._is_waking or loop is None:
            return
        self._is_waking = True
        try:
            loop.call_soon_threadsafe(self._deliver)
        except RuntimeError:
            log.info("the event loop is gone; nobody watches any more")

    def _deliver(self) -> None:
        self._is_waking = False  # first: what is queued from here on wakes us again
        while self._outgoing:
            topic, frame = self._outgoing.popleft()
            for watcher in tuple(self._by_topic.get(topic, ())):
                if not watcher.put(frame):
                    log.info("a client of %d topics reads too slowly and was dropped", len(watcher.topics))
                    self._unsubscribe(watcher)

    def _begin_following(self) -> None:
        with self._lock:
            if self._reached is not None:  # unless the last watcher left meanwhile
                self._following.set()

    def _unsubscribe(self, watcher: Watcher) -> None:
        for topic in watcher.topics:
            watching = self._by_topic.get(topic)
            if watching is not None:
                watching.discard(watcher)
                if not watching:
                    del self._by_topic[topic]

    def _end_session(self, session_id: UUID) -> None:
        for watcher in self._watchers:
            if watcher.session_id == session_id:
                watcher.end()

    def _end_streams(self) -> None:
        self._stopping.set()
        self._work.set()
        self._following.set()
        for watcher in self._watchers:
            watcher.end()

    # Facts

    def _take_own(self, told: Sequence[Told]) -> None:
        """Facts of this process's writer, on its thread: note them, and no more."""
        with self._lock:
            if self._reached is None:
                return
            fresh = [one for one in told if one.sequence > self._reached.get(one.book, 0)]
            self._ahead.update((one.book, one.sequence) for one in fresh)
            self._sort(fresh)
        self._work.set()

    def _take_tailed(self, tail: outbox.Tail) -> None:
        with self._lock:
            self._sort([one for one in tail.told if (one.book, one.sequence) not in self._ahead])
            self._reached = tail.reached
            self._ahead = {(book, sequence) for book, sequence in self._ahead if sequence > tail.reached.get(book, 0)}

    def _sort(self, told: Iterable[Told]) -> None:
        for one in told:
            for drawing in self._drawings.get(one.name, ()):
                drawing.pending.append(one)

    # On the hub's own thread

    def _serve(self) -> None:
        """Read the outbox and draw, while anyone watches; sleep otherwise."""
        next_tail = 0.0
        while not self._stopping.is_set():
            self._work.clear()
            if self._is_left_alone():
                self._work.wait()
                continue
            if monotonic() >= next_tail:
                next_tail = monotonic() + (0.0 if self._read_outbox() else self._tail_seconds)
            next_draw = self._draw_due()
            self._work.wait(max(0.0, min(next_tail, next_draw) - monotonic()))

    def _is_left_alone(self) -> bool:
        """Whether nobody watches: then facts are let pass, and the next stream to open waits until they aren't."""
        with self._lock:
            if self._watchers:
                return False
            self._following.clear()
            self._reached = None
            self._ahead.clear()
            for drawing in self._each_drawing():
                drawing.pending.clear()
            return True

    def _read_outbox(self) -> bool:
        """Take what other processes told; gives whether there is more at once."""
        try:
            with self._database.read.connect() as connection:
                if self._reached is None:
                    tail = outbox.Tail([], outbox.heads(connection))
                else:
                    tail = outbox.tail(connection, self._reached, TAIL_FACTS)
        except SQLAlchemyError as error:
            log.warning("the outbox can't be read, will try again: %s", error)
            return False
        self._take_tailed(tail)
        loop = self._loop
        if loop is not None and not self._following.is_set():
            loop.call_soon_threadsafe(self._begin_following)
        return len(tail.told) >= TAIL_FACTS

    def _draw_due(self) -> float:
        """Draw what may be drawn now; gives when to look again."""
        again = float("inf")
        for drawing in self._each_drawing():
            if not drawing.pending:
                continue
            if monotonic() >= drawing.not_before:
                with self._lock:
                    told = tuple(drawing.pending)
                    drawing.pending.clear()
                drawing.not_before = monotonic() + drawing.every_seconds
                self._draw(drawing.draw, told)
            again = min(again, drawing.not_before)
        return again

    def _draw(self, draw: Draw, told: Sequence[Told]) -> None:
        try:
            for message in draw(told):
                self.publish(message.topic, message.event, message.data)
        except Exception:  # a drawing's mistake is no reason to stop the others
            log.exception("%s couldn't be drawn", told[0].name)

    def _each_drawing(self) -> list[_Drawing]:
        """Each once, though it may draw facts of several names."""
        return list({id(drawing): drawing for drawings in self._drawings.values() for drawing in drawings}.values())
