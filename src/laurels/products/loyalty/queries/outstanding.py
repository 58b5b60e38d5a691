"""What a program still owes its members: points that aren't spent, by the month in which they expire."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from laurels.core.windows import Month, month_of, next_month
from laurels.ledger import held_of
from laurels.ledger.reader import board, entry, lot, lot_change, number_of, posting
from laurels.products.loyalty import accounts
from laurels.products.loyalty.tables import burn

MONTHS = 12
"""Months that are told one by one, this one first."""

LATER = "later"
NEVER = "never"
"""What stands for a month: after the last one that is told, and for points without a date (inactivity ends those)."""

_NOBODY = UUID(int=0)
_HELD = held_of(accounts.points(_NOBODY, _NOBODY)).purpose
_AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Due:
    """Points that expire in one month, of all members.

    Attributes:
        month: that of their last day, in the program's zone; or `LATER`, or `NEVER`.
        reserved: set aside for rewards that are yet to be confirmed.
    """

    month: Month | str
    pending: int
    active: int
    reserved: int

    @property
    def total(self) -> int:
        """All of them: what may still be spent."""
        return self.pending + self.active + self.reserved


def read_outstanding(connection: Connection, program_id: UUID, *, at: datetime, zone: ZoneInfo) -> tuple[Due, ...]:
    """A program's unspent points: twelve months, then what expires later, then what has no date.

    They add up to the report's pending, active and reserved. Two statements:
    the open lots, and the lots that open reservations took from. What is
    reserved of a lot that has expired meanwhile stands in this month.
    """
    found: Counter[tuple[str, str]] = Counter()
    for expires_at, is_pending, points in connection.execute(_open_lots(program_id, at)):
        found[_month(expires_at, at, zone), "pending" if is_pending else "active"] += int(points)
    for expires_at, points in connection.execute(_reserved(program_id)):
        found[_month(expires_at, at, zone), "reserved"] += int(points)
    months: list[str] = [month_of(at, zone)]
    while len(months) < MONTHS:
        months.append(next_month(Month(months[-1])))
    for month, state in [*found]:
        if month not in (*months, NEVER):
            found[LATER, state] += found.pop((month, state))
    return tuple(Due(month, *(found[month, state] for state in ("pending", "active", "reserved"))) for month in (*months, LATER, NEVER))


def _open_lots(program_id: UUID, at: datetime) -> Select[datetime | None, int, int]:
    is_open = or_(lot.c.expires_at.is_(None), lot.c.expires_at > at)
    rows = (
        select(lot.c.expires_at, case((lot.c.usable_from > at, 1), else_=0).label("is_pending"), lot.c.left)
        .where(lot.c.book == number_of(accounts.book_of(program_id)), lot.c.left > 0, is_open)
        .subquery()
    )
    return select(rows.c.expires_at, rows.c.is_pending, func.sum(rows.c.left)).group_by(rows.c.expires_at, rows.c.is_pending)


def _reserved(program_id: UUID) -> Select[datetime | None, int]:
    number = number_of(accounts.book_of(program_id))
    is_purse = and_(board.c.owner_id == burn.c.member, board.c.book == number, board.c.purpose == _HELD)
    is_entry = and_(entry.c.book == posting.c.book, entry.c.sequence == posting.c.sequence, entry.c.reference == burn.c.id)
    is_change = and_(
        lot_change.c.book == posting.c.book, lot_change.c.sequence == posting.c.sequence, lot_change.c.position == posting.c.position
    )
    is_lot = and_(lot.c.book == lot_change.c.book, lot.c.sequence == lot_change.c.lot_sequence, lot.c.position == lot_change.c.lot_position)
    return (
        select(lot.c.expires_at, func.sum(-lot_change.c.amount))
        .select_from(burn)
        .join(board, is_purse)
        .join(posting, and_(posting.c.target == board.c.id, posting.c.kind == "hold"))
        .join(entry, is_entry)
        .join(lot_change, is_change)
        .join(lot, is_lot)
        .where(burn.c.program == program_id, burn.c.status == "reserved")
        .group_by(lot.c.expires_at)
    )


def _month(expires_at: datetime | None, at: datetime, zone: ZoneInfo) -> str:
    return NEVER if expires_at is None else month_of(max(at, expires_at - _AN_INSTANT), zone)
