"""When points become usable, when they expire, and which window a cap counts in: by local dates, never by hours.

Wall times that clocks skip are read as if clocks hadn't changed yet, so they
fall as far behind the change as they would lie inside it (01:30 becomes 02:30);
of a wall time that comes twice, the first is meant.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from laurels.core.windows import add_months, day_of, day_start, month_of, week_of, year_of
from laurels.products.loyalty.rules.terms import CalendarEndExpiry, CapWindow, InactivityExpiry, MonthsExpiry, Terms

_PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}

_WINDOWS: dict[CapWindow, Callable[[datetime, ZoneInfo], str]] = {
    "day": lambda at, zone: day_of(at, zone).isoformat(),
    "week": week_of,
    "month": month_of,
    "year": year_of,
    "ever": lambda at, zone: "",
}


def usable_from(terms: Terms, at: datetime, zone: ZoneInfo) -> datetime:
    """When points earned at an instant can be used, in UTC: so many local days on, at the same wall time."""
    if not terms.pending_days:
        return at.astimezone(UTC)
    local = at.astimezone(zone)
    first_time = local.time().replace(fold=0)
    return datetime.combine(local.date() + timedelta(days=terms.pending_days), first_time, zone).astimezone(UTC)


def expires_at(terms: Terms, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When points earned at an instant expire, in UTC: the local midnight after their last day. None: they don't by themselves.

    Their life counts from the day they are earned. Where they would be over
    before they can be used, it counts from the day they can: so every lot can
    be used for a while.
    """
    usable = usable_from(terms, at, zone)
    ends = _end_of_life(terms, day_of(at, zone), zone)
    if ends is None or ends > usable:
        return ends
    return _end_of_life(terms, day_of(usable, zone), zone)


def inactive_from(terms: Terms, last_activity: datetime, zone: ZoneInfo) -> datetime | None:
    """When all points of a member expire who does nothing more, in UTC. None: the terms know no inactivity."""
    if not isinstance(terms.expiry, InactivityExpiry):
        return None
    return _after(add_months(day_of(last_activity, zone), terms.expiry.months), zone)


def cap_window(window: CapWindow, at: datetime, zone: ZoneInfo) -> str:
    """The name of the window that an instant falls in: `2026-11-20`, `2026-W47`, `2026-11`, `2026`; empty for ever."""
    return _WINDOWS[window](at, zone)


def _end_of_life(terms: Terms, first: date, zone: ZoneInfo) -> datetime | None:
    match terms.expiry:
        case MonthsExpiry(months=months):
            return _after(add_months(first, months), zone)
        case CalendarEndExpiry(period=period, periods=periods):
            length = _PERIOD_MONTHS[period]
            begins = first.replace(month=(first.month - 1) // length * length + 1, day=1)
            return day_start(add_months(begins, (periods + 1) * length), zone)
        case _:
            return None


def _after(day: date, zone: ZoneInfo) -> datetime:
    return day_start(day + timedelta(days=1), zone)
