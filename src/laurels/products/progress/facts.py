"""What progress announces: ids and numbers, for whoever listens."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PointsAwarded:
    """An activity brought points; `total` is what the member has then."""

    name: ClassVar[str] = "progress.awarded"
    activity: UUID
    member: UUID
    points: int
    total: int


@dataclass(frozen=True, slots=True)
class AwardReversed:
    """An activity was taken back: `taken` points were still there of its own and of the rewards that went with it."""

    name: ClassVar[str] = "progress.reversed"
    activity: UUID
    member: UUID
    taken: int
    total: int


@dataclass(frozen=True, slots=True)
class TierReached:
    """A member reached a tier for the first time; the lowest is 0. Of a jump over several, the last alone is told."""

    name: ClassVar[str] = "tier.reached"
    member: UUID
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class LevelReached:
    """A member reached a level for the first time; the lowest is 1. Of a jump over several, the last alone is told."""

    name: ClassVar[str] = "level.reached"
    member: UUID
    level: int


@dataclass(frozen=True, slots=True)
class GoalCompleted:
    """A weekly goal was completed, and paid as the activity `reward`."""

    name: ClassVar[str] = "goal.completed"
    member: UUID
    reward: UUID
    points: int


@dataclass(frozen=True, slots=True)
class QuestCompleted:
    """A quest was completed, and paid as the activity `reward`."""

    name: ClassVar[str] = "quest.completed"
    member: UUID
    quest: UUID
    reward: UUID
    points: int


@dataclass(frozen=True, slots=True)
class BadgeEarned:
    """An activity merited a badge: which, its row tells."""

    name: ClassVar[str] = "badge.earned"
    member: UUID
    activity: UUID


@dataclass(frozen=True, slots=True)
class DecayAnnounced:
    """A member's points will begin to decay, at `decays_at` (microseconds since 1970), unless they do something."""

    name: ClassVar[str] = "decay.announced"
    member: UUID
    decays_at: int


@dataclass(frozen=True, slots=True)
class SeasonArchived:
    """A season is over, and its standings are kept."""

    name: ClassVar[str] = "season.archived"
    season: UUID
