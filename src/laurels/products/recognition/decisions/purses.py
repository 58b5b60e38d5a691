"""What a member has, and what they owe."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.windows import Month
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.recognition.accounts import BOOK, ISSUED, allowance, owed, received, redeeming, sent
from laurels.products.recognition.decisions.months import open_month, opening_needs, sending_limit
from laurels.products.recognition.rules import Policy


def repay(draft: Draft, member: UUID) -> None:
    """Take what a member owes out of what they hold."""
    repaid = min(draft.balance(owed(member)), draft.balance(received(member)))
    draft.move(received(member), ISSUED, repaid, "recovery")
    draft.count(owed(member), -repaid, "recovery")


@dataclass(frozen=True, slots=True)
class Purses:
    """A member's purses as they are at an instant, in credits.

    Attributes:
        allowance: to give.
        sent: sent in the month.
        limit: most that may be sent in it.
        sendable: what may still be sent: the smaller of allowance and what the limit leaves.
        received: to redeem.
        redeeming: on their way into vouchers.
        owed: to be taken from the next received ones.
        carries: what of the allowance would carry into the next month if nothing more were sent.
    """

    month: str
    allowance: int
    sent: int
    limit: int
    sendable: int
    received: int
    redeeming: int
    owed: int
    carries: int


@dataclass(frozen=True, slots=True)
class ReadPurses:
    """Tell a member's purses as if their month had been opened: previewed, never posted."""

    name: ClassVar[str] = "read_purses"
    answers: ClassVar[type] = Purses
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    member: UUID
    month: Month
    policy: Policy

    def needs(self) -> Needs:
        member = self.member
        return Needs([*opening_needs(member), sent(member, self.month), received(member), redeeming(member), owed(member)])

    def decide(self, draft: Draft) -> Purses:
        open_month(draft, self.member, self.policy)
        counted = sent(self.member, self.month)
        left = draft.balance(allowance(self.member))
        limit = sending_limit(draft, self.member, self.month, self.policy)
        return Purses(
            month=self.month,
            allowance=left,
            sent=draft.balance(counted),
            limit=limit,
            sendable=min(left, draft.room(counted, limit)),
            received=draft.balance(received(self.member)),
            redeeming=draft.balance(redeeming(self.member)),
            owed=draft.balance(owed(self.member)),
            carries=self.policy.carried(left),
        )
