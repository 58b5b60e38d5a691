"""Coins for what members do elsewhere, by the rules that staff set."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from laurels.core.errors import Missing
from laurels.jobs import JobContext
from laurels.ledger.writer import Proposal
from laurels.products.pot.accounts import SYSTEM
from laurels.products.pot.actions.opening import open_pot
from laurels.products.pot.decisions import EarnCoins
from laurels.products.pot.house import House
from laurels.products.pot.rules import Earning


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a member did elsewhere, and that may earn coins.

    Attributes:
        about: the id of what it was: a recognition, a quest; with the trigger and the member
            it tells the deed from all others, so that it earns once, however often it is told.
    """

    trigger: Earning
    member: UUID
    about: UUID

    def decision(self, job: JobContext) -> EarnCoins:
        """What is to be decided for it."""
        return EarnCoins(self.member, self.trigger, str(self.about), self.about, job.settings.zone)


def earn(job: JobContext, house: House, deeds: Iterable[Deed]) -> int:
    """Give coins for deeds, by the rules in force; gives how many were added.

    Nothing is given to members who are suspended or gone, or where the rules name no coins.

    Raises:
        Unavailable: the ledger can't be written now.
    """
    open_pot(job.database, job.writer, job.clock, house.seeds)
    proposals = (Proposal(deed.decision(job), job.clock.now(), SYSTEM) for deed in deeds)
    earned = 0
    for outcome in job.writer.post_all(proposals):
        if isinstance(outcome, Missing):
            continue  # the member's row is gone
        if isinstance(outcome, Exception):
            raise outcome
        earned += 0 if outcome.is_replay else outcome.answer.amount
    return earned
