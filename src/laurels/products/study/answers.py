"""Answers that this process writes now: what they tell to whoever follows, and how they are stopped. On the server's event loop."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
import logging
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from laurels.core.errors import DomainError
from laurels.products.study.queries.messages import Cited, ShownMessage
from laurels.products.study.queries.usage import ClassUse
from laurels.web.broadcasts import Broadcast
from laurels.web.errands import Errands

T = TypeVar("T")

MAX_ANSWERS = 500
"""Most answers that a process writes at once."""

CLOSING_SECONDS = 5.0
"""How long a process that ends waits for its answers to be put down as far as they came; what isn't then lapses."""

STOPPED = "stopped"
"""Whoever asked doesn't want the rest."""
INTERRUPTED = "interrupted"
"""The process ends."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sources:
    """What an answer is made from, before its first word."""

    answer: UUID
    passages: Sequence[Cited]


@dataclass(frozen=True, slots=True)
class Words:
    """The next words of an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer took, and how its asker's limits stand then."""

    use: ClassUse
    input_tokens: int
    output_tokens: int
    is_estimated: bool


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no answer, or no more of it."""

    error: DomainError


@dataclass(frozen=True, slots=True)
class Done:
    """The answer as it is kept."""

    message: ShownMessage


Event: TypeAlias = Sources | Words | Taken | Failed | Done


class Stopped(Exception):
    """Asking a model was ended from outside; the text says why: STOPPED or INTERRUPTED."""


class Running:
    """An answer that is being written."""

    def __init__(self, answer: UUID, session: UUID) -> None:
        self.answer = answer
        self.session = session
        self.events = Broadcast[Event]()
        self._asking: asyncio.Task[Any] | None = None
        self._why = ""

    def stop(self, why: str) -> None:
        """Have the rest left out; what came is kept. Once it is finished, nothing happens."""
        self._why = self._why or why
        if self._asking is not None:
            self._asking.cancel()

    async def ask(self, asking: Coroutine[Any, Any, T]) -> T:
        """Ask a model, in a task of its own: stopping ends it, and not what puts the answer down.

        Raises:
            Stopped: it was stopped.
        """
        if self._why:
            asking.close()
            raise Stopped(self._why)
        task: asyncio.Task[T] = asyncio.create_task(asking, name=f"ask-{self.answer}")
        self._asking = task
        try:
            return await task
        except asyncio.CancelledError:
            if task.cancelled() and self._why:
                raise Stopped(self._why) from None
            task.cancel()
            raise
        finally:
            self._asking = None


class Answers:
    """All of them, and who waits for one to be settled."""

    def __init__(self) -> None:
        self._errands = Errands(2 * MAX_ANSWERS)  # those that were let in at once, too
        self._running: dict[UUID, Running] = {}
        self._settled = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether no more can be written at once."""
        return len(self._running) >= MAX_ANSWERS

    @property
    def running(self) -> Sequence[Running]:
        """Those that are being written."""
        return tuple(self._running.values())

    def find(self, answer: UUID) -> Running | None:
        """An answer, if this process writes it."""
        return self._running.get(answer)

    def begin(self, running: Running, work: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Have an answer written beside its request. Its followers are let go, however that ends."""
        self._running[running.answer] = running

        async def write() -> None:
            try:
                await work()
            finally:
                self._let_go(running)

        if not self._errands.run(running.answer, write):
            log.error("answer %s isn't written: too many were let in at once", running.answer)  # what is held for it lapses
            self._let_go(running)

    def stop_session(self, session: UUID) -> None:
        """Stop what is written in a session."""
        for running in self.running:
            if running.session == session:
                running.stop(STOPPED)

    def watch(self, watching: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have other processes' wishes looked for, unless that goes on already; it is to end when nothing is written."""
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(_watched(watching), name="study-stops")

    async def wait_for(self, answer: UUID, timeout_seconds: float) -> None:
        """Wait until an answer is put down, if this process writes it."""
        await self._errands.wait_for(answer, timeout_seconds)

    def next_settled(self) -> asyncio.Event:
        """Set when the next answer of this process is settled. Ask for it before you look, or you may miss one."""
        return self._settled

    async def close(self) -> None:
        """Have all answers put down as far as they came: while the writer and the model still work."""
        for running in self.running:
            running.stop(INTERRUPTED)
        await self._errands.wait_for_all(CLOSING_SECONDS)
        await self._errands.close()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    def _let_go(self, running: Running) -> None:
        del self._running[running.answer]
        running.events.end()
        self._tell_settled()

    def _tell_settled(self) -> None:
        self._settled.set()
        self._settled = asyncio.Event()


async def _watched(watching: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await watching()
    except Exception:  # answers end by themselves, only later
        log.exception("wishes to stop answers can't be looked for")
