"""The windows that tokens are counted in: a day, a week from Monday, a month, each by the class's midnights."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from laurels.core.windows import day_of, month_end, month_of, next_day_start, next_week_start, week_of


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
    """

    period: Period
    name: str
    resets_at: datetime


def windows_at(at: datetime, zone: ZoneInfo) -> tuple[Window, Window, Window]:
    """The day, the week and the month that an instant falls in, by a zone's midnights."""
    return (
        Window(Period.DAY, day_of(at, zone).isoformat(), next_day_start(at, zone)),
        Window(Period.WEEK, week_of(at, zone), next_week_start(at, zone)),
        Window(Period.MONTH, month_of(at, zone), month_end(month_of(at, zone), zone)),
    )
