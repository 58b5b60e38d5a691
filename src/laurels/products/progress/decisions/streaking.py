"""A member's active days: marking one, taking one back, and what streak follows."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from laurels.ledger import Draft
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.rules.days import Days
from laurels.products.progress.rules.document import Freezes
from laurels.products.progress.rules.streaks import Streak, advance, replay
from laurels.products.progress.rules.zones import Zones
from laurels.products.progress.tables import Awardee, StreakRow

PAID_LATE_DAYS = 31
"""A day that is marked so long after it pays no streak bonus."""


def read_days(text: str) -> list[date]:
    """The days of a row's list: those on which freezes were bought, or whose bonus is yet to be paid."""
    return [date.fromordinal(number) for number in orjson.loads(text)]


def write_days(days: Iterable[date]) -> str:
    """As a row keeps them: the first first; one on which two freezes were bought stands there twice."""
    return orjson.dumps(sorted(day.toordinal() for day in days)).decode()


def days_of(row: StreakRow) -> Days:
    """A member's active days."""
    return Days.read(row.first_day, row.days)


def streak_of(row: StreakRow) -> Streak:
    """What follows from them, as it was kept."""
    return Streak(row.current_days, row.longest_days, row.freezes, row.last_day)


def replayed(row: StreakRow, days: Days, policy: Freezes) -> Streak:
    """What follows from active days: the same in whatever order they were marked."""
    return replay(days, bought=read_days(row.bought), excused=Zones.read(row.zones).excused(), policy=policy)


def zones_of(draft: Draft, awardee: Awardee) -> Zones:
    """The zones that a member's days go by; one that they chose since their last activity counts from the next one on."""
    row = draft.find(StreakRow, awardee.id)
    return Zones.read(row.zones) if row else Zones.of(awardee.time_zone)


def mark_day(draft: Draft, basis: Basis, awardee: Awardee, occurred_at: datetime, *, pays_bonus: bool) -> tuple[date, StreakRow]:
    """Count an instant's local day as active; gives the day, and the streak as it then is.

    A day counts once; one that comes late is sorted in, and all is replayed.

    Args:
        pays_bonus: whether the day's bonus may be paid once it is over: no record of the past has one.
    """
    row = draft.find(StreakRow, awardee.id)
    zones = zones_of(draft, awardee)
    day = zones.day_of(occurred_at)
    row = row or begin_streak(draft, awardee.id, day, zones)
    # A record of the past tells nothing of when a zone was chosen: the next activity of today does.
    if pays_bonus and zones.last != awardee.time_zone:
        zones = zones.changed(draft.at, awardee.time_zone)
        row = draft.change(row, zones=zones.written())
    days = days_of(row)
    if day in days:
        return day, row
    marked = days.marked(day)
    policy = basis.rules.freezes
    fresh = bool(days) and day > row.last_day
    known: dict[str, Any] = {"bought": read_days(row.bought), "excused": zones.excused(), "policy": policy}
    streak = advance(streak_of(row), day, **known) if fresh else replay(marked, **known)
    return day, change_streak(draft, row, marked, streak, **_bonus(row, day, draft.at, pays_bonus=pays_bonus))


def change_streak(draft: Draft, row: StreakRow, days: Days, streak: Streak, **changes: Any) -> StreakRow:
    """Write active days and what follows from them."""
    return draft.change(
        row,
        first_day=days.first,
        days=days.written(),
        current_days=streak.current,
        longest_days=streak.longest,
        freezes=streak.freezes,
        last_day=streak.last_day,
        **changes,
    )


def begin_streak(draft: Draft, member: UUID, day: date, zones: Zones) -> StreakRow:
    """A row with no active day in it yet, recorded."""
    row = StreakRow(member, day, "0", "[]", 0, 0, 0, day, None, "[]", zones.written())
    draft.record(row)
    return row


def unpaid(days: Iterable[date]) -> dict[str, Any]:
    """The columns that tell of which days the bonus is yet to be paid."""
    listed = sorted(set(days))
    return {"unpaid": write_days(listed), "bonus_due": listed[0] if listed else None}


def _bonus(row: StreakRow, day: date, at: datetime, *, pays_bonus: bool) -> dict[str, Any]:
    """What a newly marked day changes of the bonuses that are due."""
    if not pays_bonus or day < at.date() - timedelta(days=PAID_LATE_DAYS):
        return {}
    return unpaid([*read_days(row.unpaid), day])
