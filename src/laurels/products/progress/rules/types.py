"""What members do for points, and who says that they did."""

from collections.abc import Collection
from enum import StrEnum


class ActivityType(StrEnum):
    """What an activity is."""

    QUIZ_COMPLETE = "quiz_complete"  # a quiz was answered to its end
    PROJECT_CREATE = "project_create"  # a project was begun
    PROJECT_UPDATE = "project_update"  # a project went on
    COMMENT = "comment"  # something was written to others
    REACTION = "reaction"  # what another wrote was answered with a sign
    DAILY_LOGIN = "daily_login"  # the first sign-in of a local day
    SPECIAL_EVENT = "special_event"  # whatever has no type of its own
    REFERRAL = "referral"  # a new member came through them
    STREAK_BONUS = "streak_bonus"  # the system's: for a day of a streak
    WEEKLY_GOAL = "weekly_goal"  # the system's: a weekly goal was reached
    SIDE_QUEST = "side_quest"  # the system's: a quest was completed
    DECAY = "decay"  # the system's: what inactivity costs

    @property
    def label(self) -> str:
        """Its name in English, for people."""
        return LABELS[self]

    @property
    def is_system(self) -> bool:
        """Whether only the system causes it."""
        return self in SYSTEM_TYPES


LABELS = {
    ActivityType.QUIZ_COMPLETE: "Quiz completed",
    ActivityType.PROJECT_CREATE: "Project created",
    ActivityType.PROJECT_UPDATE: "Project updated",
    ActivityType.COMMENT: "Comment posted",
    ActivityType.REACTION: "Reaction given",
    ActivityType.DAILY_LOGIN: "Daily sign-in",
    ActivityType.SPECIAL_EVENT: "Special event",
    ActivityType.REFERRAL: "Referral",
    ActivityType.STREAK_BONUS: "Streak bonus",
    ActivityType.WEEKLY_GOAL: "Weekly goal",
    ActivityType.SIDE_QUEST: "Side quest",
    ActivityType.DECAY: "Decay",
}
"""Names for people, in English; pages translate them."""

SYSTEM_TYPES = frozenset({ActivityType.STREAK_BONUS, ActivityType.WEEKLY_GOAL, ActivityType.SIDE_QUEST, ActivityType.DECAY})
"""Only the system causes these: they extend no streak, and no season multiplies them."""

OPEN_TYPES = tuple(activity_type for activity_type in ActivityType if activity_type not in SYSTEM_TYPES)
"""What staff and services may award."""

LIFETIME = {
    ActivityType.QUIZ_COMPLETE: "lifetime_quizzes",
    ActivityType.PROJECT_CREATE: "lifetime_projects",
    ActivityType.COMMENT: "lifetime_comments",
}
"""Which lifetime counter an activity raises: the column of `member_progress`."""


class Source(StrEnum):
    """Who said that an activity was done."""

    SELF = "self"  # the member
    STAFF = "staff"  # a member of the staff
    SERVICE = "service"  # a service with a key
    SYSTEM = "system"  # progress: goals, quests, bonuses, decay
    REACTION = "reaction"  # something that happened elsewhere in the community
    IMPORT = "import"  # a file


def includes(activity_types: Collection[ActivityType], kind: ActivityType) -> bool:
    """Whether a list of types means this one: an empty list means all but the system's."""
    return kind in activity_types if activity_types else not kind.is_system
