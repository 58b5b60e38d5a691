"""A period is done once: by whoever comes first, late, again after a failure, and at the start for what was missed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event, Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from jobs.workplace import Place, place_at
from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.core.settings import Settings
from laurels.jobs import JobContext, Reader, Schedule, Timetable
from laurels.jobs.runs import finish_run, perform, renew_run, take_run
from laurels.jobs.tables import job_run
from laurels.jobs.worker import Worker

HAVANA = ZoneInfo("America/Havana")
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def place(settings: Settings, clock: FixedClock, database: Database) -> Place:
    return place_at(settings, clock, database)


def monthly(run: Callable[[JobContext], object], zone: ZoneInfo = UTC_ZONE) -> Schedule:
    return Schedule("recognition.rollover", "0 0 1 * *", zone, run)


def done_periods(database: Database) -> list[str]:
    with database.read.connect() as connection:
        return list(connection.scalars(select(job_run.c.period).where(job_run.c.finished_at.is_not(None)).order_by(job_run.c.due_at)))


def test_period_is_done_once_however_often_the_bell_rings(place: Place) -> None:
    seen: list[JobContext] = []
    schedule = monthly(seen.append)
    assert perform(place, schedule, Event())
    assert not perform(place, schedule, Event())
    assert [job.period for job in seen] == ["2026-11-01T00:00"]
    assert seen[0].due_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert seen[0].now == place.clock.now()


def test_two_workers_at_the_same_instant_do_it_once(place: Place, database_url: str) -> None:
    seen: list[str] = []
    gate = Barrier(2)
    databases = [open_database(database_url) for _ in range(2)]

    def work(database: Database) -> None:
        mine = Place(place.settings, place.clock, database, place.writer)
        gate.wait()
        perform(mine, monthly(lambda job: seen.append(job.period)), Event())

    threads = [Thread(target=work, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.dispose()
    assert seen == ["2026-11-01T00:00"]


def test_late_bell_does_the_latest_period_and_only_that(place: Place, clock: FixedClock) -> None:
    seen: list[str] = []
    schedule = monthly(lambda job: seen.append(job.period))
    perform(place, schedule, Event())
    clock.set(datetime(2027, 3, 17, 5, 0, tzinfo=UTC))
    assert perform(place, schedule, Event())
    assert seen == ["2026-11-01T00:00", "2027-03-01T00:00"]


def test_month_in_havana_is_done_once_though_midnight_comes_twice(place: Place, clock: FixedClock) -> None:
    seen: list[str] = []
    schedule = monthly(lambda job: seen.append(job.period), HAVANA)
    for at in ("2026-11-01T04:00:00+00:00", "2026-11-01T05:00:00+00:00", "2026-11-01T05:00:30+00:00"):
        clock.set(datetime.fromisoformat(at))
        perform(place, schedule, Event())
    assert seen == ["2026-11-01T00:00"]


def test_failed_run_is_tried_again_after_a_pause(place: Place, clock: FixedClock, database: Database) -> None:
    tries: list[int] = []

    def run(_: JobContext) -> None:
        tries.append(len(tries))
        if len(tries) < 3:
            raise ValueError("not yet")

    schedule = monthly(run)
    assert not perform(place, schedule, Event())
    with database.read.connect() as connection:
        row = connection.execute(select(job_run)).one()
    assert (row.error, row.finished_at, row.tries) == ("ValueError: not yet", None, 1)
    assert not perform(place, schedule, Event()), "its pause isn't over"
    clock.advance(timedelta(minutes=1))
    assert not perform(place, schedule, Event())
    clock.advance(timedelta(minutes=2))
    assert perform(place, schedule, Event())
    assert tries == [0, 1, 2]
    with database.read.connect() as connection:
        row = connection.execute(select(job_run)).one()
    assert (row.error, row.tries) == (None, 3)


def test_run_of_a_dead_worker_is_taken_over_and_the_dead_can_not_finish_it(place: Place, clock: FixedClock, database: Database) -> None:
    schedule = monthly(lambda _: None)
    with database.write.begin() as connection:
        dead = take_run(connection, schedule, clock.now())
    assert dead is not None
    assert not perform(place, schedule, Event())
    clock.advance(schedule.lease)
    assert perform(place, schedule, Event())
    with database.write.begin() as connection:
        assert not finish_run(connection, dead, clock.now())
        assert not renew_run(connection, dead, until=clock.now() + schedule.lease)


def test_lease_is_renewed_while_the_job_runs(place: Place, clock: FixedClock, database: Database) -> None:
    renewed = Event()

    def run(_: JobContext) -> None:
        clock.advance(timedelta(hours=1))  # the work takes long
        for _ in range(500):
            with database.read.connect() as connection:
                until = connection.execute(select(job_run.c.lease_until)).scalar_one()
            if until > clock.now():
                renewed.set()
                return
            renewed.wait(0.02)

    schedule = Schedule("slow", "0 0 1 * *", UTC_ZONE, run, lease=timedelta(seconds=0.15))
    assert perform(place, schedule, Event())
    assert renewed.is_set()


def test_sweep_makes_up_for_what_was_missed(place: Place, clock: FixedClock, database: Database) -> None:
    seen: list[str] = []
    timetable = Timetable(
        [monthly(lambda job: seen.append(job.period)), Schedule("daily", "30 3 * * *", UTC_ZONE, lambda job: seen.append(job.period))]
    )
    worker = Worker(place, timetable, Event())
    assert worker.sweep() == ["recognition.rollover", "daily"]
    assert worker.sweep() == []
    assert seen == ["2026-11-01T00:00", "2026-11-20T03:30"]
    clock.advance(timedelta(days=40))
    assert Worker(place, timetable, Event()).sweep() == ["recognition.rollover", "daily"]
    assert "2026-11-20T03:30" not in done_periods(database), "old runs are forgotten"


def test_stopping_worker_begins_nothing(place: Place) -> None:
    stopping = Event()
    stopping.set()
    worker = Worker(place, Timetable([monthly(lambda _: None)]), stopping)
    assert worker.sweep() == []
    assert not worker.perform("unknown")
    assert worker.wait_until_idle(0)


def test_timetable_refuses_names_twice_and_nonsense() -> None:
    one = monthly(lambda _: None)
    with pytest.raises(ValueError, match="unique"):
        Timetable([one, one])
    with pytest.raises(ValueError, match="no name"):
        Schedule("two words", "0 0 1 * *", UTC_ZONE, lambda _: None)
    with pytest.raises(ValueError, match="needs facts"):
        Reader("mail", set(), lambda job, told: None)
