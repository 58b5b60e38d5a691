"""What the economy of points does, in answers."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from laurels.products.progress.queries.monitoring import ActiveMember, Funnel, StreakClass, Totals, Week
from laurels.products.progress.rules import Tier
from laurels.products.progress.schemas.fields import EXAMPLE_MEMBER
from laurels.products.progress.schemas.rules import TierCount
from laurels.products.progress.tables import FREEZES_SOLD, PointsDay
from laurels.web.schemas import Answer, example

_DAY: dict[str, Any] = {"day": "2026-11-20", "activity_type": "comment", "awards": 12, "points": 180, "taken_back": 0}
_TIER: dict[str, Any] = {"key": "ember", "title": "Ember", "at": 0, "members": 40}
_ACTIVE: dict[str, Any] = {"member": EXAMPLE_MEMBER, "student_id": "1042", "display_name": "Ana Ruiz", "activities": 9, "points": 210}
_STREAK: dict[str, Any] = {"least_days": 7, "most_days": 13, "members": 5}
_FUNNEL: dict[str, Any] = {"begun": 20, "in_progress": 6, "completed": 11, "expired": 3}
_WEEK: dict[str, Any] = {
    "week": "2026-W47",
    "monday": "2026-11-16",
    "given": 900,
    "taken_back": 20,
    "decayed": 0,
    "freezes_bought": 1,
    "spent": 100,
}
_TOTALS: dict[str, Any] = {"issued": 5_400, "taken_back": 60, "decayed": 0, "held": 5_340}


class DayAnswer(Answer):
    """What was given on a day for one type of activity, and what reversals (of decay: inactivity) took of that."""

    model_config = example(_DAY)

    day: date = Field(description="In the community's zone.")
    activity_type: str
    awards: int
    points: int
    taken_back: int


class ActiveAnswer(Answer):
    """A member, and what they did in the last seven days."""

    model_config = example(_ACTIVE)

    member: UUID
    student_id: str
    display_name: str
    activities: int
    points: int


class StreakAnswer(Answer):
    """How many members have a streak of so many days."""

    model_config = example(_STREAK)

    least_days: int
    most_days: int | None = Field(description="Null for the longest.")
    members: int


class FunnelAnswer(Answer):
    """How far members are with quests, each with their last run of each quest."""

    model_config = example(_FUNNEL)

    begun: int = Field(description="The sum of the others.")
    in_progress: int
    completed: int
    expired: int


class WeekAnswer(Answer):
    """What a week did to points."""

    model_config = example(_WEEK)

    week: str
    monday: date
    given: int
    taken_back: int
    decayed: int
    freezes_bought: int
    spent: int = Field(description="On freezes; totals aren't lowered by it.")


class TotalsAnswer(Answer):
    """Points ever: issued = taken back + decayed + held."""

    model_config = example(_TOTALS)

    issued: int
    taken_back: int
    decayed: int
    held: int = Field(description="What members have.")


class MonitoringAnswer(Answer):
    """How the economy of points does."""

    model_config = example(
        {
            "today": "2026-11-20",
            "points_today": 180,
            "days": [_DAY],
            "tiers": [_TIER],
            "most_active": [_ACTIVE],
            "streaks": [_STREAK],
            "quests": _FUNNEL,
            "weeks": [_WEEK],
            "totals": _TOTALS,
        }
    )

    today: date = Field(description="In the community's zone.")
    points_today: int
    days: list[DayAnswer] = Field(description="Of thirty days, by day and type; a type that gave nothing on a day is left out.")
    tiers: list[TierCount]
    most_active: list[ActiveAnswer] = Field(description="Of the last seven days, at most ten.")
    streaks: list[StreakAnswer] = Field(description="Of the streaks that go on.")
    quests: FunnelAnswer
    weeks: list[WeekAnswer] = Field(description="Twelve, this one last.")
    totals: TotalsAnswer


def days_answer(days: Iterable[PointsDay]) -> list[DayAnswer]:
    """The answer for the sums of days; freezes are told by the week."""
    return [
        DayAnswer(day=row.day, activity_type=row.activity_type, awards=row.awards, points=row.points, taken_back=row.taken)
        for row in days
        if row.activity_type != FREEZES_SOLD
    ]


def tiers_answer(tiers: Sequence[tuple[Tier, int]]) -> list[TierCount]:
    """The answer for tiers with their members."""
    return [TierCount(key=tier.key, title=tier.title, at=tier.at, members=members) for tier, members in tiers]


def active_answer(found: Iterable[ActiveMember]) -> list[ActiveAnswer]:
    """The answer for the most active."""
    return [
        ActiveAnswer(member=one.id, student_id=one.student_id, display_name=one.display_name, activities=one.activities, points=one.points)
        for one in found
    ]


def streaks_answer(classes: Iterable[StreakClass]) -> list[StreakAnswer]:
    """The answer for the lengths of streaks."""
    return [StreakAnswer(least_days=one.least, most_days=one.most, members=one.members) for one in classes]


def funnel_answer(funnel: Funnel) -> FunnelAnswer:
    """The answer for quests."""
    return FunnelAnswer(begun=funnel.begun, in_progress=funnel.in_progress, completed=funnel.completed, expired=funnel.expired)


def weeks_answer(weeks: Iterable[Week]) -> list[WeekAnswer]:
    """The answer for weeks."""
    return [
        WeekAnswer(
            week=one.week,
            monday=one.monday,
            given=one.given,
            taken_back=one.taken_back,
            decayed=one.decayed,
            freezes_bought=one.freezes,
            spent=one.spent,
        )
        for one in weeks
    ]


def totals_answer(totals: Totals) -> TotalsAnswer:
    """The answer for all points ever."""
    return TotalsAnswer(issued=totals.issued, taken_back=totals.taken_back, decayed=totals.decayed, held=totals.held)
