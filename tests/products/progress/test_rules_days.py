"""A set of dates in bits is a set of dates."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.products.progress.rules.days import MAX_SPAN_DAYS, Days

FIRST = date(2026, 11, 2)

dates = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def day(number: int) -> date:
    """1 is 2 November 2026, a Monday."""
    return FIRST + timedelta(days=number - 1)


@given(st.sets(dates, min_size=1))
def test_it_holds_what_was_put_in_and_nothing_else(days: set[date]) -> None:
    made = Days.of(days)
    assert list(made) == sorted(days)
    assert (made.first, made.last, len(made)) == (min(days), max(days), len(days))
    assert Days.read(made.first, made.written()) == made


@given(st.sets(dates, min_size=1), dates)
def test_marking_and_unmarking_are_those_of_sets(days: set[date], other: date) -> None:
    made = Days.of(days)
    assert (other in made) == (other in days)
    assert made.marked(other) == Days.of(days | {other})
    assert set(made.unmarked(other)) == days - {other}
    assert set(made.through(other)) == {each for each in days if each <= other}


@given(st.lists(dates, min_size=1))
def test_the_order_of_marking_leaves_no_trace(days: list[date]) -> None:
    marked = Days(days[0])
    for each in days:
        marked = marked.marked(each)
    assert marked == Days.of(days)


def test_an_empty_set_keeps_a_day_and_holds_none() -> None:
    empty = Days.of([FIRST]).unmarked(FIRST)
    assert not empty
    assert (list(empty), len(empty), empty.first, empty.last) == ([], 0, FIRST, FIRST)
    assert FIRST not in empty
    assert Days.read(FIRST, "0") == empty
    assert list(empty.marked(day(5))) == [day(5)]


def test_bits_are_written_in_hex() -> None:
    assert Days.of([day(1), day(2), day(3), day(5)]).written() == "17"


def test_the_first_day_moves_when_it_is_unmarked() -> None:
    assert Days.of([day(1), day(4)]).unmarked(day(1)) == Days(day(4), 1)


def test_no_day_makes_no_set() -> None:
    with pytest.raises(ValueError, match="no day is given"):
        Days.of([])


def test_a_set_spans_a_hundred_years_at_most() -> None:
    last = FIRST + timedelta(days=MAX_SPAN_DAYS - 1)
    assert len(Days.of([FIRST, last])) == 2
    with pytest.raises(ValueError, match="are more than"):
        Days.of([FIRST, last]).marked(FIRST - timedelta(days=1))
    with pytest.raises(ValueError, match="are more than"):
        Days.of([FIRST, last + timedelta(days=1)])
