"""What recognition announces: ids and numbers, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CreditsGiven:
    """A member thanked another."""

    name: ClassVar[str] = "recognition.given"
    recognition: UUID
    giver: UUID
    receiver: UUID
    credits: int


@dataclass(frozen=True, slots=True)
class RecognitionEndorsed:
    """Somebody agreed with a thanks."""

    name: ClassVar[str] = "recognition.endorsed"
    recognition: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class RecognitionReversed:
    """Staff took a recognition back."""

    name: ClassVar[str] = "recognition.reversed"
    recognition: UUID
    giver: UUID
    receiver: UUID


@dataclass(frozen=True, slots=True)
class RedemptionRequested:
    """Credits were set aside for a voucher that is yet to be issued."""

    name: ClassVar[str] = "redemption.requested"
    redemption: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class RedemptionSettled:
    """A voucher was issued, or its credits went back."""

    name: ClassVar[str] = "redemption.settled"
    redemption: UUID
    member: UUID
    is_issued: bool
