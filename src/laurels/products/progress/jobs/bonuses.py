"""Streak bonuses: for each active day, once it is over where its member lives."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from laurels.jobs import JobContext
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.bonuses import PayStreakBonus
from laurels.products.progress.jobs.sweeping import PAGE, post_due
from laurels.products.progress.queries.due import DueBonus, due_bonuses


def pay_bonuses(job: JobContext) -> int:
    """Pay the bonus of every day that is over; gives the points paid."""
    paid = 0
    after: tuple[date, UUID] | None = None
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            page = due_bonuses(connection, job.now, after=after, limit=PAGE)
        paid += sum(answer.points for answer in post_due(job, [_paying(one) for one in page.due]))
        after = page.last
        if after is None:
            break
    return paid


def _paying(one: DueBonus) -> Callable[[Basis], PayStreakBonus]:
    return lambda basis: PayStreakBonus(one.member, one.day, one.ends_at, basis)
