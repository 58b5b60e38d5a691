"""The jobs' life: inside the server, or as a process of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import logging
import signal
from threading import Event

from laurels.core.clock import Clock, SystemClock
from laurels.core.database import Database, open_database
from laurels.core.settings import Settings
from laurels.jobs.engine import ringing
from laurels.jobs.readers import Readers
from laurels.jobs.timetable import Timetable, Workplace
from laurels.jobs.worker import Worker
from laurels.ledger.writer import Writer

log = logging.getLogger(__name__)


@asynccontextmanager
async def running(workplace: Workplace, timetable: Timetable) -> AsyncIterator[None]:
    """Run the jobs in this process while the block runs, unless the settings say that they run outside."""
    if workplace.settings.worker == "outside":
        yield
        return
    async with working(workplace, timetable):
        yield


@asynccontextmanager
async def working(workplace: Workplace, timetable: Timetable) -> AsyncIterator[None]:
    """Run the jobs in this process while the block runs, whatever the settings say.

    Stopping lets running jobs end, for ten seconds; what they leave undone is
    taken up by another process, or at the next start.
    """
    stopping = Event()
    worker = Worker(workplace, timetable, stopping)
    readers = Readers(workplace, timetable.readers, stopping)
    engine = ringing(workplace.settings, worker)
    engine.__enter__()
    try:
        readers.start()
        yield
    finally:
        stopping.set()
        await asyncio.to_thread(readers.stop)
        await asyncio.to_thread(engine.__exit__, None, None, None)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What `laurels worker` works with: a workplace without a server."""

    settings: Settings
    clock: Clock
    database: Database
    writer: Writer


def run_worker(settings: Settings, timetable: Timetable, *, clock: Clock | None = None) -> None:
    """Run the jobs alone, until SIGINT or SIGTERM: what `laurels worker` does."""
    asyncio.run(_work(settings, timetable, clock or SystemClock()))


async def _work(settings: Settings, timetable: Timetable, clock: Clock) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    database = open_database(settings.resolved_database_url)
    writer = Writer(database, clock)
    writer.start()
    try:
        async with working(Workshop(settings, clock, database, writer), timetable):
            log.info("the worker runs %d schedules and %d readers", len(timetable.schedules), len(timetable.readers))
            await stop.wait()
    finally:
        await asyncio.to_thread(writer.stop)
        database.dispose()
