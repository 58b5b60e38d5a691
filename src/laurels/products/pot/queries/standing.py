"""How a member stands: their coins, their next price, and what each week brings."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from laurels.core.windows import next_day_start, next_week_start
from laurels.products.pot.decisions import CoinsRead
from laurels.products.pot.queries.mine import read_coins, read_quote
from laurels.products.pot.queries.pots import get_pot
from laurels.products.pot.rules import PotRules, read_rules


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands at an instant.

    Attributes:
        next_price: what their next message costs.
        next_day_at: when the community's next day begins, and with it the daily limit anew.
        next_week_at: when its next week begins, and brings the allowance.
    """

    coins: CoinsRead
    next_price: int
    rules: PotRules
    next_day_at: datetime
    next_week_at: datetime


def read_standing(connection: Connection, member_id: UUID, *, at: datetime, zone: ZoneInfo) -> Standing:
    """How a member stands at an instant, as if their week had been opened.

    Raises:
        Missing: the pot isn't open yet.
    """
    return Standing(
        coins=read_coins(connection, member_id, at=at, zone=zone),
        next_price=read_quote(connection, member_id, at=at, zone=zone).price,
        rules=read_rules(get_pot(connection).rules),
        next_day_at=next_day_start(at, zone),
        next_week_at=next_week_start(at, zone),
    )
