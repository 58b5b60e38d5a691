"""What members may see of each other's progress."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.errors import Missing
from laurels.identity.queries import get_member
from laurels.identity.tables import Member
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.queries.badges import list_badges
from laurels.products.progress.queries.status import Reached, reached, read_total
from laurels.products.progress.queries.streaks import SeenStreak, read_streak
from laurels.products.progress.queries.whose import get_member_named
from laurels.products.progress.rules import Badge
from laurels.products.progress.tables import member_progress, season, season_standing

SEASONS_SHOWN = 12
"""Most seasons of a profile, the latest first."""


@dataclass(frozen=True, slots=True)
class HeldBadge:
    """A badge that a member has."""

    badge: Badge
    earned_at: datetime


@dataclass(frozen=True, slots=True)
class SeasonPlace:
    """Where a member stood when a season was archived."""

    season: UUID
    title: str
    rank: int
    points: int


@dataclass(frozen=True, slots=True)
class Profile:
    """A member's progress as others see it.

    Attributes:
        badges: the latest first.
        seasons: archived ones, the latest first.
    """

    member_id: UUID
    display_name: str
    reached: Reached
    streak: SeenStreak
    badges: list[HeldBadge]
    seasons: list[SeasonPlace]
    is_anonymous: bool


def find_shown_member(connection: Connection, name: str, *, viewer: UUID) -> Member:
    """The member whose profile somebody asks for, by student id or id.

    Raises:
        Missing: there is none, they aren't active, or they hide who they are and somebody else asks: nobody can tell which.
    """
    found = get_member(connection, get_member_named(connection, name))
    if found.status != "active" or (found.id != viewer and is_anonymous(connection, found.id)):
        raise Missing(what="member")
    return found


def is_anonymous(connection: Connection, member_id: UUID) -> bool:
    """Whether a member hides their name on boards."""
    wanted = select(member_progress.c.is_anonymous).where(member_progress.c.member == member_id)
    return bool(connection.execute(wanted).scalar_one_or_none())


def read_profile(connection: Connection, basis: Basis, who: Member, *, at: datetime) -> Profile:
    """A member's progress: for themselves, or for whoever may see it (`find_shown_member`)."""
    return Profile(
        member_id=who.id,
        display_name=who.display_name,
        reached=reached(basis.rules, read_total(connection, who.id)),
        streak=read_streak(connection, who.id, at=at),
        badges=list_held_badges(connection, basis, who.id),
        seasons=_seasons(connection, who.id),
        is_anonymous=is_anonymous(connection, who.id),
    )


def list_held_badges(connection: Connection, basis: Basis, member_id: UUID) -> list[HeldBadge]:
    """The badges that a member has, the latest first; also those that are no longer given."""
    held = [HeldBadge(one.badge, one.earned_at) for one in list_badges(connection, basis, member_id) if one.earned_at is not None]
    return sorted(held, key=lambda one: one.earned_at, reverse=True)


def _seasons(connection: Connection, member_id: UUID) -> list[SeasonPlace]:
    kept = season_standing.c
    wanted = select(kept.season, season.c.title, kept.rank, kept.points).join(season, season.c.id == kept.season)
    # Of a season that is being archived, some standings may be written already.
    archived = wanted.where(kept.member == member_id, season.c.archived_at.is_not(None))
    archived = archived.order_by(season.c.ends_at.desc(), kept.season).limit(SEASONS_SHOWN)
    return [SeasonPlace(*row) for row in connection.execute(archived)]
