"""Facts handed to their readers: in batches, one thread a reader, shared with other processes by leases."""

from collections.abc import Sequence
from datetime import timedelta
import logging
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from laurels.jobs.backoff import retry_after
from laurels.jobs.leases import keeping
from laurels.jobs.runs import job_context
from laurels.jobs.timetable import Reader, Workplace
from laurels.ledger import outbox
from laurels.ledger.outbox import Claim, Told

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""How often a reader looks for facts of other processes; its own process's wake it at once."""

FIRST_RETRY = timedelta(seconds=1)
LAST_RETRY = timedelta(minutes=10)
"""Bounds of the growing pause before a fact that failed is tried again."""

STOP_SECONDS = 10.0
"""How long stopping waits for a batch to end; what it leaves, another worker takes when the lease is over."""


class Readers:
    """The readers of one process."""

    def __init__(self, workplace: Workplace, readers: Sequence[Reader], stopping: Event) -> None:
        self._stopping = stopping
        self._desks = [_Desk(workplace, reader, stopping) for reader in readers]
        if self._desks:
            workplace.writer.listen(self._wake)

    def start(self) -> None:
        """Start a thread for each reader."""
        for desk in self._desks:
            desk.thread.start()

    def stop(self) -> None:
        """End the threads; each finishes the batch in its hands, for a while."""
        self._stopping.set()
        for desk in self._desks:
            desk.woken.set()
        for desk in self._desks:
            desk.thread.join(STOP_SECONDS)
            if desk.thread.is_alive():
                log.warning("%s is still at a batch; its lease will hand it on", desk.reader.name)

    def _wake(self, told: Sequence[Told]) -> None:
        names = {one.name for one in told}
        for desk in self._desks:
            if not names.isdisjoint(desk.reader.facts):
                desk.woken.set()


class _Desk:
    """One reader's thread: drain, wait, again."""

    def __init__(self, workplace: Workplace, reader: Reader, stopping: Event) -> None:
        self.reader = reader
        self.woken = Event()
        self.thread = Thread(target=self._work, name=f"reader-{reader.name}", daemon=True)
        self._workplace = workplace
        self._stopping = stopping

    def _work(self) -> None:
        while not self._stopping.is_set():
            self.woken.clear()
            try:
                drain(self._workplace, self.reader, self._stopping)
            except SQLAlchemyError as error:  # the database is away or busy: the facts wait
                log.warning("%s will look again: %s", self.reader.name, error)
            if not self._stopping.is_set():
                self.woken.wait(POLL_SECONDS)


def drain(workplace: Workplace, reader: Reader, stopping: Event) -> int:
    """Handle what is there for a reader, batch by batch; gives how many facts were handled."""
    handled = 0
    database, clock = workplace.database, workplace.clock
    while not stopping.is_set():
        with database.read.connect() as connection:
            if not outbox.has_work(connection, reader.name, now=clock.now()):
                break
        with database.write.begin() as connection:
            held = outbox.claim(
                connection,
                reader.name,
                names=reader.facts,
                limit=reader.batch,
                now=clock.now(),
                lease=reader.lease,
                max_tries=reader.max_tries,
            )
        if held is None:
            break  # others have it, or nothing of it is wanted
        if _handle(workplace, reader, held, stopping):
            handled += len(held.told)
    return handled


def _handle(workplace: Workplace, reader: Reader, held: Claim, stopping: Event) -> bool:
    database, clock = workplace.database, workplace.clock

    def renew() -> bool:
        with database.write.begin() as connection:
            return outbox.renew(connection, held, until=clock.now() + reader.lease)

    try:
        with keeping(reader.name, reader.lease, renew):
            reader.handle(job_context(workplace, period=reader.name, due_at=None, stopping=stopping), held.told)
    except Exception as error:  # whatever a handler raises, the other facts go on
        _fail(workplace, reader, held, error)
        return False
    with database.write.begin() as connection:
        return outbox.finish(connection, held)


def _fail(workplace: Workplace, reader: Reader, held: Claim, error: Exception) -> None:
    first = held.told[0]
    log.warning(
        "%s failed on %d facts from %s %d, try %d", reader.name, len(held.told), first.book, first.sequence, held.tries, exc_info=error
    )
    now = workplace.clock.now()
    pause = retry_after(held.tries, first=FIRST_RETRY, last=LAST_RETRY)
    with workplace.database.write.begin() as connection:
        is_given_up = outbox.fail(
            connection,
            held,
            error=f"{type(error).__name__}: {error}",
            now=now,
            retry_at=now + pause,
            max_tries=reader.max_tries,
        )
    if is_given_up:
        log.error("%s: %s of %s %d is set aside after %d tries", reader.name, first.name, first.book, first.sequence, held.tries)
