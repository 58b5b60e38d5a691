"""Decay: who is to be told of it, and whose points it takes."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from laurels.jobs import JobContext
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.decaying import AnnounceDecay, DecayPoints
from laurels.products.progress.jobs.sweeping import PAGE, post_due
from laurels.products.progress.queries.configuration import basis_of
from laurels.products.progress.queries.due import due_decay, unannounced_decay


def decay_points(job: JobContext) -> int:
    """Take what is due, then tell those who have come to be inactive for long; gives the points taken.

    In this order: who is told now loses nothing before the notice is over,
    however late this runs. Where decay is turned off, it is called off.
    """
    taken = _take(job)
    _announce(job)
    return taken


def _take(job: JobContext) -> int:
    taken = 0
    after: UUID | None = None
    while not job.is_stopping():
        rules = basis_of(job.database, job.settings.zone).rules
        with job.database.read.connect() as connection:
            due = due_decay(connection, rules, job.now, after=after, limit=PAGE)
        taken += sum(answer.points for answer in post_due(job, [_taking(one.member, at) for one in due for at in one.due]))
        if len(due) < PAGE:
            break
        after = due[-1].member
    return taken


def _announce(job: JobContext) -> None:
    after: UUID | None = None
    while not job.is_stopping():
        rules = basis_of(job.database, job.settings.zone).rules
        with job.database.read.connect() as connection:
            page = unannounced_decay(connection, rules, job.now, after=after, limit=PAGE)
        post_due(job, [_announcing(one) for one in page.members])
        after = page.last
        if after is None:
            break


def _taking(member: UUID, due: datetime) -> Callable[[Basis], DecayPoints]:
    return lambda basis: DecayPoints(member, due, basis)


def _announcing(member: UUID) -> Callable[[Basis], AnnounceDecay]:
    return lambda basis: AnnounceDecay(member, basis)
