"""The month of an allowance: what carries, what lapses, what is granted."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.windows import Month, month_of, months_after
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import Account, BusinessKey, Draft, Needs
from laurels.products.recognition.accounts import BOOK, CARRIED, ISSUED, LAPSED, allowance, sent
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import CreditSnapshot


def opening_needs(member: UUID) -> tuple[Account, ...]:
    """The accounts that `open_month` touches."""
    return (allowance(member), ISSUED, LAPSED, CARRIED)


def open_month(draft: Draft, member: UUID, policy: Policy) -> list[CreditSnapshot]:
    """Turn a member's allowance to the current month: keep up to the carry, let the rest lapse, grant.

    Idle months roll one after another; a purse never touched opens the current
    month only; one already turned further stays as it is. The ended month is
    closed in the ledger: what lapses and what is carried leaves it, and what
    was carried comes in again with the new one. Gives how the months ended
    that it closed.
    """
    purse = allowance(member)
    closed: list[CreditSnapshot] = []
    for month in months_after(_month(draft.window(purse)), month_of(draft.at, policy.zone)):
        ended = _month(draft.window(purse))
        if ended is not None:
            unused = draft.balance(purse)
            carried = policy.carried(unused)
            draft.move(purse, LAPSED, unused - carried, "lapse", window=ended)
            draft.move(purse, CARRIED, carried, "carry", window=ended)
            draft.move(CARRIED, purse, carried, "carry", window=month)
            closed.append(CreditSnapshot(member, ended, unused, carried, draft.at))
            draft.record(closed[-1])
        draft.move(ISSUED, purse, policy.grant, "grant", window=month)
        draft.turn(purse, month)
    return closed


def sending_limit(draft: Draft, member: UUID, month: Month, policy: Policy) -> int:
    """The most that a member may send in a month; what was carried into it raises it only where the policy says so.

    What was carried is the part of the month's opening balance above the grant.
    """
    if not policy.carry_raises_limit:
        return policy.sending_limit
    opening = draft.balance(allowance(member)) + draft.balance(sent(member, month))
    return policy.sending_limit + min(policy.carry, max(0, opening - policy.grant))


def _month(window: str | None) -> Month | None:
    return None if window is None else Month(window)


@dataclass(frozen=True, slots=True)
class MonthOpened:
    """What stands in a purse after its month was opened."""

    allowance: int


@dataclass(frozen=True, slots=True)
class OpenMonth:
    """Turn one member's allowance to the current month: what the monthly job posts. Again, it does nothing."""

    name: ClassVar[str] = "open_month"
    answers: ClassVar[type] = MonthOpened
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    policy: Policy

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        return Needs(opening_needs(self.member), [(Participant, self.member)])

    def decide(self, draft: Draft) -> MonthOpened:
        require_active(draft.row(Participant, self.member))
        open_month(draft, self.member, self.policy)
        return MonthOpened(draft.balance(allowance(self.member)))
