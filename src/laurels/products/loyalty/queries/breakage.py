"""Breakage: what share of each month's points expired unused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, and_, case, func, select

from laurels.core.windows import Month, last_months, month_end, month_of, month_start
from laurels.ledger.reader import lot, lot_change, number_of, posting
from laurels.products.loyalty import accounts

MONTHS = 24
"""Months that are told: the last in which something was earned, and those before it."""


@dataclass(frozen=True, slots=True)
class EarnedIn:
    """The points of the purchases of one month, of all members.

    Attributes:
        expired: of them, those that nobody used in time; posted by a sweep or not yet.
        open: of them, those that may still be used or expire, reserved ones left out.
    """

    month: Month
    earned: int
    expired: int
    open: int

    @property
    def percent(self) -> int:
        """The share that expired, rounded down."""
        return 100 * self.expired // self.earned if self.earned else 0


def read_breakage(connection: Connection, program_id: UUID, *, at: datetime, zone: ZoneInfo) -> tuple[EarnedIn, ...]:
    """By month of the purchase in the program's zone, oldest first, from the first with points; none where nothing was earned.

    Two statements: the lots, and what postings took out of them as expired.
    Points that a cancelled burn gave back late keep the month that they were
    earned in.
    """
    number = number_of(accounts.book_of(program_id))
    last = connection.execute(select(func.max(lot.c.earned_at)).where(lot.c.book == number)).scalar_one()
    if last is None:
        return ()
    months = last_months(month_of(last, zone), MONTHS)
    swept = {place: int(points) for place, points in connection.execute(_expired(program_id, number, months, zone))}
    found = {place: tuple(map(int, sums)) for place, *sums in connection.execute(_made(program_id, number, months, zone, at))}
    first = min(found)
    rows = ((month, found.get(place, (0, 0, 0)), swept.get(place, 0)) for place, month in enumerate(months) if place >= first)
    return tuple(EarnedIn(month, earned, unswept + posted, left) for month, (earned, unswept, left), posted in rows)


def _made(program_id: UUID, number: ScalarSelect[int], months: Sequence[Month], zone: ZoneInfo, at: datetime) -> Select[Any, Any, Any, Any]:
    """By place of the month: what purchases earned, what is over and not swept yet, and what is open."""
    is_made = and_(posting.c.book == lot.c.book, posting.c.sequence == lot.c.sequence, posting.c.position == lot.c.position)
    is_over = lot.c.expires_at.is_not(None) & (lot.c.expires_at <= at)
    rows = (
        select(
            _place(months, zone).label("place"),
            case((posting.c.source == accounts.issued(program_id).id, lot.c.amount), else_=0).label("earned"),
            case((is_over, lot.c.left), else_=0).label("over"),
            case((is_over, 0), else_=lot.c.left).label("open"),
        )
        .join(posting, is_made)
        .where(lot.c.book == number, lot.c.earned_at >= month_start(months[0], zone))
        .subquery()
    )
    return select(rows.c.place, func.sum(rows.c.earned), func.sum(rows.c.over), func.sum(rows.c.open)).group_by(rows.c.place)


def _expired(program_id: UUID, number: ScalarSelect[int], months: Sequence[Month], zone: ZoneInfo) -> Select[Any, Any]:
    """By place of the month: what sweeps and first touches took out of its lots as expired."""
    is_change = and_(
        lot_change.c.book == posting.c.book, lot_change.c.sequence == posting.c.sequence, lot_change.c.position == posting.c.position
    )
    is_lot = and_(lot.c.book == lot_change.c.book, lot.c.sequence == lot_change.c.lot_sequence, lot.c.position == lot_change.c.lot_position)
    rows = (
        select(_place(months, zone).label("place"), (-lot_change.c.amount).label("points"))
        .select_from(posting)
        .join(lot_change, is_change)
        .join(lot, is_lot)
        .where(posting.c.target == accounts.expired(program_id).id, lot.c.book == number, lot.c.earned_at >= month_start(months[0], zone))
        .subquery()
    )
    return select(rows.c.place, func.sum(rows.c.points)).group_by(rows.c.place)


def _place(months: Sequence[Month], zone: ZoneInfo) -> ColumnElement[int]:
    """Which of the months a lot was earned in."""
    return case(*((lot.c.earned_at < month_end(month, zone), place) for place, month in enumerate(months)), else_=len(months))
