"""How long to wait before trying again."""

from datetime import timedelta


def retry_after(tries: int, *, first: timedelta, last: timedelta) -> timedelta:
    """The pause after a failure: `first`, doubled with each try, at most `last`."""
    factor: int = 2 ** min(tries - 1, 20)  # bounded, so that no number of tries overflows
    return min(last, first * factor)
