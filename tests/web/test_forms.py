"""Typed values are read plainly; what is wrong counts as none."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from laurels.web.forms import ALL_DAYS, DaySpan, date_of, text_of, uuid_of, whole_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1", 1),
        ("100", 100),
        ("0", None),
        ("101", None),
        ("-1", None),
        ("1.5", None),
        ("1e2", None),
        ("٣", None),
        ("", None),
        ("9" * 13, None),
    ],
)
def test_whole_number_is_within_its_bounds(typed: str, number: int | None) -> None:
    assert whole_number(typed, least=1, most=100) == number


def test_negative_number_counts_where_it_may() -> None:
    assert whole_number("-5", least=-5, most=5) == -5
    assert whole_number("-6", least=-5, most=5) is None


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-29", None),
        ("20261120", None),
        ("2026-11-2", None),
        ("0001-01-01", None),
        ("9999-12-31", None),
        ("", None),
    ],
)
def test_day_is_one_of_the_calendar(typed: str, day: date | None) -> None:
    assert date_of(typed) == day


def test_text_is_cut_and_cleaned() -> None:
    assert text_of({"a": "ab\0cdef"}, "a", 4) == "abcd"
    assert text_of({"a": object()}, "a", 4) == text_of({}, "a", 4) == ""


def test_id_is_an_id_or_none() -> None:
    assert str(uuid_of("01a1f890-e37a-73f9-9bad-95b6014a4f20")) == "01a1f890-e37a-73f9-9bad-95b6014a4f20"
    assert uuid_of("nobody") is None


def test_days_are_those_of_a_zone_and_come_back_as_they_were_sent() -> None:
    sent = {"from": "2026-03-29", "to": "2026-03-29"}
    span, madrid = DaySpan.of_query(sent), ZoneInfo("Europe/Madrid")
    assert span.query() == sent
    assert (span.begins(madrid), span.ends(madrid)) == (datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)), (
        "23 hours"
    )
    assert span.instants(madrid) == {"from": "2026-03-28T23:00:00+00:00", "to": "2026-03-29T22:00:00+00:00"}


def test_days_that_are_wrong_narrow_nothing() -> None:
    assert DaySpan.of_query({"from": "2026-02-30", "to": "soon"}) == ALL_DAYS
    assert ALL_DAYS.instants(ZoneInfo("UTC")) == {"from": "", "to": ""}
    assert DaySpan.of_query({"to": "9998-12-31"}).ends(ZoneInfo("Pacific/Kiritimati")) is not None, (
        "the last day that may be typed has an end"
    )
