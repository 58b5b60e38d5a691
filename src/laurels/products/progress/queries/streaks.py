"""A member's streak as it is seen today."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.products.progress.decisions.streaking import days_of, read_days, streak_of
from laurels.products.progress.queries.freezes import freezes_in_hand
from laurels.products.progress.rules import Zones, seen_on
from laurels.products.progress.tables import StreakRow, streak


@dataclass(frozen=True, slots=True)
class SeenStreak:
    """A streak as seen on a day that isn't over.

    Attributes:
        current_days: active days of the streak that goes on; 0 where none does.
        longest_days: of the longest there was.
        freezes: in hand.
        last_day: the last active day; None where there was none.
    """

    current_days: int = 0
    longest_days: int = 0
    freezes: int = 0
    last_day: date | None = None


def find_streak_row(connection: Connection, member_id: UUID) -> StreakRow | None:
    """What is kept of a member's active days; None where they have none and bought no freeze."""
    row = connection.execute(select(streak).where(streak.c.member == member_id)).one_or_none()
    return None if row is None else StreakRow(*row)


def read_streak(connection: Connection, member_id: UUID, *, at: datetime) -> SeenStreak:
    """A member's streak as seen on the local day of an instant."""
    row = find_streak_row(connection, member_id)
    if row is None:
        return SeenStreak()
    zones = Zones.read(row.zones)
    return SeenStreak(
        current_days=seen_on(streak_of(row), zones.day_of(at), bought=read_days(row.bought), excused=zones.excused()),
        longest_days=row.longest_days,
        freezes=freezes_in_hand(row, at),
        last_day=row.last_day if row.longest_days else None,
    )


@dataclass(frozen=True, slots=True)
class SeenDay:
    """A local day, and whether the member was active on it; `is_ahead`: it hasn't begun."""

    day: date
    is_active: bool
    is_today: bool
    is_ahead: bool


def read_week_days(connection: Connection, member_id: UUID, zone: str, *, at: datetime) -> list[SeenDay]:
    """The local days of this week, from Monday.

    Args:
        zone: the member's, where no day of theirs tells one.
    """
    row = find_streak_row(connection, member_id)
    today = (Zones.read(row.zones) if row else Zones.of(zone)).day_of(at)
    active = days_of(row) if row else ()
    week = [today + timedelta(days=number - today.weekday()) for number in range(7)]
    return [SeenDay(day, day in active, day == today, day > today) for day in week]
