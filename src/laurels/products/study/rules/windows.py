"""The windows that tokens are counted in: a day, a week from Monday, a month, each by the class's midnights."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of, day_start, month_end, month_of, month_start, next_day_start, next_week_start, week_of


class Period(StrEnum):
    """How long a limit of tokens counts."""

    DAY = "day"  # resets at midnight
    WEEK = "week"  # resets on Monday at midnight
    MONTH = "month"  # resets on the first at midnight


@dataclass(frozen=True, slots=True)
class Window:
    """A period as it runs at an instant.

    Attributes:
        name: `2026-11-20`, `2026-W47` or `2026-11`.
        resets_at: when the next one begins, in UTC.
        last_reset: when it began itself.
    """

    period: Period
    name: str
    resets_at: datetime
    last_reset: datetime


def windows_at(at: datetime, zone: ZoneInfo) -> tuple[Window, Window, Window]:
    """The day, the week and the month that an instant falls in, by a zone's midnights."""
    day, month = day_of(at, zone), month_of(at, zone)
    monday = day - timedelta(days=day.weekday())
    return (
        Window(Period.DAY, day.isoformat(), next_day_start(at, zone), day_start(day, zone)),
        Window(Period.WEEK, week_of(at, zone), next_week_start(at, zone), day_start(monday, zone)),
        Window(Period.MONTH, month, month_end(month, zone), month_start(month, zone)),
    )
