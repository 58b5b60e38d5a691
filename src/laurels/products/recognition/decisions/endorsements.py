"""Agreeing with a recognition."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.errors import AlreadyEndorsed, OwnRecognition, RecognitionIsReversed
from laurels.products.recognition.facts import RecognitionEndorsed
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import Endorsement, Recognition


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
