"""Posting a sweep's decisions."""

from collections.abc import Callable, Sequence
from typing import Any

from laurels.jobs import JobContext
from laurels.ledger import Decision
from laurels.ledger.writer import Proposal
from laurels.products.progress.actions.awarding import post_all_current
from laurels.products.progress.actions.reacting import SYSTEM, office_of
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.errors import NothingDue

PAGE = 500
"""Members looked up at once."""


def post_due(job: JobContext, decide: Sequence[Callable[[Basis], Decision[Any]]]) -> list[Any]:
    """Post decisions in order, by what staff set now; gives the answers of those that did something.

    Where nothing was due, somebody else was first.

    Raises:
        Exception: what isn't `NothingDue`.
    """
    outcomes = post_all_current(office_of(job), [_proposing(job, one) for one in decide])
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, NothingDue):
            raise outcome
    return [outcome.answer for outcome in outcomes if not isinstance(outcome, Exception)]


def _proposing(job: JobContext, decide: Callable[[Basis], Decision[Any]]) -> Callable[[Basis], Proposal[Any]]:
    return lambda basis: Proposal(decide(basis), job.now, SYSTEM)
