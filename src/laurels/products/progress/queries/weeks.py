"""A member's points week by week, as the boards of the weeks count them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from laurels.core.windows import day_start, week_of
from laurels.ledger.reader import balances
from laurels.products.progress.accounts import standing
from laurels.products.progress.rules import week_dates


@dataclass(frozen=True, slots=True)
class WeekPoints:
    """A week such as `2026-W47`, in the community's zone, and the points of what was done in it."""

    week: str
    points: int

    @property
    def number(self) -> int:
        """The week of the year: 1 to 53."""
        return int(self.week[-2:])


def read_weeks(connection: Connection, member_id: UUID, zone: ZoneInfo, *, at: datetime, number: int) -> list[WeekPoints]:
    """The points of so many weeks, this one last; the earliest first."""
    monday, _ = week_dates(week_of(at, zone))
    weeks = [week_of(day_start(monday - timedelta(weeks=ago), zone), zone) for ago in reversed(range(number))]
    accounts = [standing(member_id, week) for week in weeks]
    held = balances(connection, accounts)
    return [WeekPoints(week, held[account]) for week, account in zip(weeks, accounts, strict=True)]
