"""What a member has and what their next message costs: true now, through the rules that post."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from laurels.ledger.reader import preview
from laurels.products.pot.decisions import CoinsRead, Quote, ReadCoins, ReadQuote


def read_coins(connection: Connection, member_id: UUID, *, at: datetime, zone: ZoneInfo) -> CoinsRead:
    """A member's coins and limits at an instant, as if their week had been opened.

    Raises:
        Missing: the pot isn't open yet.
    """
    return preview(connection, ReadCoins(member_id, at, zone), at)


def read_quote(connection: Connection, member_id: UUID, *, at: datetime, zone: ZoneInfo) -> Quote:
    """What a member's next message costs at an instant, and its chance.

    Raises:
        Missing: the pot isn't open yet.
    """
    return preview(connection, ReadQuote(member_id, at, zone), at)
