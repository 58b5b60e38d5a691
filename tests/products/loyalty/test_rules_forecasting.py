"""A forecast by month: what becomes active, what expires, what is left."""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from laurels.core.windows import Month
from laurels.products.loyalty.rules import ForecastMonth, forecast
from products.loyalty.terms_paper import LONDON, NOON


class Lot(NamedTuple):
    usable_from: datetime
    expires_at: datetime | None
    left: int


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def months(
    *lots: Lot, number: int = 3, zone: ZoneInfo = LONDON, inactive_from: datetime | None = None
) -> list[tuple[str, int, int, int, int]]:
    made = forecast(lots, now=NOON, zone=zone, months=number, inactive_from=inactive_from)
    return [(month.month, month.activating, month.expiring, month.active, month.pending) for month in made]


def test_points_become_active_and_expire_in_their_months() -> None:
    lots = [
        Lot(day("2026-01-01"), None, 100),
        Lot(day("2026-01-01"), day("2027-01-01"), 30),  # good through December
        Lot(day("2026-12-04"), day("2027-01-15"), 7),
        Lot(day("2027-09-01"), None, 1_000),
    ]
    assert months(*lots) == [("2026-11", 0, 0, 130, 1_007), ("2026-12", 7, 30, 107, 1_000), ("2027-01", 0, 7, 100, 1_000)]


def test_what_is_expired_by_now_counts_for_nothing_and_what_is_usable_now_is_active() -> None:
    assert months(Lot(day("2026-01-01"), NOON, 5), Lot(NOON, None, 3), number=1) == [("2026-11", 0, 0, 3, 0)]


def test_inactivity_ends_all_that_is_left_even_what_is_pending() -> None:
    lots = [Lot(day("2026-01-01"), None, 10), Lot(day("2026-12-31"), None, 4), Lot(day("2026-01-01"), day("2026-12-01"), 2)]
    assert months(*lots, number=2, inactive_from=day("2026-12-11")) == [("2026-11", 0, 2, 10, 4), ("2026-12", 0, 14, 0, 0)]


def test_points_that_end_when_they_would_become_usable_never_do() -> None:
    assert months(Lot(day("2026-12-11"), None, 4), number=2, inactive_from=day("2026-12-11")) == [
        ("2026-11", 0, 0, 0, 4),
        ("2026-12", 0, 4, 0, 0),
    ]


def test_months_are_those_of_the_programs_zone() -> None:
    late = Lot(day("2026-01-01"), datetime(2026, 11, 30, 18, 31, tzinfo=UTC), 5)
    assert [month[2] for month in months(late, number=2)] == [5, 0]
    assert [month[2] for month in months(late, number=2, zone=ZoneInfo("Asia/Kolkata"))] == [0, 5]


def test_nothing_gives_months_of_nothing() -> None:
    assert forecast([], now=NOON, zone=LONDON, months=1) == (ForecastMonth(Month("2026-11"), 0, 0, 0, 0),)


@pytest.mark.parametrize("number", [0, 121])
def test_forecast_has_a_length(number: int) -> None:
    with pytest.raises(ValueError, match="1 to 120 months"):
        forecast([], now=NOON, zone=LONDON, months=number)
