"""What loyalty announces: ids and numbers, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventsAccepted:
    """Purchases or returns are durable and wait to be decided: those whose `batch` this is."""

    name: ClassVar[str] = "loyalty.accepted"
    program: UUID
    batch: UUID


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A member joined a program: what waited for them can be decided."""

    name: ClassVar[str] = "loyalty.joined"
    program: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class PointsEarned:
    """A purchase earned points; `pending` tells how many of them can't be spent yet."""

    name: ClassVar[str] = "points.earned"
    program: UUID
    member: UUID
    purchase: UUID
    points: int
    pending: int


@dataclass(frozen=True, slots=True)
class PointsActivated:
    """Pending points of a member can be spent now."""

    name: ClassVar[str] = "points.activated"
    program: UUID
    member: UUID
    points: int


@dataclass(frozen=True, slots=True)
class PointsExpiring:
    """Points of a member will expire soon: at the microsecond given, since 1970-01-01T00:00Z."""

    name: ClassVar[str] = "points.expiring"
    program: UUID
    member: UUID
    points: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class PointsExpired:
    """Points of a member expired."""

    name: ClassVar[str] = "points.expired"
    program: UUID
    member: UUID
    points: int


@dataclass(frozen=True, slots=True)
class PointsReversed:
    """A return took points back: `taken` at once, `owed` out of the next earnings."""

    name: ClassVar[str] = "points.reversed"
    program: UUID
    member: UUID
    purchase_return: UUID
    taken: int
    owed: int


@dataclass(frozen=True, slots=True)
class BurnReserved:
    """Points were set aside for a reward or a discount, which is yet to be confirmed."""

    name: ClassVar[str] = "reward.reserved"
    program: UUID
    member: UUID
    burn: UUID
    points: int


@dataclass(frozen=True, slots=True)
class RewardRedeemed:
    """Points were spent on a reward (or, where `reward` is none, on a discount)."""

    name: ClassVar[str] = "reward.redeemed"
    program: UUID
    member: UUID
    burn: UUID
    reward: UUID | None
    points: int


@dataclass(frozen=True, slots=True)
class RewardCancelled:
    """A reservation or a redemption was cancelled, or ran out: its points went back."""

    name: ClassVar[str] = "reward.cancelled"
    program: UUID
    member: UUID
    burn: UUID
    points: int


@dataclass(frozen=True, slots=True)
class TierChanged:
    """A member reached or left a tier; tiers are told by their place, the lowest is 0."""

    name: ClassVar[str] = "tier.changed"
    program: UUID
    member: UUID
    before: int
    after: int
