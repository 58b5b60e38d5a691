"""Holding something for as long as one works on it, and no longer than one lives."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
import logging
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)


@contextmanager
def keeping(what: str, lease: timedelta, renew: Callable[[], bool]) -> Iterator[None]:
    """Renew a lease three times in its span, by a thread of its own, while the block runs."""
    done = Event()
    keeper = Thread(target=_keep, args=(what, lease.total_seconds() / 3, renew, done), name=f"lease-{what}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(what: str, every_seconds: float, renew: Callable[[], bool], done: Event) -> None:
    while not done.wait(every_seconds):
        try:
            if not renew():
                log.warning("%s: the lease ran out and another worker took over; the work may be done twice", what)
                return
        except SQLAlchemyError as error:
            log.warning("%s: the lease wasn't renewed, will try again: %s", what, error)
