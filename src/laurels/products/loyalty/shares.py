"""What of a purchase's points counted on caps and came out of budgets: kept with it, so that a return gives it back."""

from dataclasses import dataclass
from uuid import UUID

import orjson


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of a purchase's points.

    Attributes:
        caps: (rule, the cap's window, points counted on it).
        budgets: (campaign, points taken out of its budget).
    """

    caps: tuple[tuple[str, str, int], ...] = ()
    budgets: tuple[tuple[UUID, int], ...] = ()


NO_SHARES = Shares()


def write_shares(shares: Shares) -> str | None:
    """As they are stored; None where there are none."""
    return None if shares == NO_SHARES else orjson.dumps(shares).decode()


def read_shares(text: str | None) -> Shares:
    """What `write_shares` wrote."""
    if text is None:
        return NO_SHARES
    stored = orjson.loads(text)
    caps = tuple((rule, window, given) for rule, window, given in stored["caps"])
    return Shares(caps, tuple((UUID(campaign), given) for campaign, given in stored["budgets"]))
