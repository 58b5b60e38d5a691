"""Instants survive as numbers."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from laurels.core.instants import EARLIEST, instant_of, microseconds_of


@given(st.datetimes(datetime(1970, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001  # Hypothesis wants them so
def test_an_instant_is_the_same_after_a_number(at: datetime) -> None:
    assert instant_of(microseconds_of(at)) == at


def test_microseconds_are_counted_from_1970_and_none_is_lost() -> None:
    assert (microseconds_of(EARLIEST), microseconds_of(EARLIEST + timedelta(days=1, microseconds=1))) == (0, 86_400_000_001)
    late = datetime(2039, 9, 14, 4, 11, 18, 548_464, tzinfo=UTC)
    assert int(late.timestamp() * 1_000_000) == microseconds_of(late) - 1 == 2_199_586_278_548_463, "what a float would tell"
