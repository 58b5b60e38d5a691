"""Weekly goals: what counts for one, and how far it is."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from laurels.products.progress.rules.types import ActivityType, includes

MAX_GOALS = 20
"""Most goals that are active: each that counts an activity is a row read and written by its award."""

EACH = ""
"""The item of an activity that counts whenever it is done."""


class GoalMeasure(StrEnum):
    """What a goal counts."""

    ACTIVITIES = "activities"  # every activity
    DAYS = "days"  # local days with one
    TOPICS = "topics"  # topics with one


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal that every active member has each week.

    Attributes:
        goal_type: its lasting name.
        activity_types: those that count; none: all but the system's.
        target: how many complete it.
        points_reward: what it pays, once a week.
        position: its place in the list.
    """

    goal_type: str
    title: str
    description: str
    measure: GoalMeasure
    activity_types: frozenset[ActivityType]
    target: int
    points_reward: int
    position: int = 0

    def takes(self, kind: ActivityType) -> bool:
        """Whether activities of a type can count."""
        return includes(self.activity_types, kind)

    def item(self, *, topic: str | None, day: date | None) -> str | None:
        """What an activity of a type that it takes counts as: `EACH`, or a day or topic, which count once a week. None: it doesn't count.

        Args:
            day: the local day that the activity made an active one; None for the system's.
        """
        if self.measure is GoalMeasure.ACTIVITIES:
            return EACH
        if self.measure is GoalMeasure.TOPICS:
            return topic
        return None if day is None else day.isoformat()


def percent(current: int, target: int) -> int:
    """How far it is, in percent, rounded down; never more than 100."""
    return min(100, 100 * current // target)


DEFAULT_GOALS = (
    Goal(
        goal_type="activities_3",
        title="Three activities",
        description="Complete three quizzes, projects or quests.",
        measure=GoalMeasure.ACTIVITIES,
        activity_types=frozenset({ActivityType.QUIZ_COMPLETE, ActivityType.PROJECT_CREATE, ActivityType.SIDE_QUEST}),
        target=3,
        points_reward=30,
        position=1,
    ),
    Goal(
        goal_type="streak_7",
        title="Seven days",
        description="Be active on every day of the week.",
        measure=GoalMeasure.DAYS,
        activity_types=frozenset(),
        target=7,
        points_reward=50,
        position=2,
    ),
    Goal(
        goal_type="help_5",
        title="Five comments",
        description="Help others with five comments.",
        measure=GoalMeasure.ACTIVITIES,
        activity_types=frozenset({ActivityType.COMMENT}),
        target=5,
        points_reward=40,
        position=3,
    ),
    Goal(
        goal_type="topics_2",
        title="Two topics",
        description="Do something in two topics.",
        measure=GoalMeasure.TOPICS,
        activity_types=frozenset(),
        target=2,
        points_reward=25,
        position=4,
    ),
)
"""Goals that ship: they count until staff set others."""
