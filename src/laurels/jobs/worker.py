"""One process's share of the jobs: it performs what is due and free, whoever rings the bell."""

from dataclasses import replace
from datetime import datetime, timedelta
import logging
from threading import Condition, Event

from laurels.jobs.runs import perform
from laurels.jobs.timetable import UTC_ZONE, JobContext, Schedule, Timetable, Workplace
from laurels.ledger import outbox

log = logging.getLogger(__name__)

OUTBOX_RETENTION = timedelta(days=7)
"""How long facts are kept after every reader is done with them: a new reader begins with those."""

PURGE_ROUNDS = 100
"""Most rounds of one purge; the next hour goes on."""


class Worker:
    """Performs the schedules of a timetable, its own housekeeping among them.

    Any thread may call; the claims in the database keep the calls apart.
    """

    def __init__(self, workplace: Workplace, timetable: Timetable, stopping: Event) -> None:
        self._workplace = workplace
        self._stopping = stopping
        self._busy = 0
        self._changed = Condition()
        housekeeping = Schedule("outbox.purge", "17 * * * *", UTC_ZONE, _Purge(tuple(reader.name for reader in timetable.readers)))
        self.timetable = replace(timetable, schedules=(*timetable.schedules, housekeeping))
        self._schedules = {schedule.name: schedule for schedule in self.timetable.schedules}

    def now(self) -> datetime:
        """The workplace's time."""
        return self._workplace.clock.now()

    def perform(self, name: str) -> bool:
        """Run a schedule's latest period if it is due and free; gives whether it was done here."""
        schedule = self._schedules.get(name)
        if schedule is None or self._stopping.is_set():
            return False
        with self._changed:
            self._busy += 1
        try:
            return perform(self._workplace, schedule, self._stopping)
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def sweep(self) -> list[str]:
        """Perform all that is due: missed while nobody ran, failed, or left by a worker that died. Gives what was done here."""
        return [name for name in self._schedules if self.perform(name)]

    def wait_until_idle(self, timeout_seconds: float) -> bool:
        """Wait for the jobs that are running; gives whether they ended in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, timeout_seconds)


class _Purge:
    """Deletes facts that every reader is done with, past their retention."""

    def __init__(self, readers: tuple[str, ...]) -> None:
        self._readers = readers

    def __call__(self, job: JobContext) -> None:
        for _ in range(PURGE_ROUNDS):
            with job.database.write.begin() as connection:
                purged = outbox.purge(connection, job.now - OUTBOX_RETENTION, readers=self._readers)
            if purged == 0 or job.is_stopping():
                return
            log.info("purged %d facts", purged)
