"""Redeeming received credits for vouchers."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from laurels.identity.rules import require_active
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import BusinessKey, Draft, InsufficientBalance, Needs
from laurels.products.recognition.accounts import BOOK, ISSUED, REDEEMED, SOLD, STOCK, SUPPLY, owed, received, redeeming
from laurels.products.recognition.decisions.purses import repay
from laurels.products.recognition.errors import OutOfStock, RedemptionSettledAlready
from laurels.products.recognition.facts import RedemptionRequested, RedemptionSettled
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import Redemption


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption's answer."""

    redemption: UUID
    received_left: int


@dataclass(frozen=True, slots=True)
class RequestRedemption:
    """Set received credits aside for a voucher; only received ones count.

    Attributes:
        first_try_at: from when a worker may issue it: later where the action itself does so at once.

    Raises:
        Missing, MemberInactive, InsufficientBalance, OutOfStock.
    """

    name: ClassVar[str] = "request_redemption"
    answers: ClassVar[type] = Redeemed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    redemption: UUID
    member: UUID
    credits: int
    first_try_at: datetime
    policy: Policy

    @property
    def reference(self) -> UUID:
        return self.redemption

    def needs(self) -> Needs:
        return Needs([received(self.member), redeeming(self.member), STOCK, SOLD], [(Participant, self.member)])

    def decide(self, draft: Draft) -> Redeemed:
        require_active(draft.row(Participant, self.member))
        draft.move(received(self.member), redeeming(self.member), self.credits, "redemption")
        if self.policy.stock_limited:
            take_stock(draft)
        draft.record(
            Redemption(
                id=self.redemption,
                entry=draft.entry,
                member=self.member,
                credits=self.credits,
                value_minor=self.policy.voucher_minor(self.credits),
                currency=self.policy.currency,
                takes_stock=self.policy.stock_limited,
                status="PENDING",
                code_sealed=None,
                issued_by=None,
                failure=None,
                created_at=draft.at,
                fulfilled_at=None,
                tries=0,
                next_try_at=self.first_try_at,
            )
        )
        draft.announce(RedemptionRequested(self.redemption, self.member))
        return Redeemed(self.redemption, draft.balance(received(self.member)))


def take_stock(draft: Draft) -> None:
    """Take one voucher out of the stock.

    Raises:
        OutOfStock: none is left.
    """
    try:
        draft.move(STOCK, SOLD, 1, "stock")
    except InsufficientBalance:
        raise OutOfStock() from None


@dataclass(frozen=True, slots=True)
class Settled:
    """A settlement's answer."""

    redemption: UUID
    is_issued: bool


@dataclass(frozen=True, slots=True)
class SettleRedemption:
    """End a redemption, once: with a voucher's sealed code, or by returning exactly what was taken.

    Member, credits and whether it took stock are the redemption's own, which never change.

    Raises:
        Missing, RedemptionSettledAlready.
    """

    name: ClassVar[str] = "settle_redemption"
    answers: ClassVar[type] = Settled
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    redemption: UUID
    member: UUID
    credits: int
    issued_by: str
    code_sealed: str | None = None
    failure: str | None = None

    @property
    def reference(self) -> UUID:
        return self.redemption

    def needs(self) -> Needs:
        member = self.member
        accounts = [received(member), redeeming(member), owed(member), REDEEMED, ISSUED, STOCK, SOLD]
        return Needs(accounts, [(Redemption, self.redemption)])

    def decide(self, draft: Draft) -> Settled:
        redemption = draft.row(Redemption, self.redemption)
        if redemption.status != "PENDING":
            raise RedemptionSettledAlready(status=redemption.status)
        is_issued = self.code_sealed is not None
        if is_issued:
            draft.move(redeeming(self.member), REDEEMED, self.credits, "redeemed")
        else:
            draft.move(redeeming(self.member), received(self.member), self.credits, "refund")
            draft.move(SOLD, STOCK, 1 if redemption.takes_stock else 0, "stock")
            repay(draft, self.member)
        draft.change(
            redemption,
            status="ISSUED" if is_issued else "FAILED",
            code_sealed=self.code_sealed,
            issued_by=self.issued_by,
            failure=self.failure,
            fulfilled_at=draft.at if is_issued else None,
            next_try_at=None,
        )
        draft.announce(RedemptionSettled(self.redemption, self.member, is_issued))
        return Settled(self.redemption, is_issued)


@dataclass(frozen=True, slots=True)
class Stocked:
    """How many vouchers there are now."""

    stock: int


@dataclass(frozen=True, slots=True)
class ChangeStock:
    """Add vouchers to the stock, or take unsold ones out: for staff.

    Raises:
        InsufficientBalance: more is to be taken out than is there.
    """

    name: ClassVar[str] = "change_stock"
    answers: ClassVar[type] = Stocked
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    added: int
    audit: StaffAction

    def needs(self) -> Needs:
        return Needs([STOCK, SUPPLY])

    def decide(self, draft: Draft) -> Stocked:
        draft.move(SUPPLY, STOCK, max(0, self.added), "stock")
        draft.move(STOCK, SUPPLY, max(0, -self.added), "stock")
        draft.record(self.audit)
        return Stocked(draft.balance(STOCK))
