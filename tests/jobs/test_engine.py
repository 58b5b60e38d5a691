"""The engine itself: starts at once, makes up for what was missed, ends without a trace, and rings once for all processes."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
import signal
import sqlite3
import subprocess
import sys
from threading import Event
from threading import enumerate as living_threads
from zoneinfo import ZoneInfo

from dbos import DBOS
import pytest

from jobs.workplace import Place, place_at, tell
from laurels.core.clock import FixedClock, SystemClock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.jobs import JobContext, Reader, Schedule, Timetable, engine, running
from laurels.jobs.engine import JOURNAL_KEPT, MAX_EXECUTORS, _executor_slot, _forget_journal, _own_file, ringing
from laurels.jobs.running import working
from laurels.jobs.worker import Worker

CHILD = Path(__file__).with_name("worker_child.py")
SECONDS = 30
UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def place(settings: Settings, database: Database) -> Place:
    return place_at(settings.model_copy(update={"worker": "inside"}), SystemClock(), database)


class Work:
    """A job that tells when it ran."""

    def __init__(self) -> None:
        self.periods: list[str] = []
        self.is_done = Event()

    def __call__(self, job: JobContext, told: object = None) -> None:
        self.periods.append(job.period)
        self.is_done.set()


def test_jobs_run_while_the_server_does_and_leave_no_thread(place: Place, database: Database) -> None:
    before = {thread.name for thread in living_threads()}
    work, heard = Work(), Work()
    timetable = Timetable([Schedule("monthly", "0 0 1 * *", UTC_ZONE, work)], [Reader("board", {"given"}, heard)])
    tell(database, ["given"])

    async def serve() -> None:
        async with running(place, timetable):
            assert await asyncio.to_thread(work.is_done.wait, SECONDS), "what was missed is made up for at the start"
            assert await asyncio.to_thread(heard.is_done.wait, SECONDS)
            assert {one["schedule_name"] for one in DBOS.list_schedules()} == {"monthly", "laurels.sweep"}

    asyncio.run(serve())
    assert len(work.periods) == len(heard.periods) == 1
    assert {thread.name for thread in living_threads()} <= before


def test_engine_starts_again_in_the_same_process_and_forgets_retired_schedules(place: Place) -> None:
    async def serve(name: str) -> None:
        work = Work()
        async with working(place, Timetable([Schedule(name, "0 0 1 * *", UTC_ZONE, work)])):
            assert await asyncio.to_thread(work.is_done.wait, SECONDS)
            assert {one["schedule_name"] for one in DBOS.list_schedules()} == {name, "laurels.sweep"}

    asyncio.run(serve("old"))
    asyncio.run(serve("new"))


def test_jobs_stay_away_where_the_settings_say_outside(place: Place) -> None:
    work = Work()
    outside = Place(place.settings.model_copy(update={"worker": "outside"}), place.clock, place.database, place.writer)

    async def serve() -> None:
        async with running(outside, Timetable([Schedule("monthly", "0 0 1 * *", UTC_ZONE, work)])):
            assert not work.is_done.is_set()

    asyncio.run(serve())
    assert work.periods == []


def test_running_job_is_waited_for(place: Place) -> None:
    begun, ended = Event(), Event()

    def run(job: JobContext) -> None:
        begun.set()
        for _ in range(SECONDS * 100):
            if job.is_stopping():
                ended.set()
                return
            ended.wait(0.01)

    async def serve() -> None:
        async with working(place, Timetable([Schedule("long", "0 0 1 * *", UTC_ZONE, run)])):
            assert await asyncio.to_thread(begun.wait, SECONDS)

    asyncio.run(serve())
    assert ended.is_set()


def test_bell_that_the_engine_rings_is_heard(settings: Settings, clock: FixedClock, database: Database) -> None:
    work = Work()
    place = place_at(settings, clock, database)

    async def serve() -> None:
        async with working(place, Timetable([Schedule("monthly", "0 0 1 * *", UTC_ZONE, work)])):
            assert await asyncio.to_thread(work.is_done.wait, SECONDS)
            work.is_done.clear()
            clock.set(datetime(2026, 12, 1, tzinfo=UTC))
            await asyncio.to_thread(DBOS.trigger_schedule, "monthly")
            assert await asyncio.to_thread(work.is_done.wait, SECONDS)

    asyncio.run(serve())
    assert work.periods == ["2026-11-01T00:00", "2026-12-01T00:00"]


def test_journal_forgets_what_is_old(place: Place) -> None:
    work = Work()
    worker = Worker(place, Timetable([Schedule("monthly", "0 0 1 * *", UTC_ZONE, work)]), Event())
    with ringing(place.settings, worker):
        assert work.is_done.wait(SECONDS)
        now, pause = datetime.now(UTC), Event()
        assert _forget_journal(now + JOURNAL_KEPT - timedelta(hours=1)) == 0
        forgotten = 0
        for _ in range(SECONDS * 20):  # the sweep's end is noted just after the job's
            forgotten = _forget_journal(now + JOURNAL_KEPT + timedelta(hours=1))
            if forgotten:
                break
            pause.wait(0.05)
        assert forgotten == 1
        assert DBOS.list_workflows() == []


def test_second_engine_in_a_process_is_refused(place: Place) -> None:
    worker = Worker(place, Timetable(), Event())
    with ringing(place.settings, worker), pytest.raises(RuntimeError, match="one per process"), ringing(place.settings, worker):
        pass


def test_executors_of_one_home_have_names_of_their_own(tmp_path: Path) -> None:
    with _executor_slot(tmp_path) as first, _executor_slot(tmp_path) as second:
        assert (first, second) == (0, 1)
    with _executor_slot(tmp_path) as again:
        assert again == 0, "after a restart it is the same again"
    with ExitStack() as slots:
        for _ in range(MAX_EXECUTORS):
            slots.enter_context(_executor_slot(tmp_path))
        with pytest.raises(RuntimeError, match="LAURELS_HOME"), _executor_slot(tmp_path):
            pass


def test_two_processes_do_a_period_once_and_stop_when_asked(database_url: str, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    with worker_process(database_url, tmp_path, notes) as first, worker_process(database_url, tmp_path, notes) as second:
        for child in (first, second):
            assert child.stdout is not None
            assert child.stdout.readline() == "done\n"
        for child in (first, second):
            child.send_signal(signal.SIGTERM)
        assert [child.wait(SECONDS) for child in (first, second)] == [0, 0]
    assert len(notes.read_text().splitlines()) == 1


@contextmanager
def worker_process(url: str, home: Path, notes: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, str(CHILD), url, str(home), str(notes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.kill()


@pytest.mark.parametrize("tries", [1, 2])
def test_file_that_another_process_has_locked_is_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tries: int) -> None:
    other = sqlite3.connect(tmp_path / "jobs.db", isolation_level=None)
    other.execute("CREATE TABLE one (id)")
    other.execute("BEGIN EXCLUSIVE")

    class Pause:
        def wait(self, seconds: float) -> None:
            other.execute("ROLLBACK")

    monkeypatch.setattr(engine, "Event", Pause)
    monkeypatch.setattr(engine, "OPENING_TRIES", tries)
    monkeypatch.setattr(engine, "LOCK_SECONDS", 0.0)
    try:
        if tries == 1:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                _own_file(tmp_path)
        else:
            assert _own_file(tmp_path).endswith("jobs.db")
            with closing(sqlite3.connect(tmp_path / "jobs.db")) as later:
                assert later.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        other.close()
