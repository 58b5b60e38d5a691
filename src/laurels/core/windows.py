"""Calendar windows in a named zone: what resets, limits and grants are counted in.

A window is named by its first day (`2026-11`, `2026-W47`, `2026-11-20`), so
that names of one kind sort in time. Starts are local midnights, found through
zoneinfo, so that days of 23 and 25 hours are right.
"""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NewType
from zoneinfo import ZoneInfo

Month = NewType("Month", str)
"""`2026-11`: a calendar month in some zone."""

MONTH_PATTERN = r"(19[7-9][0-9]|2[0-9]{3})-(0[1-9]|1[0-2])"
"""The months that may be asked for: up to 2999, because the end of 9999's last one is no date."""

MAX_MONTHS = 2_400
"""The longest run of months that is rolled at one touch: two hundred years."""


def month_of(at: datetime, zone: ZoneInfo) -> Month:
    """The month that an instant falls in."""
    local = at.astimezone(zone)
    return Month(f"{local.year:04d}-{local.month:02d}")


@lru_cache(maxsize=4096)
def month_start(month: Month, zone: ZoneInfo) -> datetime:
    """The instant at which a month begins, in UTC."""
    return day_start(date(int(month[:4]), int(month[5:]), 1), zone)


@lru_cache(maxsize=4096)
def next_month(month: Month) -> Month:
    """The month after."""
    year, number = int(month[:4]), int(month[5:])
    return Month(f"{year + number // 12:04d}-{number % 12 + 1:02d}")


def previous_month(month: Month) -> Month:
    """The month before."""
    year, number = int(month[:4]), int(month[5:])
    return Month(f"{year:04d}-{number - 1:02d}" if number > 1 else f"{year - 1:04d}-12")


def last_months(current: Month, number: int) -> list[Month]:
    """So many months up to the current one, oldest first."""
    months = [current]
    while len(months) < number:
        months.append(previous_month(months[-1]))
    return months[::-1]


def month_end(month: Month, zone: ZoneInfo) -> datetime:
    """The instant at which a month is over: the start of the next, in UTC."""
    return month_start(next_month(month), zone)


def months_after(last: Month | None, current: Month) -> Iterator[Month]:
    """The months to open, oldest first: those after `last` up to `current`.

    A purse never touched (`last` is None) opens the current month only; one
    already turned further opens none.

    Raises:
        ValueError: more than `MAX_MONTHS` lie between.
    """
    month = current if last is None else next_month(last)
    for _ in range(MAX_MONTHS):
        if month > current:
            return
        yield month
        month = next_month(month)
    raise ValueError(f"more than {MAX_MONTHS} months between {last} and {current}")


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The local date of an instant."""
    return at.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The local midnight that begins a day, in UTC; where clocks skip it, the instant at which they do."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def next_day_start(at: datetime, zone: ZoneInfo) -> datetime:
    """The next local midnight after an instant, in UTC."""
    return day_start(day_of(at, zone) + timedelta(days=1), zone)


def week_of(at: datetime, zone: ZoneInfo) -> str:
    """The week (ISO 8601, from Monday) that an instant falls in: `2026-W47`. 1 January 2027 is in `2026-W53`."""
    year, week, _ = day_of(at, zone).isocalendar()
    return f"{year:04d}-W{week:02d}"


def next_week_start(at: datetime, zone: ZoneInfo) -> datetime:
    """The local midnight that begins the next Monday after an instant, in UTC."""
    day = day_of(at, zone)
    return day_start(day + timedelta(days=7 - day.weekday()), zone)


def year_of(at: datetime, zone: ZoneInfo) -> str:
    """The calendar year that an instant falls in: `2026`."""
    return f"{day_of(at, zone).year:04d}"


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the month's last where it has no such day: 31 January and 1 is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
