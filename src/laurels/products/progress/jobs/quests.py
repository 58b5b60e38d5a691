"""Quests that weren't completed in time."""

from collections.abc import Callable
from uuid import UUID

from laurels.jobs import JobContext
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.seasons_end import ExpireQuest
from laurels.products.progress.jobs.sweeping import PAGE, post_due
from laurels.products.progress.queries.due import expired_runs


def expire_quests(job: JobContext) -> int:
    """Note which quests weren't completed in time; gives how many."""
    expired = 0
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            due = expired_runs(connection, job.now, limit=PAGE)
        expired += len(post_due(job, [_expiring(*one) for one in due]))
        if len(due) < PAGE:
            break
    return expired


def _expiring(who: UUID, quest: UUID) -> Callable[[Basis], ExpireQuest]:
    return lambda _: ExpireQuest(who, quest)
