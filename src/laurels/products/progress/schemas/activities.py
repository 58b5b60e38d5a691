"""Activities, and their reversal, in requests and answers."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from laurels.products.progress.decisions.reversing import Reversed
from laurels.products.progress.queries.status import Reached
from laurels.products.progress.rules import ActivityType, Source
from laurels.products.progress.schemas.fields import EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.products.progress.schemas.status import POINT_ACTIVITY
from laurels.products.progress.tables import PointActivity
from laurels.web.schemas import Answer, Body, PlainLine, UtcInstant, example

MAX_REASON = 500

_ACTIVITY: dict[str, Any] = POINT_ACTIVITY | {
    "member_id": EXAMPLE_MEMBER,
    "asked_amount": 20,
    "topic": None,
    "class_id": None,
    "source": "self",
    "awarded_by": None,
    "day": "2026-11-20",
    "caused_by": None,
    "occurred_at": EXAMPLE_TIME,
    "reversed_at": None,
    "reversal_reason": None,
}


class ActivityAnswer(Answer):
    """Something that brought points, or cost them, with all that is known of it."""

    model_config = example(_ACTIVITY)

    id: UUID
    member_id: UUID
    amount: int = Field(description="Points that it brought; below 0 for decay.")
    asked_amount: int = Field(description="Points before a season's multiplier and caps.")
    activity_type: ActivityType
    description: str
    topic: str | None
    class_id: UUID | None
    source: Source = Field(description="Who said that it was done.")
    awarded_by: UUID | None = Field(description="The member of the staff who awarded it: told to staff and services.")
    tier_at_time: str = Field(description="The tier before it.")
    day: date | None = Field(description="The local day that it made an active one; null for the system's.")
    caused_by: UUID | None = Field(description="The activity that completed the goal that this one pays.")
    occurred_at: UtcInstant = Field(description="When it was done.")
    created_at: UtcInstant = Field(description="When it was awarded.")
    reversed_at: UtcInstant | None = Field(description="When staff took it back.")
    reversal_reason: str | None

    @staticmethod
    def of(row: PointActivity, *, with_staff: bool) -> "ActivityAnswer":
        """The answer for an activity; `with_staff` tells who of them awarded it."""
        return ActivityAnswer(
            id=row.id,
            member_id=row.member,
            amount=row.amount,
            asked_amount=row.asked_amount,
            activity_type=ActivityType(row.activity_type),
            description=row.description,
            topic=row.topic,
            class_id=row.class_id,
            source=Source(row.source),
            awarded_by=row.awarded_by if with_staff else None,
            tier_at_time=row.tier_at_time,
            day=row.day,
            caused_by=row.caused_by,
            occurred_at=row.occurred_at,
            created_at=row.created_at,
            reversed_at=row.reversed_at,
            reversal_reason=row.reversal_reason,
        )


class ActivityListAnswer(Answer):
    """A part of a list of activities, and what all of the list comes to."""

    model_config = example({"items": [_ACTIVITY], "next_cursor": None, "sum_points": 20, "count": 1})

    items: list[ActivityAnswer]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last one.")
    sum_points: int = Field(description="Of the whole list: the points of what isn't reversed.")
    count: int = Field(description="Of the whole list, reversed ones too.")


class ActivityReversalBody(Body):
    """Why an activity is taken back."""

    model_config = example({"reason": "Posted twice by mistake"})

    reason: Annotated[PlainLine, Field(min_length=1, max_length=MAX_REASON)]


class ActivityReversalAnswer(Answer):
    """What a reversal did, and where the member stands then."""

    model_config = example(
        {
            "activity_id": EXAMPLE_ID,
            "member_id": EXAMPLE_MEMBER,
            "amount": 20,
            "taken": 50,
            "total_points": 210,
            "tier": "ember",
            "level": 4,
            "rewards_reversed": 1,
            "badges_revoked": 0,
            "is_day_inactive": False,
            "stays_completed": False,
        }
    )

    activity_id: UUID
    member_id: UUID
    amount: int = Field(description="What the activity had brought.")
    taken: int = Field(description="What was still there of it and of the rewards, and is taken.")
    total_points: int
    tier: str
    level: int
    rewards_reversed: int = Field(description="Of goals that are no longer reached, and of a day that is no longer active.")
    badges_revoked: int = Field(description="Badges that are no longer merited.")
    is_day_inactive: bool = Field(description="Whether its local day is no longer an active one.")
    stays_completed: bool = Field(description="Whether it was a goal's or a quest's reward: that stays completed, unpaid.")

    @staticmethod
    def of(done: Reversed, reached: Reached) -> "ActivityReversalAnswer":
        """The answer for a reversal."""
        return ActivityReversalAnswer(
            activity_id=done.activity,
            member_id=done.member,
            amount=done.amount,
            taken=done.taken,
            total_points=done.total,
            tier=reached.tier.key,
            level=reached.level,
            rewards_reversed=done.rewards,
            badges_revoked=done.badges,
            is_day_inactive=done.is_day_gone,
            stays_completed=done.is_unpaid,
        )
