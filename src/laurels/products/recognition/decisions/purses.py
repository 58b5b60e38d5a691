"""What a member has, and what they owe."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.windows import Month, previous_month
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.recognition.accounts import BOOK, ISSUED, allowance, owed, received, redeeming, sent
from laurels.products.recognition.decisions.months import open_month, opening_needs, sending_limit
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import CreditSnapshot


def repay(draft: Draft, member: UUID) -> None:
    """Take what a member owes out of what they hold."""
    debt, purse = owed(member), received(member)
    repaid = min(draft.balance(debt), draft.balance(purse))
    draft.move(purse, ISSUED, repaid, "recovery")
    draft.count(debt, -repaid, "recovery")


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


@dataclass(frozen=True, slots=True)
class Quota:
    """What a month allowed a member to send, in credits.

    Attributes:
        carried: what came into it from the month before.
    """

    month: str
    sent: int
    limit: int
    carried: int


@dataclass(frozen=True, slots=True)
class ReadQuota:
    """Tell what a member sent in a month, and might have, as if their months up to now had been opened: never posted."""

    name: ClassVar[str] = "read_quota"
    answers: ClassVar[type] = Quota
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    member: UUID
    month: Month
    policy: Policy

    def needs(self) -> Needs:
        counted = sent(self.member, self.month)
        return Needs([*opening_needs(self.member), counted], [(CreditSnapshot, (self.member, previous_month(self.month)))])

    def decide(self, draft: Draft) -> Quota:
        open_month(draft, self.member, self.policy)
        before = draft.find(CreditSnapshot, (self.member, previous_month(self.month)))
        carried = before.carry_forward_amount if before is not None else 0
        limit = self.policy.sending_limit + (carried if self.policy.carry_raises_limit else 0)
        return Quota(self.month, draft.balance(sent(self.member, self.month)), limit, carried)


@dataclass(frozen=True, slots=True)
class MonthsClosed:
    """How months ended that are over and that nothing has touched since, oldest first."""

    snapshots: tuple[CreditSnapshot, ...]


@dataclass(frozen=True, slots=True)
class ReadMonths:
    """Tell how a member's months end that opening the current one would close: never posted."""

    name: ClassVar[str] = "read_months"
    answers: ClassVar[type] = MonthsClosed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    member: UUID
    policy: Policy

    def needs(self) -> Needs:
        return Needs(opening_needs(self.member))

    def decide(self, draft: Draft) -> MonthsClosed:
        return MonthsClosed(tuple(open_month(draft, self.member, self.policy)))
