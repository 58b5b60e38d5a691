"""Calendar windows in a zone: their names, their starts, and months added to days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.core.windows import add_months, day_start, next_day_start, next_week_start, week_of, year_of

KOLKATA = ZoneInfo("Asia/Kolkata")
HAVANA = ZoneInfo("America/Havana")
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("at", "week", "year"),
    [
        ("2026-11-20T12:00", "2026-W47", "2026"),
        ("2026-12-31T18:29:59", "2026-W53", "2026"),
        ("2026-12-31T18:30", "2026-W53", "2027"),  # 1 January there, a Friday
        ("2027-01-03T18:30", "2027-W01", "2027"),  # Monday there
        ("2024-12-29T18:30", "2025-W01", "2024"),  # Monday, 30 December
    ],
)
def test_weeks_and_years_go_by_the_local_date(at: str, week: str, year: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert (week_of(instant, KOLKATA), year_of(instant, KOLKATA)) == (week, year)


@pytest.mark.parametrize(
    ("day", "zone", "starts"),
    [
        (date(2026, 11, 20), KOLKATA, "2026-11-19T18:30"),
        (date(2027, 3, 28), LONDON, "2027-03-28T00:00"),
        (date(2027, 3, 29), LONDON, "2027-03-28T23:00"),
        (date(2027, 3, 14), HAVANA, "2027-03-14T05:00"),  # clocks go from 00:00 to 01:00
        (date(2027, 11, 7), HAVANA, "2027-11-07T04:00"),  # 00:00 comes twice: the first
    ],
)
def test_day_starts_with_its_first_instant(day: date, zone: ZoneInfo, starts: str) -> None:
    first = datetime.fromisoformat(starts).replace(tzinfo=UTC)
    assert day_start(day, zone) == first
    assert first.astimezone(zone).date() == day
    assert (first - timedelta(microseconds=1)).astimezone(zone).date() == day - timedelta(days=1)
    assert next_day_start(first - timedelta(microseconds=1), zone) == first


@pytest.mark.parametrize(
    ("day", "months", "reached"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 1, 31), 3, date(2027, 4, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 3, 31), 0, date(2027, 3, 31)),
    ],
)
def test_months_are_added_to_days(day: date, months: int, reached: date) -> None:
    assert add_months(day, months) == reached


@given(st.dates(date(1970, 1, 1), date(2900, 1, 1)), st.integers(0, 120))
def test_months_added_are_those_counted_one_by_one(day: date, months: int) -> None:
    """Against a walk over the calendar that knows no month's length."""
    walked = day.replace(day=1)
    for _ in range(months):
        walked = (walked + timedelta(days=31)).replace(day=1)
    same_month = [walked + timedelta(days=number) for number in range(day.day)]
    assert add_months(day, months) == max(one for one in same_month if one.month == walked.month)


@pytest.mark.parametrize(
    ("at", "starts"),
    [
        ("2026-11-20T12:00", "2026-11-22T18:30"),
        ("2026-11-22T18:29", "2026-11-22T18:30"),  # the last minute of Sunday in Kolkata
        ("2026-11-22T18:30", "2026-11-29T18:30"),  # Monday has begun
    ],
)
def test_the_next_week_begins_on_monday_at_local_midnight(at: str, starts: str) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert next_week_start(instant, KOLKATA) == datetime.fromisoformat(starts).replace(tzinfo=UTC)
