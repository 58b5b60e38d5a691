"""What becomes of a member's points, month by month, if nothing more is earned or spent."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from laurels.core.windows import Month, month_of, next_month

MAX_FORECAST_MONTHS = 120
"""Longest forecast."""

_AN_INSTANT = timedelta(microseconds=1)


class Parcel(Protocol):
    """Points that share their times: a lot as the ledger keeps it, or several of them summed."""

    @property
    def usable_from(self) -> datetime:
        """When they become usable."""
        ...

    @property
    def expires_at(self) -> datetime | None:
        """When they expire, if they do by themselves."""
        ...

    @property
    def left(self) -> int:
        """How many are left."""
        ...


@dataclass(frozen=True, slots=True)
class ForecastMonth:
    """One month of a forecast, in points.

    Attributes:
        activating: pending ones that become usable in it.
        expiring: those whose last day lies in it. What expires at a month's first midnight was good through the month before.
        active: usable ones at its end.
        pending: those at its end that aren't usable yet.
    """

    month: Month
    activating: int
    expiring: int
    active: int
    pending: int


def forecast(
    parcels: Iterable[Parcel], *, now: datetime, zone: ZoneInfo, months: int, inactive_from: datetime | None = None
) -> tuple[ForecastMonth, ...]:
    """This month, from now on, and the next ones: `months` of them, 1 to `MAX_FORECAST_MONTHS`, in the program's zone.

    Args:
        parcels: points that are left; those expired by now count for nothing.
        inactive_from: when all expire where terms know inactivity.

    Raises:
        ValueError: fewer or more months.
    """
    if not 1 <= months <= MAX_FORECAST_MONTHS:
        raise ValueError(f"a forecast is of 1 to {MAX_FORECAST_MONTHS} months, not {months}")
    flow, active, pending = _Flow(), 0, 0
    for parcel in parcels:
        ends = _earlier(parcel.expires_at, inactive_from)
        if ends is not None and ends <= now:
            continue
        is_active = parcel.usable_from <= now
        active, pending = (active + parcel.left, pending) if is_active else (active, pending + parcel.left)
        flow.add(parcel, is_active, ends, zone)
    month, forecasts = month_of(now, zone), list[ForecastMonth]()
    while len(forecasts) < months:
        active += flow.activating[month] - flow.expiring[month]
        pending -= flow.activating[month] + flow.never_active[month]
        expiring = flow.expiring[month] + flow.never_active[month]
        forecasts.append(ForecastMonth(month, flow.activating[month], expiring, active, pending))
        month = next_month(month)
    return tuple(forecasts)


class _Flow:
    """Points by the month in which they become usable, or expire out of the usable or out of the pending ones."""

    def __init__(self) -> None:
        self.activating: Counter[Month] = Counter()
        self.expiring: Counter[Month] = Counter()
        self.never_active: Counter[Month] = Counter()

    def add(self, parcel: Parcel, is_active: bool, ends: datetime | None, zone: ZoneInfo) -> None:
        activates = not is_active and (ends is None or parcel.usable_from < ends)
        if activates:
            self.activating[month_of(parcel.usable_from, zone)] += parcel.left
        if ends is not None:
            end_of = self.expiring if is_active or activates else self.never_active
            end_of[month_of(ends - _AN_INSTANT, zone)] += parcel.left


def _earlier(first: datetime | None, second: datetime | None) -> datetime | None:
    return min((at for at in (first, second) if at is not None), default=None)
