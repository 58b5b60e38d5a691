"""Quests: what is a step of one, and when one may be begun."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from laurels.products.progress.rules.types import ActivityType, includes

MAX_DAILIES = 3
"""Most daily quests that a member begins on a local day."""


class QuestType(StrEnum):
    """What a quest is."""

    SIDE = "side"  # begun at any time
    DAILY = "daily"  # over with the local day on which it is begun
    EVENT = "event"  # belongs to an occasion


class Difficulty(StrEnum):
    """How hard a quest is."""

    EASY = "easy"  # a few minutes
    MEDIUM = "medium"  # an evening
    HARD = "hard"  # several days
    EPIC = "epic"  # weeks


class QuestStatus(StrEnum):
    """How far a member is with a quest."""

    NOT_STARTED = "not_started"  # never begun
    IN_PROGRESS = "in_progress"  # begun, and not over
    COMPLETED = "completed"  # done and paid
    EXPIRED = "expired"  # its time passed before it was completed


class Closed(StrEnum):
    """Why a quest can't be begun."""

    NOT_OPEN = "not_open"  # inactive, not yet begun, or over
    IN_PROGRESS = "in_progress"  # begun already
    ONCE = "once"  # completed, and not to be had again
    COOLDOWN = "cooldown"  # completed, and not to be had again yet


@dataclass(frozen=True, slots=True)
class Quest:
    """Something to do for points beside the weekly goals.

    Attributes:
        topic: activities of this topic alone are steps; None: of any, or none.
        points_reward: what it pays for each run.
        steps: how many complete it.
        activity_types: those that are steps; empty: all but the system's. None: steps are told one by one.
        cooldown_hours: after how long it may be begun again; None: once (a daily one once a local day).
        starts_at: the first instant at which it can be begun.
        ends_at: the first at which it can no longer be begun or completed.
    """

    id: UUID
    quest_type: QuestType
    topic: str | None
    points_reward: int
    steps: int
    activity_types: frozenset[ActivityType] | None
    cooldown_hours: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True

    def takes(self, kind: ActivityType) -> bool:
        """Whether activities of a type can be steps."""
        return self.activity_types is not None and includes(self.activity_types, kind)

    def is_about(self, topic: str | None) -> bool:
        """Whether activities of a topic, or of none, can be steps."""
        return self.topic is None or self.topic == topic


class Run(Protocol):
    """A member's last run of a quest, as it was kept."""

    @property
    def status(self) -> str:
        """`in_progress`, `completed` or `expired`: of `QuestStatus`."""
        ...

    @property
    def ends_at(self) -> datetime | None:
        """The first instant at which it can no longer be completed."""
        ...

    @property
    def completed_at(self) -> datetime | None:
        """When it was."""
        ...


def is_open(quest: Quest, at: datetime) -> bool:
    """Whether a quest can be had at an instant."""
    begun = quest.starts_at is None or quest.starts_at <= at
    return quest.is_active and begun and (quest.ends_at is None or at < quest.ends_at)


def status_of(run: Run | None, at: datetime) -> QuestStatus:
    """How far a member is with a quest at an instant: a run whose time has passed is expired, whether that was noted or not."""
    if run is None:
        return QuestStatus.NOT_STARTED
    status = QuestStatus(run.status)
    if status is QuestStatus.IN_PROGRESS and run.ends_at is not None and run.ends_at <= at:
        return QuestStatus.EXPIRED
    return status


def may_begin(quest: Quest, run: Run | None, at: datetime) -> Closed | None:
    """Why a member can't begin a quest at an instant; None: they can. How many dailies they began is not asked here."""
    if not is_open(quest, at):
        return Closed.NOT_OPEN
    match status_of(run, at):
        case QuestStatus.IN_PROGRESS:
            return Closed.IN_PROGRESS
        case QuestStatus.COMPLETED:
            again = begins_again_at(quest, run)
            if again is None:
                return Closed.ONCE
            return Closed.COOLDOWN if at < again else None
        case _:
            return None


def begins_again_at(quest: Quest, run: Run | None) -> datetime | None:
    """From when a quest that a member completed may be begun again; None: never, or it wasn't completed."""
    if run is None or run.completed_at is None:
        return None
    if quest.cooldown_hours is not None:
        return run.completed_at + timedelta(hours=quest.cooldown_hours)
    return run.ends_at if quest.quest_type is QuestType.DAILY else None


def run_ends_at(quest: Quest, day_end: datetime) -> datetime | None:
    """Until when a run that is begun now may be completed; None: for ever.

    Args:
        day_end: when the member's local day is over; a daily quest ends with it.
    """
    if quest.quest_type is not QuestType.DAILY:
        return quest.ends_at
    return day_end if quest.ends_at is None else min(day_end, quest.ends_at)
