"""What products declare: when something runs, and which facts somebody wants to hear."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.jobs.periods import check_cron
from laurels.ledger.outbox import Told
from laurels.ledger.writer import Writer

UTC_ZONE = ZoneInfo("UTC")


class Workplace(Protocol):
    """What a job works with; the web's `Context` is one."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def database(self) -> Database: ...
    @property
    def writer(self) -> Writer: ...


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job is handed.

    Attributes:
        now: when this try began: what becomes due later is for the next one. Work that takes long asks the clock for its own times.
        period: which period of a schedule it is (`2026-11-01T00:00`), or the reader's name: part of any key the job needs.
        due_at: when the period was due; for a reader the same as `now`.
        is_stopping: whether the process wants to end: a long job may leave the rest to the next try.
    """

    settings: Settings
    clock: Clock
    database: Database
    writer: Writer
    now: datetime
    period: str
    due_at: datetime
    is_stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that is to be done once a period.

    `run` finds for itself all that is due, whatever the period: of periods
    missed, only the latest is run. It is tried again after an exception, and
    may run twice.

    Attributes:
        name: unique, dotted: `recognition.rollover`.
        cron: five fields: minute, hour, day, month, weekday.
        zone: whose wall clock the cron is read by. A wall time that comes twice (clocks set back) is one period.
        run: the work; in a thread of its own, so it may block.
        lease: after how long without a sign of life another worker takes over.
    """

    name: str
    cron: str
    zone: ZoneInfo
    run: Callable[[JobContext], object]
    lease: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        _check_name(self.name)
        check_cron(self.cron)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told facts, each at least once, and after failures out of order.

    Attributes:
        name: unique, dotted, and kept: progress is stored under it.
        facts: names of the facts that it wants: {"recognition.given"}.
        handle: the work on a batch; in a thread of its own. An exception has each fact of the batch tried again alone.
        batch: most facts at once.
        lease: after how long without a sign of life another worker takes over.
        max_tries: failures after which a fact is set aside for a person to look at.
    """

    name: str
    facts: frozenset[str] | set[str]
    handle: Callable[[JobContext, Sequence[Told]], object]
    batch: int = 200
    lease: timedelta = timedelta(seconds=60)
    max_tries: int = 12

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not self.facts or not 1 <= self.batch <= 1_000 or self.max_tries < 1:
            raise ValueError(f"the reader {self.name} needs facts, a batch of 1 to 1000 and at least one try")


@dataclass(frozen=True, slots=True)
class Timetable:
    """All schedules and readers of the application; handed in by its composition.

    Raises:
        ValueError: two of a kind share a name.
    """

    schedules: Sequence[Schedule] = ()
    readers: Sequence[Reader] = ()

    def __post_init__(self) -> None:
        for kind in (self.schedules, self.readers):
            names = [one.name for one in kind]
            if len(names) != len(set(names)):
                raise ValueError(f"names in a timetable are unique: {sorted(names)}")


def _check_name(name: str) -> None:
    if not name or not name.replace(".", "").replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"{name!r} is no name for a job; try recognition.rollover")
