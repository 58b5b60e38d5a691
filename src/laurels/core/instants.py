"""Instants as whole numbers, exact to the microsecond, and the first one that counts."""

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Nothing is told that happened before: months and weeks are counted from there (`core.windows.MONTH_PATTERN`)."""

_MICROSECOND = timedelta(microseconds=1)


def microseconds_of(at: datetime) -> int:
    """An instant as whole microseconds since 1970. Not by way of `timestamp()`: from 2038 on, that float loses some."""
    return (at - EARLIEST) // _MICROSECOND


def instant_of(microseconds: int) -> datetime:
    """What `microseconds_of` told, in UTC."""
    return EARLIEST + timedelta(microseconds=microseconds)
