"""Recognition's rules, each as a pure decision on the ledger's draft.

They read top to bottom like the rules that they state, and are tested with no
database. Nothing here awaits, asks the time or draws a number.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.windows import Month, month_end, month_of, months_after
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import Account, BusinessKey, Draft, InsufficientBalance, Needs
from laurels.products.recognition.accounts import (
    BOOK,
    CARRIED,
    ISSUED,
    LAPSED,
    REDEEMED,
    SOLD,
    STOCK,
    SUPPLY,
    allowance,
    owed,
    received,
    redeeming,
    sent,
    standing,
)
from laurels.products.recognition.errors import (
    AlreadyEndorsed,
    MonthClosed,
    OutOfStock,
    OwnRecognition,
    RecognitionIsReversed,
    RedemptionSettledAlready,
    SelfRecognition,
    UnknownValue,
)
from laurels.products.recognition.facts import CreditsGiven, RecognitionEndorsed, RecognitionReversed, RedemptionRequested, RedemptionSettled
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import CreditSnapshot, Endorsement, Recognition, RecognitionValue, Redemption


@dataclass(frozen=True, slots=True)
class Given:
    """A gift's answer: what is left to its giver, in credits."""

    recognition: UUID
    allowance_left: int
    sendable_left: int


@dataclass(frozen=True, slots=True)
class GiveCredits:
    """Thank a member with credits.

    Takes them from the giver's allowance, counts them against the month's
    sending limit, and gives them to the receiver to redeem.

    Raises:
        SelfRecognition, UnknownValue, Missing, MemberInactive: who or what for is wrong.
        LimitReached: more than the month's limit would be sent.
        InsufficientBalance: the allowance holds less.
        MonthClosed: an imported gift lies before the giver's open month.
    """

    name: ClassVar[str] = "give_credits"
    answers: ClassVar[type] = Given
    book: ClassVar[str] = BOOK

    recognition: UUID
    giver: UUID
    receiver: UUID
    credits: int
    message: str
    value: str | None
    month: Month
    policy: Policy
    import_key: BusinessKey | None = None

    @property
    def key(self) -> BusinessKey | None:
        return self.import_key

    @property
    def reference(self) -> UUID:
        return self.recognition

    def needs(self) -> Needs:
        accounts = [
            *opening_needs(self.giver),
            sent(self.giver, self.month),
            received(self.receiver),
            owed(self.receiver),
            standing(self.receiver),
            standing(self.receiver, self.month),
        ]
        rows: list[tuple[type, object]] = [(Participant, self.giver), (Participant, self.receiver)]
        if self.value is not None:
            rows.append((RecognitionValue, self.value))
        return Needs(accounts, rows)

    def decide(self, draft: Draft) -> Given:
        if self.giver == self.receiver:
            raise SelfRecognition()
        if self.value is not None:
            require_value(draft, self.value)
        require_active(draft.row(Participant, self.giver), draft.row(Participant, self.receiver))
        open_month(draft, self.giver, self.policy)
        limit = sending_limit(draft, self.giver, self.month, self.policy)
        resets_at = month_end(self.month, self.policy.zone).isoformat()
        draft.count(sent(self.giver, self.month), self.credits, "sent", limit=limit, resets_at=resets_at)
        if self.import_key is not None:
            require_open(draft, self.giver, self.month)
        draft.move(allowance(self.giver), received(self.receiver), self.credits, "gift")
        repay(draft, self.receiver)
        draft.count(standing(self.receiver), self.credits, "standing")
        draft.count(standing(self.receiver, self.month), self.credits, "standing")
        draft.record(
            Recognition(
                id=self.recognition,
                entry=draft.entry,
                giver=self.giver,
                receiver=self.receiver,
                credits=self.credits,
                message=self.message,
                value=self.value,
                month=self.month,
                endorsement_count=0,
                created_at=draft.at,
                updated_at=draft.at,
            )
        )
        draft.announce(CreditsGiven(self.recognition, self.giver, self.receiver, self.credits))
        left = draft.balance(allowance(self.giver))
        return Given(self.recognition, left, min(left, draft.room(sent(self.giver, self.month), limit)))


def opening_needs(member: UUID) -> tuple[Account, ...]:
    """The accounts that `open_month` touches."""
    return (allowance(member), ISSUED, LAPSED, CARRIED)


def open_month(draft: Draft, member: UUID, policy: Policy) -> None:
    """Turn a member's allowance to the current month: keep up to the carry, let the rest lapse, grant.

    Idle months roll one after another; a purse never touched opens the current
    month only; one already turned further stays as it is. The ended month is
    closed in the ledger: what lapses and what is carried leaves it, and what
    was carried comes in again with the new one.
    """
    purse = allowance(member)
    for month in months_after(_month(draft.window(purse)), month_of(draft.at, policy.zone)):
        ended = _month(draft.window(purse))
        if ended is not None:
            unused = draft.balance(purse)
            carried = policy.carried(unused)
            draft.move(purse, LAPSED, unused - carried, "lapse", window=ended)
            draft.move(purse, CARRIED, carried, "carry", window=ended)
            draft.move(CARRIED, purse, carried, "carry", window=month)
            draft.record(CreditSnapshot(member, ended, unused, carried, draft.at))
        draft.move(ISSUED, purse, policy.grant, "grant", window=month)
        draft.turn(purse, month)


def sending_limit(draft: Draft, member: UUID, month: Month, policy: Policy) -> int:
    """The most that a member may send in a month; what was carried into it raises it only where the policy says so.

    What was carried is the part of the month's opening balance above the grant.
    """
    if not policy.carry_raises_limit:
        return policy.sending_limit
    opening = draft.balance(allowance(member)) + draft.balance(sent(member, month))
    return policy.sending_limit + min(policy.carry, max(0, opening - policy.grant))


def require_open(draft: Draft, member: UUID, month: Month) -> None:
    """Check that a member's purse stands in a month: an import brings no gifts from before it."""
    window = draft.window(allowance(member))
    if window is not None and window > month:
        raise MonthClosed(month=month, open_month=window)


def require_value(draft: Draft, value: str) -> None:
    """Check that a value can be chosen."""
    found = draft.find(RecognitionValue, value)
    if found is None or not found.is_active:
        raise UnknownValue()


def repay(draft: Draft, member: UUID) -> None:
    """Take what a member owes out of what they hold."""
    repaid = min(draft.balance(owed(member)), draft.balance(received(member)))
    draft.move(received(member), ISSUED, repaid, "recovery")
    draft.count(owed(member), -repaid, "recovery")


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
class Endorsed:
    """An endorsement's answer: how many the recognition has now."""

    recognition: UUID
    endorsement_count: int


@dataclass(frozen=True, slots=True)
class EndorseRecognition:
    """Agree with a recognition: once for a member; it touches only the count.

    Raises:
        Missing, MemberInactive, OwnRecognition, AlreadyEndorsed, RecognitionIsReversed.
    """

    name: ClassVar[str] = "endorse_recognition"
    answers: ClassVar[type] = Endorsed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    recognition: UUID
    member: UUID
    policy: Policy

    @property
    def reference(self) -> UUID:
        return self.recognition

    def needs(self) -> Needs:
        return Needs(
            rows=[(Recognition, self.recognition), (Endorsement, (self.recognition, self.member)), (Participant, self.member)],
        )

    def decide(self, draft: Draft) -> Endorsed:
        recognition = draft.row(Recognition, self.recognition)
        require_active(draft.row(Participant, self.member))
        if recognition.reversed_at is not None:
            raise RecognitionIsReversed()
        if recognition.giver == self.member and not self.policy.giver_may_endorse:
            raise OwnRecognition()
        if draft.find(Endorsement, (self.recognition, self.member)) is not None:
            raise AlreadyEndorsed()
        draft.record(Endorsement(self.recognition, self.member, draft.at))
        endorsed = draft.change(recognition, endorsement_count=recognition.endorsement_count + 1, updated_at=draft.at)
        draft.announce(RecognitionEndorsed(self.recognition, self.member))
        return Endorsed(self.recognition, endorsed.endorsement_count)


@dataclass(frozen=True, slots=True)
class Reversed:
    """A reversal's answer, in credits.

    Attributes:
        taken: taken back from the receiver.
        owed: redeemed already, so to be taken from what they receive next.
        returned: back in the giver's allowance.
    """

    recognition: UUID
    taken: int
    owed: int
    returned: int


@dataclass(frozen=True, slots=True)
class ReverseRecognition:
    """Take a recognition back, once: for staff.

    The credits leave the receiver and return to the giver's allowance of the
    month they were sent in, if that month is still open; else they lapse. What
    the receiver has redeemed already is owed. Boards and the giver's sent
    meter count back. Giver, receiver, credits, month and entry are the
    recognition's own, which never change.

    Raises:
        Missing, AlreadyReversed.
    """

    name: ClassVar[str] = "reverse_recognition"
    answers: ClassVar[type] = Reversed
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    recognition: UUID
    entry: int
    giver: UUID
    receiver: UUID
    credits: int
    month: Month
    staff: UUID
    reason: str
    policy: Policy

    @property
    def reference(self) -> UUID:
        return self.recognition

    def needs(self) -> Needs:
        accounts = [
            *opening_needs(self.giver),
            sent(self.giver, self.month),
            received(self.receiver),
            owed(self.receiver),
            standing(self.receiver),
            standing(self.receiver, self.month),
        ]
        return Needs(accounts, [(Recognition, self.recognition)], [self.entry])

    def decide(self, draft: Draft) -> Reversed:
        recognition = draft.row(Recognition, self.recognition)
        draft.reverse(self.entry)
        open_month(draft, self.giver, self.policy)
        taken = min(self.credits, draft.balance(received(self.receiver)))
        missing = self.credits - taken
        is_open = draft.window(allowance(self.giver)) == self.month
        draft.move(received(self.receiver), allowance(self.giver) if is_open else LAPSED, taken, "reversal")
        draft.move(ISSUED, allowance(self.giver), missing if is_open else 0, "reversal")
        draft.count(owed(self.receiver), missing, "reversal")
        draft.count(sent(self.giver, self.month), -self.credits, "reversal")
        draft.count(standing(self.receiver), -self.credits, "reversal")
        draft.count(standing(self.receiver, self.month), -self.credits, "reversal")
        draft.change(recognition, reversed_at=draft.at, reversed_by=self.staff, reversal_reason=self.reason, updated_at=draft.at)
        draft.announce(RecognitionReversed(self.recognition, self.giver, self.receiver))
        return Reversed(self.recognition, taken, missing, self.credits if is_open else 0)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A redemption's answer."""

    redemption: UUID
    received_left: int


@dataclass(frozen=True, slots=True)
class RequestRedemption:
    """Set received credits aside for a voucher; only received ones count.

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
                next_try_at=draft.at,
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

    def needs(self) -> Needs:
        return Needs([STOCK, SUPPLY])

    def decide(self, draft: Draft) -> Stocked:
        draft.move(SUPPLY, STOCK, max(0, self.added), "stock")
        draft.move(STOCK, SUPPLY, max(0, -self.added), "stock")
        return Stocked(draft.balance(STOCK))
