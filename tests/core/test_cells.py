"""Cells become exact values, or say what to write."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from laurels.core.cells import check_time_format, read_count, read_line, read_seconds, read_time
from laurels.core.text_files import FileUnusable

MADRID = ZoneInfo("Europe/Madrid")


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-11-20T10:00:00Z", None, datetime(2026, 11, 20, 10, tzinfo=UTC)),
        ("2026-11-20T10:00:00+01:00", MADRID, datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20 10:00:00", MADRID, datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-10-25T02:30:00", MADRID, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-03-29T02:30:00", MADRID, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2999-12-31T23:59:59Z", None, datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", None, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_in_utc(text: str, zone: ZoneInfo | None, expected: datetime) -> None:
    assert read_time(text, zone) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-11-20T10:00:00", "without an offset"),
        ("yesterday", "ISO 8601"),
        ("2999-12-31T23:59:59-00:01", "1970 to 2999"),
        ("1970-01-01T00:00:00+00:01", "1970 to 2999"),
        ("9999-12-31T23:59:59-01:00", "1970 to 2999"),
        ("0001-01-01T00:00:00+01:00", "1970 to 2999"),
        ("2" * 101, "at most 100"),
    ],
)
def test_a_time_that_cant_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_time(text, None)


def test_seconds_reach_to_the_last_year() -> None:
    assert read_seconds("0") == datetime(1970, 1, 1, tzinfo=UTC)
    assert read_seconds("32503679999") == datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
    for text in ("32503680000", "99999999999", "9" * 5_000):
        with pytest.raises(ValueError, match="1970 to 2999"):
            read_seconds(text)
    for text in ("", "-5", "1.5", "٣"):
        with pytest.raises(ValueError, match="whole seconds"):
            read_seconds(text)


def test_a_count_has_its_bounds() -> None:
    assert (read_count(" 1 ", "credits", 250), read_count("250", "credits", 250)) == (1, 250)
    for text in ("0", "251", "0001", "-1", "1.0", "1e2", "٣", "", "9" * 5_000):
        with pytest.raises(ValueError, match="credits: expected a whole number from 1 to 250"):
            read_count(text, "credits", 250)


def test_a_line_has_its_bounds() -> None:
    assert read_line(" T-1 ", "id", 3) == "T-1"
    for text in ("", "T-12", "a\x07b"):
        with pytest.raises(ValueError, match="id: "):
            read_line(text, "id", 3)


@pytest.mark.parametrize("time_format", ["%H:%M", "%d/%m %H:%M", "%q", ""])
def test_a_format_of_times_tells_the_day(time_format: str) -> None:
    check_time_format("%d/%m/%Y %H:%M")
    with pytest.raises(FileUnusable, match="doesn't tell year, month and day"):
        check_time_format(time_format)
