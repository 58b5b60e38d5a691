"""A lease is kept while its holder works, through a database that is away for a moment, and let go once lost."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

from sqlalchemy.exc import OperationalError

from laurels.jobs.leases import keeping

SECONDS = 30
SHORT = timedelta(seconds=0.03)


def test_lease_is_renewed_again_after_the_database_was_away() -> None:
    tries: list[str] = []
    renewed = Event()

    def renew() -> bool:
        tries.append("try")
        if len(tries) == 1:
            raise OperationalError("UPDATE job_run", {}, Exception("database is locked"))
        renewed.set()
        return True

    with keeping("rollover", SHORT, renew):
        assert renewed.wait(SECONDS)
    after = len(tries)
    Event().wait(SHORT.total_seconds())
    assert len(tries) == after, "nothing is renewed once the work is done"


def test_lease_that_was_lost_is_not_asked_for_again() -> None:
    answers: Iterator[bool] = iter([True, False])
    lost = Event()

    def renew() -> bool:
        answer = next(answers)  # a third time would raise in the keeper's thread, and fail the test
        if not answer:
            lost.set()
        return answer

    with keeping("rollover", SHORT, renew):
        assert lost.wait(SECONDS)
        Event().wait(3 * SHORT.total_seconds())
