"""What Retry-After asks for."""

from datetime import UTC, datetime, timedelta

import pytest

from laurels.core.retry_after import read_retry_after

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (None, None),
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("Fri, 20 Nov 2026 10:05:00 GMT", timedelta(minutes=5)),
        ("Fri, 20 Nov 2026 10:05:00 -0000", timedelta(minutes=5)),
        ("Fri, 20 Nov 2026 09:00:00 GMT", timedelta()),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 4000, None),
        ("²", None),
        ("Fri, 99 Nov 2026 10:05:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_an_instant(text: str | None, asked: timedelta | None) -> None:
    assert read_retry_after(text, NOW) == asked
