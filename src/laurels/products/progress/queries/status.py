"""Where a member stands, and what is next."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.instants import EARLIEST
from laurels.identity.queries import get_member
from laurels.ledger.reader import balances
from laurels.products.progress.accounts import points
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.counting import new_progress
from laurels.products.progress.queries.activities import list_activities
from laurels.products.progress.queries.streaks import SeenStreak, read_streak
from laurels.products.progress.rules import Rules, Tier, level_at, level_of, points_to_next_level, points_to_next_tier, tier_index
from laurels.products.progress.tables import MemberProgress, PointActivity, member_progress

LAST_ACTIVITIES = 20
"""Activities that a status shows."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a total of points makes a member, and how far the next is.

    Attributes:
        tier_index: its place: 0 is the lowest.
        next_tier: None at the top, as is `points_to_next_tier`.
        level_at: points from which they have their level; `next_level_at`: from which the next.
    """

    total_points: int
    tier: Tier
    tier_index: int
    next_tier: Tier | None
    points_to_next_tier: int | None
    level: int
    level_at: int
    next_level_at: int
    points_to_next_level: int


def reached(rules: Rules, total: int) -> Reached:
    """What the rules make of a total of points."""
    place, level = tier_index(rules, total), level_of(rules, total)
    return Reached(
        total_points=total,
        tier=rules.tiers[place],
        tier_index=place,
        next_tier=rules.tiers[place + 1] if place + 1 < len(rules.tiers) else None,
        points_to_next_tier=points_to_next_tier(rules, total),
        level=level,
        level_at=level_at(rules, level),
        next_level_at=level_at(rules, level + 1),
        points_to_next_level=points_to_next_level(rules, total),
    )


@dataclass(frozen=True, slots=True)
class Named:
    """Whose status it is."""

    id: UUID
    username: str | None
    student_id: str | None
    display_name: str


@dataclass(frozen=True, slots=True)
class Status:
    """Where a member stands.

    Attributes:
        streak: as it is seen on the local day of the time asked for.
        badges: slugs of those that they have.
        decay_from: when their points begin to decay, as announced; None: they don't.
        activities: the last, what was done last first; reversed ones too.
    """

    member: Named
    reached: Reached
    streak: SeenStreak
    lifetime_quizzes: int
    lifetime_projects: int
    lifetime_comments: int
    quests_completed: int
    goals_completed: int
    badges: tuple[str, ...]
    is_anonymous: bool
    last_active_at: datetime | None
    decay_from: datetime | None
    activities: list[PointActivity]


def read_named(connection: Connection, member_id: UUID) -> Named:
    """A member's names.

    Raises:
        Missing: there is no such member.
    """
    found = get_member(connection, member_id)
    return Named(found.id, found.username, found.student_id, found.display_name)


def read_total(connection: Connection, member_id: UUID) -> int:
    """A member's points."""
    purse = points(member_id)
    return balances(connection, [purse])[purse]


def read_progress(connection: Connection, member_id: UUID) -> MemberProgress:
    """What is kept of a member beside their points; of somebody who has done nothing yet, what it begins as."""
    row = connection.execute(select(member_progress).where(member_progress.c.member == member_id)).one_or_none()
    return new_progress(member_id, EARLIEST) if row is None else MemberProgress(*row)


def read_status(connection: Connection, basis: Basis, member_id: UUID, *, at: datetime, activities: int = LAST_ACTIVITIES) -> Status:
    """Where a member stands at an instant; somebody who has done nothing yet stands at the beginning.

    Args:
        activities: how many of the last to give.

    Raises:
        Missing: there is no such member.
    """
    kept = read_progress(connection, member_id)
    return Status(
        member=read_named(connection, member_id),
        reached=reached(basis.rules, read_total(connection, member_id)),
        streak=read_streak(connection, member_id, at=at),
        lifetime_quizzes=kept.lifetime_quizzes,
        lifetime_projects=kept.lifetime_projects,
        lifetime_comments=kept.lifetime_comments,
        quests_completed=kept.quests_completed,
        goals_completed=kept.goals_completed,
        badges=tuple(kept.badges.split()),
        is_anonymous=kept.is_anonymous,
        last_active_at=kept.last_active_at,
        decay_from=kept.decay_from,
        activities=list_activities(connection, member_id, limit=activities),
    )
