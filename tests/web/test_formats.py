"""Numbers, money and times as each viewer reads them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from laurels.web.formats import Formats, initials, nice_ceiling

NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def _formats(language: str = "en", zone: str = "UTC") -> Formats:
    return Formats(language=language, zone=ZoneInfo(zone), now=NOW)


def test_numbers_and_money_follow_the_language() -> None:
    assert _formats().number(12345) == "12,345"
    assert _formats("es").number(12345) == "12.345"
    assert _formats().money(Decimal("50"), "INR") == "₹50.00"


def test_small_costs_are_told_to_the_millionth() -> None:
    english = _formats()
    assert [english.micros(value, "USD") for value in (0, 507, 500_000, 999_999)] == ["$0.00", "$0.000507", "$0.50", "$0.999999"]
    assert [english.micros(value, "USD") for value in (1_000_000, 1_234_567_890)] == ["$1.00", "$1,234.57"]
    assert _formats("es").micros(507, "EUR") == "0,000507\xa0€"


def test_time_is_told_in_the_viewer_s_zone_and_exactly_for_machines() -> None:
    shown = _formats(zone="Asia/Kolkata").time(NOW)
    assert shown.startswith('<time datetime="2026-11-20T23:30:00+00:00">')
    assert "Nov 21, 2026" in shown and "5:00" in shown


def test_day_is_the_viewer_s() -> None:
    assert "Nov 21, 2026" in _formats(zone="Asia/Kolkata").day(NOW)
    assert "Nov 20, 2026" in _formats().day(NOW)


def test_age_while_it_is_recent_then_the_date() -> None:
    assert "5 min. ago" in _formats().ago(NOW - timedelta(minutes=5))
    assert " data-ago" in _formats().ago(NOW)
    old = _formats().ago(NOW - timedelta(days=31))
    assert "Oct 20, 2026" in old and "data-ago" not in old


def test_age_of_what_lies_ahead_is_none() -> None:
    assert "ago" in _formats().ago(NOW + timedelta(seconds=30))


def test_month_is_named() -> None:
    assert _formats().month("2026-11") == "November 2026"
    assert _formats("es").month("2026-11") == "noviembre 2026"


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Reyes", "AR"), ("ada", "A"), ("Juan de la Cruz", "JC"), ("", "?"), ("·", "?"), ("李 雷", "李雷")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(("value", "top"), [(0, 4), (4, 4), (5, 10), (11, 20), (102, 200), (500, 500), (501, 1000)])
def test_axis_ends_at_a_round_number(value: int, top: int) -> None:
    assert nice_ceiling(value) == top


def test_weekday_is_named_in_the_language() -> None:
    assert [_formats(language).weekday(date(2026, 11, 16)) for language in ("en", "es")] == ["Monday", "lunes"]


def test_time_of_day_alone() -> None:
    assert "11:30" in _formats().clock(NOW)
