"""Giving credits, and taking a gift back."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.windows import Month, month_end
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.recognition.accounts import BOOK, ISSUED, LAPSED, allowance, owed, received, sent, standing
from laurels.products.recognition.decisions.months import open_month, opening_needs, sending_limit
from laurels.products.recognition.decisions.purses import repay
from laurels.products.recognition.errors import MonthClosed, SelfRecognition, UnknownValue
from laurels.products.recognition.facts import CreditsGiven, RecognitionReversed
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import Recognition, RecognitionValue


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
        purse, counted = allowance(self.giver), sent(self.giver, self.month)
        limit = sending_limit(draft, self.giver, self.month, self.policy)
        resets_at = month_end(self.month, self.policy.zone).isoformat()
        draft.count(counted, self.credits, "sent", limit=limit, resets_at=resets_at)
        if self.import_key is not None:
            require_open(draft, self.giver, self.month)
        draft.move(purse, received(self.receiver), self.credits, "gift")
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
        left = draft.balance(purse)
        return Given(self.recognition, left, min(left, draft.room(counted, limit)))


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
    recognition's own, which never change. The row of the staff's log is written
    with the entry, or not at all.

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
    audit: StaffAction
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
        draft.record(self.audit)
        draft.announce(RecognitionReversed(self.recognition, self.giver, self.receiver))
        return Reversed(self.recognition, taken, missing, self.credits if is_open else 0)
