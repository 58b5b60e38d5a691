"""Terms and purchases for tests of the pure rules: say what matters, the rest is plain."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from laurels.products.loyalty.rules import Line, Purchase, Terms

LONDON = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
"""A Friday."""


def rule(name: str = "Everything", *, spend_per: int = 10_000, points: int = 5, **more: Any) -> dict[str, Any]:
    """A rule as it is sent: 5 points for 100.00 where nothing else is said."""
    return {"name": name, "spend_per": spend_per, "points": points, **more}


def terms(*rules: dict[str, Any], **more: Any) -> Terms:
    """Terms as sent and read: one plain rule where none is given."""
    return Terms.model_validate({"rules": list(rules) or [rule()], **more})


def purchase(amount: int, *lines: tuple[str, int], at: datetime = NOON) -> Purchase:
    """A purchase of one member."""
    return Purchase("T-1", "1042", amount, "GBP", at, tuple(Line(category, spent) for category, spent in lines))
