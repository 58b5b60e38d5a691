"""What time has made due in a program: for the sweeps, a page at a time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, func, select

from laurels.ledger.reader import board, lot, number_of
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.decisions.telling import Parcel
from laurels.products.loyalty.rules import Terms, inactive_from
from laurels.products.loyalty.tables import ProgramSweep, ReturnRow, membership, program, program_sweep, purchase, purchase_return

account = board
"""The ledger's accounts: an account's owner is the member."""


def kept_programs(connection: Connection) -> list[UUID]:
    """The programs in which something can become due."""
    return list(connection.scalars(select(program.c.id).where(program.c.status.in_(("active", "paused"))).order_by(program.c.id)))


def inactive_members(
    connection: Connection, program_id: UUID, terms: Terms, at: datetime, zone: ZoneInfo, *, limit: int, after: UUID | None = None
) -> list[UUID]:
    """Members who hold points and have been inactive for as long as the terms allow, by id.

    A few may be given too early, by some days of the calendar: their decision says so.
    """
    lasts = inactive_from(terms, at, zone)
    if lasts is None:
        return []
    # The months ahead may be longer than those behind: by three days (28 against 31), and a day lasts through its midnight.
    since = at - (lasts - at) + timedelta(days=5)
    held = select(account.c.owner_id).where(
        account.c.owner_id == membership.c.member,
        account.c.book == number_of(book_of(program_id)),
        account.c.purpose == "points",
        account.c.balance > 0,
    )
    found = (
        select(membership.c.member)
        .where(
            membership.c.program == program_id,
            membership.c.status == "active",
            membership.c.last_activity_at <= since,
            held.exists(),
        )
        .order_by(membership.c.member)
        .limit(limit)
    )
    return list(connection.scalars(found if after is None else found.where(membership.c.member > after)))


def tiered_members(connection: Connection, program_id: UUID, *, limit: int, after: UUID | None = None) -> list[UUID]:
    """Members who have more than the lowest tier, by id."""
    found = (
        select(membership.c.member)
        .where(membership.c.program == program_id, membership.c.status == "active", membership.c.tier > 0)
        .order_by(membership.c.member)
        .limit(limit)
    )
    return list(connection.scalars(found if after is None else found.where(membership.c.member > after)))


def overlooked_returns(connection: Connection, *, limit: int) -> list[ReturnRow]:
    """Returns that still wait for a purchase that has earned: whoever decided the purchase ended before it came to them."""
    bought = select(purchase.c.id).where(purchase.c.id == purchase_return.c.purchase, purchase.c.status == "earned")
    found = select(purchase_return).where(purchase_return.c.status == "waiting", bought.exists())
    ordered = found.order_by(purchase_return.c.program, purchase_return.c.accepted_at, purchase_return.c.place).limit(limit)
    return [ReturnRow(*row) for row in connection.execute(ordered)]


def sweep_of(connection: Connection, program_id: UUID) -> ProgramSweep | None:
    """How far a program's news were told."""
    row = connection.execute(select(program_sweep).where(program_sweep.c.program == program_id)).one_or_none()
    return None if row is None else ProgramSweep(*row)


def activated(connection: Connection, program_id: UUID, since: datetime | None, until: datetime) -> Iterator[Parcel]:
    """Points that were pending and became active after one instant and by another, by member; none before the first sweep."""
    if since is None:
        return
    window = (lot.c.usable_from > since) & (lot.c.usable_from <= until) & (lot.c.usable_from > lot.c.earned_at)
    for owner, points, _ in _parcels(connection, program_id, window):
        yield Parcel(owner, points)


def expiring(connection: Connection, program_id: UUID, since: datetime, until: datetime) -> Iterator[Parcel]:
    """Points that expire after one instant and by another, by member and instant."""
    window = (lot.c.expires_at > since) & (lot.c.expires_at <= until)
    for owner, points, expires_at in _parcels(connection, program_id, window):
        yield Parcel(owner, points, expires_at)


def _parcels(connection: Connection, program_id: UUID, window: ColumnElement[bool]) -> Iterator[tuple[UUID, int, datetime]]:
    found = (
        select(account.c.owner_id, func.sum(lot.c.left), lot.c.expires_at)
        .join(lot, lot.c.account == account.c.id)
        .where(lot.c.book == number_of(book_of(program_id)), lot.c.left > 0, window)
        .group_by(account.c.owner_id, lot.c.expires_at)
        .order_by(account.c.owner_id, lot.c.expires_at)
    )
    for owner, points, expires_at in connection.execute(found.execution_options(yield_per=1_000)):
        yield owner, int(points), expires_at
