"""Where a member stands, in answers."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from laurels.products.progress.queries.status import Named, Reached, Status
from laurels.products.progress.rules import ActivityType
from laurels.products.progress.schemas.fields import EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.products.progress.tables import PointActivity
from laurels.web.schemas import Answer, UtcInstant, example

USER: dict[str, Any] = {
    "id": EXAMPLE_MEMBER,
    "username": "ana",
    "total_points": 260,
    "tier": "spark",
    "tier_display": "Spark",
    "level": 4,
    "points_to_next_tier": 240,
    "points_to_next_level": 40,
}
POINT_ACTIVITY: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "amount": 20,
    "activity_type": "comment",
    "description": "Explained the chain rule",
    "tier_at_time": "ember",
    "created_at": EXAMPLE_TIME,
}


class UserAnswer(Answer):
    """A member, and what their points make them."""

    model_config = example(USER)

    id: UUID
    username: str | None = Field(description="Null where they have none: members that staff or files made.")
    total_points: int
    tier: str = Field(description="Its lasting key.")
    tier_display: str = Field(description="What people read.")
    level: int
    points_to_next_tier: int | None = Field(description="Null at the top.")
    points_to_next_level: int

    @staticmethod
    def of(member: Named, reached: Reached) -> "UserAnswer":
        """The answer for a member."""
        return UserAnswer(
            id=member.id,
            username=member.username,
            total_points=reached.total_points,
            tier=reached.tier.key,
            tier_display=reached.tier.title,
            level=reached.level,
            points_to_next_tier=reached.points_to_next_tier,
            points_to_next_level=reached.points_to_next_level,
        )


class PointActivityAnswer(Answer):
    """Something that brought points."""

    model_config = example(POINT_ACTIVITY)

    id: UUID
    amount: int = Field(description="Points that it brought, after a season's multiplier and caps; below 0 for decay.")
    activity_type: ActivityType
    description: str
    tier_at_time: str = Field(description="The tier before it.")
    created_at: UtcInstant

    @staticmethod
    def of(row: PointActivity) -> "PointActivityAnswer":
        """The answer for an activity."""
        return PointActivityAnswer(
            id=row.id,
            amount=row.amount,
            activity_type=ActivityType(row.activity_type),
            description=row.description,
            tier_at_time=row.tier_at_time,
            created_at=row.created_at,
        )


class StatusAnswer(Answer):
    """Where a member stands, and what is next."""

    model_config = example(
        {
            "user": USER,
            "current_streak_days": 3,
            "longest_streak_days": 12,
            "last_activity_date": "2026-11-20",
            "lifetime_quizzes_completed": 9,
            "lifetime_projects_created": 1,
            "lifetime_comments_posted": 14,
            "freezes": 1,
            "next_tier": "blaze",
            "next_tier_display": "Blaze",
            "badges": ["first-step"],
            "quests_completed": 2,
            "goals_completed": 5,
            "is_anonymous": False,
            "decays_at": None,
            "recent_activities": [POINT_ACTIVITY],
        }
    )

    user: UserAnswer
    current_streak_days: int = Field(description="As seen on the member's local day: 0 once a day was missed that no freeze saved.")
    longest_streak_days: int
    last_activity_date: date | None = Field(description="The last active local day; null where there was none.")
    lifetime_quizzes_completed: int
    lifetime_projects_created: int
    lifetime_comments_posted: int
    freezes: int = Field(description="In hand: each saves one missed day.")
    next_tier: str | None = Field(description="Null at the top.")
    next_tier_display: str | None
    badges: list[str] = Field(description="The lasting names of those that the member has.")
    quests_completed: int
    goals_completed: int
    is_anonymous: bool = Field(description="Whether boards hide the name.")
    decays_at: UtcInstant | None = Field(description="When points begin to decay, as announced; null: they don't.")
    recent_activities: list[PointActivityAnswer] = Field(description="The last 20, what was done last first; reversed ones too.")

    @staticmethod
    def of(status: Status) -> "StatusAnswer":
        """The answer for a member's status."""
        following = status.reached.next_tier
        return StatusAnswer(
            user=UserAnswer.of(status.member, status.reached),
            current_streak_days=status.streak.current_days,
            longest_streak_days=status.streak.longest_days,
            last_activity_date=status.streak.last_day,
            lifetime_quizzes_completed=status.lifetime_quizzes,
            lifetime_projects_created=status.lifetime_projects,
            lifetime_comments_posted=status.lifetime_comments,
            freezes=status.streak.freezes,
            next_tier=following.key if following else None,
            next_tier_display=following.title if following else None,
            badges=list(status.badges),
            quests_completed=status.quests_completed,
            goals_completed=status.goals_completed,
            is_anonymous=status.is_anonymous,
            decays_at=status.decay_from,
            recent_activities=[PointActivityAnswer.of(row) for row in status.activities],
        )
