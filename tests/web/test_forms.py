"""Typed values are read plainly; what is wrong counts as none."""

from datetime import date

import pytest

from laurels.web.forms import date_of, text_of, uuid_of, whole_number


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
