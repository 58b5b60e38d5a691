"""The engine that rings the bell: DBOS, known to this file only.

It fires each cron once among all processes and keeps a journal of what it
started. What it fires is `Worker.perform`, which decides by the database what
is due and free; so a bell that rings twice, late, or not at all harms nothing,
and the sweep once a minute finds what was missed.

DBOS is one per process. On SQLite it has a file of its own, so that its
polling never waits for the ledger's writer; on PostgreSQL a schema.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
import fcntl
import logging
from pathlib import Path
import socket
import sqlite3
from threading import Event, Thread
from typing import Any

from dbos import DBOS, DBOSConfig, ScheduleInput
from sqlalchemy import make_url

from laurels.core.settings import Settings
from laurels.jobs.worker import Worker

log = logging.getLogger(__name__)

APPLICATION_VERSION = "laurels-1"
"""Pinned: by default the engine hashes our code, and would strand what an older release had started."""

SCHEMA = "laurels_jobs"
SWEEP = "laurels.sweep"
JOURNAL_KEPT = timedelta(days=2)
JOURNAL_ROWS_FORGOTTEN = 5_000
"""Most rows of the journal that are forgotten at once; about three days of sweeps."""

FORGETTING_MINUTE = 23
"""The minute of every hour whose sweep forgets what is old."""

MAX_EXECUTORS = 64
"""Most processes of one home folder that have a stable name for the engine."""

OPENING_TRIES = 200
OPENING_PAUSE_SECONDS = 0.05
"""How often, and after which pause, the engine's file is asked for while another process has it locked: ten seconds."""

LOCK_SECONDS = 5.0
"""How long SQLite itself waits for a lock, where it waits."""

STOP_SECONDS = 10.0
"""How long stopping waits for a running job."""

_workers: list[Worker] = []
"""The worker of this process, if one runs: the engine's workflows are functions of the module."""


@DBOS.workflow(name="laurels.perform")
def _perform(_due_at: datetime, schedule: str) -> None:
    for worker in _workers:
        worker.perform(schedule)


@DBOS.workflow(name=SWEEP)
def _sweep(due_at: datetime, _context: Any) -> None:
    if due_at.minute == FORGETTING_MINUTE:
        # In a thread of its own: inside a workflow the engine would journal the deletion, and all that it deleted.
        Thread(target=_forget_journal, args=(due_at,), name="forget-journal", daemon=True).start()
    for worker in _workers:
        worker.sweep()


@contextmanager
def ringing(settings: Settings, worker: Worker) -> Iterator[None]:
    """Let the engine ring for a worker while the block runs; a first sweep makes up for what was missed.

    Enter it on the thread of the server's event loop, if there is one.

    Raises:
        RuntimeError: the process has an engine running already.
    """
    if _workers:
        raise RuntimeError("the jobs' engine is one per process, and runs already")
    settings.home.mkdir(parents=True, exist_ok=True)
    with _executor_slot(settings.home) as slot:
        _workers.append(worker)
        try:
            with _one_at_a_time(settings.home):
                DBOS(config=_config(settings, f"{socket.gethostname()}-{slot}"))
                _quieten()
                DBOS.launch()
                _apply(worker)
            yield
        finally:
            worker.wait_until_idle(STOP_SECONDS)
            DBOS.destroy()
            _workers.clear()


def _forget_journal(now: datetime) -> int:
    """Delete what the engine noted about runs that ended a while ago; gives how many."""
    ended = DBOS.list_workflows(
        end_time=(now - JOURNAL_KEPT).isoformat(),
        status=["SUCCESS", "ERROR", "CANCELLED"],
        limit=JOURNAL_ROWS_FORGOTTEN,
        load_input=False,
        load_output=False,
    )
    DBOS.delete_workflows([one.workflow_id for one in ended])
    return len(ended)


def _apply(worker: Worker) -> None:
    crons: list[ScheduleInput] = [
        {"schedule_name": one.name, "workflow_fn": _perform, "schedule": one.cron, "context": one.name, "cron_timezone": one.zone.key}
        for one in worker.timetable.schedules
    ]
    crons.append({"schedule_name": SWEEP, "workflow_fn": _sweep, "schedule": "* * * * *", "context": None})
    DBOS.apply_schedules(crons)
    wanted = {cron["schedule_name"] for cron in crons}
    for known in DBOS.list_schedules():
        if known["schedule_name"] not in wanted:
            DBOS.delete_schedule(known["schedule_name"])
    DBOS.start_workflow(_sweep, worker.now(), None)


def _config(settings: Settings, executor: str) -> DBOSConfig:
    config: DBOSConfig = {
        "name": "laurels",
        "dbos_system_schema": SCHEMA,
        "sys_db_pool_size": 5,
        "use_listen_notify": False,  # LISTEN doesn't survive a pooler, and nothing here waits for the engine's notifications
        "executor_id": executor,
        "application_version": APPLICATION_VERSION,
        "max_executor_threads": 8,
        "notification_listener_polling_interval_sec": 0.25,  # how long its thread takes to notice the end
        "enable_otlp": False,
        "log_level": "WARNING",
    }
    url = make_url(settings.resolved_database_url)
    if url.get_backend_name() == "sqlite":
        config["system_database_url"] = _own_file(settings.home)
    else:
        config["system_database_url"] = url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        config["db_engine_kwargs"] = {"connect_args": {"prepare_threshold": None}}  # a pooler such as pgbouncer loses prepared statements
    return config


def _own_file(home: Path) -> str:
    """The engine's file, in WAL: that is kept in the file, and the engine doesn't ask for it.

    SQLite doesn't wait for a lock when it changes the mode, or when the last
    connection of a process that ends folds its log: so this asks again.
    """
    path = home / "jobs.db"
    pause = Event()
    for tries_left in range(OPENING_TRIES - 1, -1, -1):
        try:
            with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or not tries_left:
                raise
            pause.wait(OPENING_PAUSE_SECONDS)
    return f"sqlite:///{path}"


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Let the processes of a home folder start their engines one after another: on SQLite their first steps would collide."""
    with (home / "jobs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _executor_slot(home: Path) -> Iterator[int]:
    """A number that this process alone has in its home folder, the same again after a restart.

    The engine takes up at its start what an executor of the same name had in
    hand: two living ones by one name would take each other's work.
    """
    for number in range(MAX_EXECUTORS):
        lock = (home / f"executor-{number}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        with lock:
            yield number
        return
    raise RuntimeError(f"{MAX_EXECUTORS} processes share the home folder {home}: give some a LAURELS_HOME of their own")


def _quieten() -> None:
    """Let the engine's few warnings go the way of all logs instead of to a handler of its own."""
    logger = logging.getLogger("dbos")
    logger.handlers.clear()
    logger.propagate = True
