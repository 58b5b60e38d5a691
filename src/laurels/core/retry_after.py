"""What a server means by Retry-After (RFC 9110, 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MAX_DIGITS = 9


def read_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """What the header asks for: seconds, or an instant; None where it can't be read."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return timedelta(seconds=int(text)) if len(text) <= MAX_DIGITS else None
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(at - now, timedelta())
