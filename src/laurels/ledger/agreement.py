"""What a book's lots, holds and ranked boards must add up to, asked of the database in sums."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, case, func, or_, select

from laurels.ledger import tables

Disagreement = tuple[Table, Row[Any], str]
"""A table, the row at fault, and what is wrong with it."""

Bucket = tuple[str, str, int]
"""A ranked board's purpose and window, and the bucket's number."""


def list_wrong_lots(connection: Connection, book: int) -> Iterator[Disagreement]:
    """Lots of which is left what their changes don't leave."""
    lot, change = tables.lot, tables.lot_change
    changed = (
        select(change.c.lot_sequence, change.c.lot_position, func.sum(change.c.amount).label("amount"))
        .where(change.c.book == book)
        .group_by(change.c.lot_sequence, change.c.lot_position)
        .subquery()
    )
    leaves = lot.c.amount + func.coalesce(changed.c.amount, 0)
    same = and_(changed.c.lot_sequence == lot.c.sequence, changed.c.lot_position == lot.c.position)
    for row in connection.execute(
        select(lot, leaves.label("leaves")).outerjoin(changed, same).where(lot.c.book == book, lot.c.left != leaves)
    ):
        yield tables.lot, row, f"has {row.left} left, its changes leave {row.leaves}"


def list_wrong_holds(connection: Connection, book: int) -> Iterator[Disagreement]:
    """Holds of which more was captured than they hold, and takes of a hold that isn't there."""
    hold, take = tables.hold, tables.hold_take
    largest = (
        select(take.c.hold, func.max(take.c.amount).label("amount"))
        .where(take.c.book == book, take.c.is_lent.is_(False))
        .group_by(take.c.hold)
        .subquery()
    )
    most = func.coalesce(largest.c.amount, 0)
    overdone = or_(hold.c.captured < 0, hold.c.captured > most)
    for row in connection.execute(
        select(hold, most.label("most")).outerjoin(largest, largest.c.hold == hold.c.id).where(hold.c.book == book, overdone)
    ):
        yield tables.hold, row, f"{row.captured} of it was captured, of at most {row.most}"
    placed = and_(hold.c.book == take.c.book, hold.c.id == take.c.hold)
    for row in connection.execute(select(take).outerjoin(hold, placed).where(take.c.book == book, hold.c.id.is_(None))):
        yield tables.hold_take, row, "its hold isn't there"


def list_wrong_balances(
    connection: Connection, book: int, balances: Mapping[str, int], keeps_lots: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Accounts whose balance isn't what is left in their lots, or what open holds put there: pairs of their id and what is wrong.

    Args:
        balances: as stored, by account id.
        keeps_lots: ids of the accounts that keep lots.
    """
    lot, hold, take = tables.lot, tables.hold, tables.hold_take
    sums = select(lot.c.account, func.sum(lot.c.left).label("amount")).where(lot.c.book == book).group_by(lot.c.account)
    left: dict[str, int] = {row.account: row.amount for row in connection.execute(sums)}
    for account in keeps_lots:
        if balances[account] != left.get(account, 0):
            yield account, f"holds {balances[account]}, in its lots {left.get(account, 0)} are left"
    open_amount = case((hold.c.settled_by.is_(None), take.c.amount), else_=0)
    placed = and_(hold.c.book == take.c.book, hold.c.id == take.c.hold)
    held = select(take.c.held, func.sum(open_amount).label("amount")).join(hold, placed)
    for row in connection.execute(held.where(take.c.book == book, take.c.held.is_not(None)).group_by(take.c.held)):
        if balances.get(row.held) != row.amount:
            yield row.held, f"holds {balances.get(row.held)}, open holds say {row.amount}"


def list_wrong_buckets(book: int, stored: Iterable[Row[Any]], counted: Mapping[Bucket, int]) -> Iterator[tuple[str, str]]:
    """Buckets of ranked boards that don't count the accounts in them: pairs of their key and what is wrong.

    A row that counts none says no more than no row: it is what a bucket leaves that everybody left.

    Args:
        stored: the book's rows of `board_bucket`.
        counted: how many accounts there are.
    """
    missing = dict(counted)
    for row in stored:
        there = missing.pop((row.purpose, row.window, row.bucket), 0)
        if row.accounts != there:
            yield _told(book, (row.purpose, row.window, row.bucket), row.accounts, there)
    for bucket, there in missing.items():
        yield _told(book, bucket, 0, there)


def _told(book: int, bucket: Bucket, told: int, there: int) -> tuple[str, str]:
    purpose, window, number = bucket
    return f"{book}/{purpose}/{window}/{number}", f"counts {told} accounts on the board {purpose} {window}, {there} are there"
