"""Single cells of a file: text becomes exact values, or an error that says what to write."""

from datetime import UTC, datetime
import re
from zoneinfo import ZoneInfo

from laurels.core.instants import EARLIEST
from laurels.core.text import normalize_line
from laurels.core.text_files import FileUnusable

MAX_TIME = 100
"""Characters of a time."""

FIRST_YEAR, LAST_YEAR = EARLIEST.year, 2999
"""Years of the times that are read, in UTC."""

MAX_SECONDS_DIGITS = 11
"""Digits of seconds since 1970: those of `LAST_YEAR`."""

_SAMPLE = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def read_line(text: str, what: str, longest: int) -> str:
    """A text of one line: 1 to `longest` printable characters.

    Raises:
        ValueError: it isn't such a text.
    """
    try:
        line = normalize_line(text)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None
    if not 1 <= len(line) <= longest or not line.isprintable():
        raise ValueError(f"{what}: expected 1 to {longest} characters that can be printed")
    return line


def read_count(text: str, what: str, most: int) -> int:
    """A whole number from 1 to `most`.

    Raises:
        ValueError: it isn't one.
    """
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(most)) or not 1 <= int(digits) <= most:
        raise ValueError(f"{what}: expected a whole number from 1 to {most:,}")
    return int(digits)


def read_time(text: str, zone: ZoneInfo | None, time_format: str | None = None) -> datetime:
    """A time in UTC: ISO 8601, or as the format says; without an offset it is the zone's wall time.

    Of a wall time that comes twice the first is meant. One that is left out in
    spring is read with the offset before the change, so 01:30 means what
    clocks then show as 02:30. Both are what PEP 495 calls fold 0.

    Args:
        zone: None where a time must have an offset.

    Raises:
        ValueError: it isn't a time from `FIRST_YEAR` to `LAST_YEAR`, or needs an offset.
    """
    written = text.strip()
    if len(written) > MAX_TIME:
        raise ValueError(f"time: at most {MAX_TIME} characters")
    try:
        at = datetime.strptime(written, time_format) if time_format else datetime.fromisoformat(written)  # noqa: DTZ007 - the zone follows
    except ValueError:
        expected = f"a time as {time_format} says" if time_format else "ISO 8601, such as 2026-11-20T10:00:00Z or 2026-11-20 10:00:00"
        raise ValueError(f"time: expected {expected}") from None
    if at.tzinfo is None and zone is None:
        raise ValueError("time: without an offset it could be any of many; write 2026-11-20T10:00:00Z or +01:00")
    # With a day to spare at both ends, as the first and last years that Python knows have no neighbours to move to.
    if not FIRST_YEAR - 1 <= at.year <= LAST_YEAR + 1:
        raise _out_of_years()
    return _in_years((at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC))


def read_seconds(text: str) -> datetime:
    """A time in UTC, written as whole seconds since 1970.

    Raises:
        ValueError: it isn't a time to the end of `LAST_YEAR`.
    """
    if not text.isascii() or not text.isdigit():
        raise ValueError("time: expected whole seconds since 1970")
    if len(text) > MAX_SECONDS_DIGITS:
        raise _out_of_years()
    return _in_years(datetime.fromtimestamp(int(text), UTC))


def check_time_format(time_format: str) -> None:
    """See that a format of `strptime` tells a time.

    Raises:
        FileUnusable: it isn't one, or doesn't tell year, month and day.
    """
    try:
        read = datetime.strptime(_SAMPLE.strftime(time_format), time_format)  # noqa: DTZ007 - only its date is looked at
        is_whole = read.date() == _SAMPLE.date()
    except (ValueError, re.error):
        is_whole = False
    if not is_whole:
        raise FileUnusable(f"--time-format {time_format} doesn't tell year, month and day. Write it such as %d/%m/%Y %H:%M")


def _in_years(instant: datetime) -> datetime:
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise _out_of_years()
    return instant


def _out_of_years() -> ValueError:
    return ValueError(f"time: expected a year from {FIRST_YEAR} to {LAST_YEAR}")
