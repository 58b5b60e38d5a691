"""Badges: given by a rule, for a number that a member reached."""

from dataclasses import dataclass
from enum import StrEnum

BADGE_ICONS = ("spark", "laurel", "trophy", "heart", "chat", "book", "users", "check", "chart", "shield", "gift", "ticket")
"""Icons that a badge may have: of those that pages ship."""


class Measure(StrEnum):
    """What a badge is given for."""

    TOTAL_POINTS = "total_points"  # all points
    LEVEL = "level"  # from 1
    TIER = "tier"  # its place: 0 is the lowest
    LONGEST_STREAK = "longest_streak"  # days
    QUIZZES = "quizzes"  # ever completed
    PROJECTS = "projects"  # ever created
    COMMENTS = "comments"  # ever posted
    QUESTS = "quests"  # ever completed
    GOALS = "goals"  # weekly goals ever completed
    TOPIC_POINTS = "topic_points"  # points of one topic


@dataclass(frozen=True, slots=True)
class Measures:
    """A member's numbers, each by the name of its measure.

    Attributes:
        topic: the one that `topic_points` are of; badges of other topics aren't merited by these.
    """

    total_points: int = 0
    level: int = 1
    tier: int = 0
    longest_streak: int = 0
    quizzes: int = 0
    projects: int = 0
    comments: int = 0
    quests: int = 0
    goals: int = 0
    topic: str | None = None
    topic_points: int = 0

    def of(self, measure: Measure) -> int:
        """The number that a measure names."""
        number: int = getattr(self, measure.value)
        return number


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark of something reached; it pays nothing.

    Attributes:
        slug: its lasting name.
        icon: one of `BADGE_ICONS`.
        topic: for the measure `topic_points`; else None.
        at_least: the number from which it is merited.
        position: its place in the list.
    """

    slug: str
    title: str
    description: str
    icon: str
    measure: Measure
    topic: str | None
    at_least: int
    position: int = 0


def merited(badge: Badge, measures: Measures) -> bool:
    """Whether a member's numbers merit a badge."""
    if badge.measure is Measure.TOPIC_POINTS and badge.topic != measures.topic:
        return False
    return measures.of(badge.measure) >= badge.at_least


DEFAULT_BADGES = (
    Badge("first-step", "First step", "Your first points.", "spark", Measure.TOTAL_POINTS, None, 1, 1),
    Badge("week-in-a-row", "A week in a row", "Active on seven days of one streak.", "check", Measure.LONGEST_STREAK, None, 7, 2),
    Badge("month-in-a-row", "A month in a row", "Active on thirty days of one streak.", "trophy", Measure.LONGEST_STREAK, None, 30, 3),
    Badge("quiz-ten", "Well read", "Ten quizzes completed.", "book", Measure.QUIZZES, None, 10, 4),
    Badge("maker", "Maker", "Five projects created.", "chart", Measure.PROJECTS, None, 5, 5),
    Badge("good-company", "Good company", "Twenty-five comments that helped others along.", "chat", Measure.COMMENTS, None, 25, 6),
    Badge("goal-getter", "Goal getter", "Ten weekly goals reached.", "shield", Measure.GOALS, None, 10, 7),
    Badge("explorer", "Explorer", "Five quests completed.", "laurel", Measure.QUESTS, None, 5, 8),
)
"""Badges that ship: they count until staff set others."""
