"""One process's share of the jobs: it performs what is due and free, whoever rings the bell."""

from datetime import datetime
from threading import Condition, Event

from laurels.jobs.runs import perform
from laurels.jobs.timetable import Timetable, Workplace


class Worker:
    """Performs the schedules of a timetable.

    Any thread may call; the claims in the database keep the calls apart.
    """

    def __init__(self, workplace: Workplace, timetable: Timetable, stopping: Event) -> None:
        self._workplace = workplace
        self._stopping = stopping
        self._busy = 0
        self._changed = Condition()
        self.timetable = timetable
        self._schedules = {schedule.name: schedule for schedule in timetable.schedules}

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
