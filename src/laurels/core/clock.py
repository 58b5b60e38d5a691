"""The one source of time.

No code calls `datetime.now()`: it asks the clock that it was given, so that
tests and simulations set the time and nobody sleeps.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; always aware, always UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until told: for tests, simulations and imports."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        """Move to an instant, forwards or backwards."""
        self.at = at

    def advance(self, by: timedelta) -> None:
        """Move forwards by a span."""
        self.at += by
