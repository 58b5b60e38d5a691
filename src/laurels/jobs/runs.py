"""A period is done once: taken with a lease, finished, or tried again.

Only the latest period of a schedule is ever looked at. A schedule finds its
own remaining work, so one run makes up for all that were missed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
import logging
from threading import Event
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from laurels.jobs.backoff import retry_after
from laurels.jobs.leases import keeping
from laurels.jobs.periods import Period, latest_period
from laurels.jobs.tables import job_run
from laurels.jobs.timetable import JobContext, Schedule, Workplace

log = logging.getLogger(__name__)

MAX_ERROR_LENGTH = 500
"""How much of an error is kept."""

REMEMBERED = timedelta(days=30)
"""How long before the latest period a schedule's runs are remembered."""

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
"""Bounds of the growing pause after a failed run; a new period ends it."""


@dataclass(frozen=True, slots=True)
class Run:
    """A period that this process holds."""

    schedule: str
    period: Period
    holder: UUID
    tries: int


def is_due(connection: Connection, schedule: Schedule, now: datetime) -> bool:
    """Whether the latest period isn't done and nobody is at it: a cheap look that locks nothing."""
    period = latest_period(schedule.cron, schedule.zone, now)
    row = connection.execute(select(job_run).where(_is_run(schedule.name, period.key))).one_or_none()
    return row is None or (row.finished_at is None and row.lease_until <= now)


def take_run(connection: Connection, schedule: Schedule, now: datetime) -> Run | None:
    """Take the latest period, unless it is done or somebody is at it."""
    period = latest_period(schedule.cron, schedule.zone, now)
    holder = uuid4()
    first = {"schedule": schedule.name, "period": period.key, "due_at": period.due_at, "tries": 1}
    begun = {"holder": holder, "lease_until": now + schedule.lease, "started_at": now}
    beginning = _insert_unless_there(connection).values(**first, **begun).on_conflict_do_nothing().returning(job_run.c.tries)
    if connection.execute(beginning).first() is not None:
        _forget_old(connection, schedule.name, period)
        return Run(schedule.name, period, holder, 1)
    is_free = and_(_is_run(schedule.name, period.key), job_run.c.finished_at.is_(None), job_run.c.lease_until <= now)
    again = update(job_run).where(is_free).values(**begun, tries=job_run.c.tries + 1).returning(job_run.c.tries)
    tries = connection.execute(again).scalar_one_or_none()
    return None if tries is None else Run(schedule.name, period, holder, tries)


def renew_run(connection: Connection, run: Run, *, until: datetime) -> bool:
    """Hold a period longer; False if another process has it by now."""
    return connection.execute(update(job_run).where(_is_ours(run)).values(lease_until=until)).rowcount == 1


def finish_run(connection: Connection, run: Run, now: datetime) -> bool:
    """A period is done. False if another process took it since: it is that one's to finish."""
    return connection.execute(update(job_run).where(_is_ours(run)).values(finished_at=now, error=None)).rowcount == 1


def fail_run(connection: Connection, run: Run, error: str, *, retry_at: datetime) -> None:
    """A period failed; anybody may take it again after the pause."""
    connection.execute(update(job_run).where(_is_ours(run)).values(lease_until=retry_at, error=error[:MAX_ERROR_LENGTH], holder=uuid4()))


def perform(workplace: Workplace, schedule: Schedule, stopping: Event) -> bool:
    """Run a schedule's latest period here and now, if it is due and free.

    Gives whether it was done. An exception of the job is logged, stored beside
    the period and answered by a later try.
    """
    database, clock = workplace.database, workplace.clock
    with database.read.connect() as connection:
        if not is_due(connection, schedule, clock.now()):
            return False
    with database.write.begin() as connection:
        run = take_run(connection, schedule, clock.now())
    if run is None:
        return False

    def renew() -> bool:
        with database.write.begin() as connection:
            return renew_run(connection, run, until=clock.now() + schedule.lease)

    try:
        with keeping(schedule.name, schedule.lease, renew):
            schedule.run(job_context(workplace, period=run.period.key, due_at=run.period.due_at, stopping=stopping))
    except Exception as error:  # whatever a job raises, the other jobs go on
        log.exception("%s of %s failed, try %d", schedule.name, run.period.key, run.tries)
        with database.write.begin() as connection:
            pause = retry_after(run.tries, first=FIRST_RETRY, last=LAST_RETRY)
            fail_run(connection, run, f"{type(error).__name__}: {error}", retry_at=clock.now() + pause)
        return False
    with database.write.begin() as connection:
        return finish_run(connection, run, clock.now())


def job_context(workplace: Workplace, *, period: str, due_at: datetime | None, stopping: Event) -> JobContext:
    """What a job is handed, as of now."""
    now = workplace.clock.now()
    return JobContext(
        settings=workplace.settings,
        clock=workplace.clock,
        database=workplace.database,
        writer=workplace.writer,
        now=now,
        period=period,
        due_at=due_at or now,
        is_stopping=stopping.is_set,
    )


def _insert_unless_there(connection: Connection) -> Any:
    """SQLAlchemy has `on conflict` in the dialects only."""
    return sqlite.insert(job_run) if connection.dialect.name == "sqlite" else postgresql.insert(job_run)


def _is_run(schedule: str, period: str) -> ColumnElement[bool]:
    return and_(job_run.c.schedule == schedule, job_run.c.period == period)


def _is_ours(run: Run) -> ColumnElement[bool]:
    return and_(_is_run(run.schedule, run.period.key), job_run.c.holder == run.holder)


def _forget_old(connection: Connection, schedule: str, latest: Period) -> None:
    connection.execute(delete(job_run).where(job_run.c.schedule == schedule, job_run.c.due_at < latest.due_at - REMEMBERED))
