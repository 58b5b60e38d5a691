"""Reading lots and holds: an account's, and what is due in a book."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select

from laurels.ledger import tables
from laurels.ledger.account import Account
from laurels.ledger.load_lots import LOT_COLUMNS, fetch_open_lots, open_lot
from laurels.ledger.lots import LotKey, OpenLot, expiry_order


def lots(connection: Connection, account: Account, *, limit: int, before: LotKey | None = None) -> list[OpenLot]:
    """An account's lots, newest first, also those of which nothing is left.

    Args:
        before: the key of the last lot of the page before.
    """
    lot, posting = tables.lot, tables.posting
    place = and_(lot.c.book == posting.c.book, lot.c.sequence == posting.c.sequence, lot.c.position == posting.c.position)
    # A lot is made by a posting into its account: these have an index that all lots would need one more for.
    statement = select(*(lot.c[name] for name in LOT_COLUMNS)).join(posting, place)
    statement = statement.where(posting.c.target == account.id, lot.c.account == account.id)
    if before is not None:
        same = and_(posting.c.sequence == before.sequence, posting.c.position < before.position)
        statement = statement.where(or_(posting.c.sequence < before.sequence, same))
    ordered = statement.order_by(posting.c.sequence.desc(), posting.c.position.desc()).limit(limit)
    return [open_lot(row) for row in connection.execute(ordered)]


def open_lots(connection: Connection, accounts: Iterable[Account]) -> dict[Account, list[OpenLot]]:
    """Accounts' lots of which something is left, the first to expire first, pending and expired ones too; an empty list where none is."""
    listed = list(accounts)
    found: dict[Account, list[OpenLot]] = {account: [] for account in listed}
    for place, lot in fetch_open_lots(connection, [account.id for account in listed]):
        found[listed[place]].append(lot)
    return {account: sorted(kept, key=expiry_order) for account, kept in found.items()}


def due_lots(connection: Connection, book: str, at: datetime, *, limit: int, after: UUID | None = None) -> list[UUID]:
    """Owners, by id, of lots that have expired by an instant and of which something is left.

    What a sweep still has to expire; `after` is the last of the page before.
    """
    lot, account = tables.lot, tables.account
    found = connection.execute(
        select(account.c.owner_id)
        .distinct()
        .join(lot, lot.c.account == account.c.id)
        .where(
            lot.c.book == select(tables.book.c.id).where(tables.book.c.name == book).scalar_subquery(),
            lot.c.expires_at <= at,
            lot.c.left > 0,
            account.c.owner_id > after if after is not None else account.c.owner_id.is_not(None),
        )
        .order_by(account.c.owner_id)
        .limit(limit)
    )
    return [row.owner_id for row in found]


def due_holds(connection: Connection, book: str, at: datetime, *, limit: int) -> list[UUID]:
    """Open holds of a book that may lapse by an instant, the first due first: to be settled with nothing used."""
    hold = tables.hold
    found = connection.execute(
        select(hold.c.id)
        .where(
            hold.c.book == select(tables.book.c.id).where(tables.book.c.name == book).scalar_subquery(),
            hold.c.until <= at,
            hold.c.settled_by.is_(None),
        )
        .order_by(hold.c.until, hold.c.id)
        .limit(limit)
    )
    return [row.id for row in found]
