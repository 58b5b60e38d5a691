"""A small world of books that uses every column, and ways to damage it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, create_engine, select, text, update

from laurels.core.database import Database
from laurels.ledger import BusinessKey, chain, tables
from laurels.ledger.batch import Posted
from laurels.ledger.encoding import encode_entry, encode_lot, encode_lot_change, encode_posting, encode_take
from laurels.ledger.reader import Verified
from ledger.parcels import DAY, Earn, Expire, SetAside, Settle, Spend
from ledger.scores import Score
from ledger.toy import NOON, Give, Grant, TakeBack, proposed, request, run

BOOKS = ("toys", "joys", "program/7")
PROVED = tables.PROVED
"""The tables whose every value is stored twice, or hashed."""


def note_id(minute: int, place: int) -> UUID:
    """The id of a gift's note; it has letters, whose case is a bit."""
    return UUID(int=0xBEEF << 112 | 100 * minute + place)


def fill(database: Database) -> None:
    """Three books, twelve batches: grants, gifts with windows and keys, a reversal; scores on ranked boards; lots and holds.

    Lots are earned, spent and expired; holds are open and settled.
    """
    for minute, (size, book) in enumerate([(2, BOOKS[0]), (1, BOOKS[1]), (2, BOOKS[0]), (1, BOOKS[2]), (1, BOOKS[0])]):
        now = NOON + timedelta(minutes=minute)
        gifts = [
            Give(
                note_id(minute, place),
                giver=place,
                receiver=place + 1,
                amount=3 + place,
                window=f"2026-{11 + minute % 2}",
                filled=20,
                carry=5,
                book=book,
                key=BusinessKey(f"{minute}/{place}", "details"),
            )
            for place in range(size)
        ]
        grants = [Grant(to=1, amount=7, book=book)]
        run(
            database, *(proposed(one, at=now, actor="member/1", request=request(f"{minute}/{one.note}")) for one in gifts), *grants, now=now
        )
    run(database, TakeBack(entry=1, note=note_id(0, 0), giver=0, receiver=1, amount=3), now=NOON + timedelta(hours=1))
    for book in BOOKS[:2]:
        earned = [Earn(1, 9, expires=3, usable=1, pieces=4, book=book), Earn(1, 5, expires=9, earned=-1, book=book), Earn(2, 3, book=book)]
        run_all(database, *earned, SetAside(1, of=1, amount=4, pieces=1, places=1, book=book), Spend(2, 2, book=book), now=NOON + DAY)
        later = [SetAside(2, of=1, amount=6, pieces=2, places=1, book=book), Settle(1, used=1, book=book)]
        run_all(database, *later, SetAside(3, of=2, amount=1, book=book), now=NOON + 2 * DAY)
        # Each scores in one batch: a bucket that everybody left says nothing, so that a change there is none.
        run_all(database, Score(1, 5, book=book), Score(2, 90_000, book=book), Score(1, 7, book=book), now=NOON + 3 * DAY)
    run_all(database, Expire(1), Settle(2, used=2, grace=1), now=NOON + 5 * DAY)


def run_all(database: Database, *decisions: Any, now: datetime) -> None:
    """Run decisions as one batch, all of which are accepted."""
    assert {type(outcome) for outcome in run(database, *decisions, now=now)} == {Posted}


@contextmanager
def unguarded(database: Database, url: str) -> Iterator[Connection]:
    """A connection past foreign keys and, on SQLite, CHECKs: as who edits the file would have it. Nothing is kept."""
    engine = create_engine(url)
    with engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.invalidate()  # its settings may not outlive it
    engine.dispose()


def keys_of(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    """The primary keys of a table's rows, in order."""
    columns = list(table.primary_key.columns)
    return [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]


def is_named(seen: Verified, table: Table, key: tuple[Any, ...]) -> bool:
    """Whether a verification names the row; ids as SQLite stores them, or with dashes."""
    wanted = "/".join(str(part) for part in key).replace("-", "")
    return any(finding.table == table.name and finding.key.split(": ")[-1].replace("-", "") == wanted for finding in seen.findings)


ENCODINGS: dict[Table, Callable[[tuple[Any, ...]], bytes]] = {
    tables.entry: encode_entry,
    tables.posting: encode_posting,
    tables.lot: encode_lot,
    tables.lot_change: encode_lot_change,
    tables.hold_take: encode_take,
}
"""What a row's checksum is of: its columns but the last."""


def last_row(connection: Connection, table: Table, *conditions: ColumnElement[bool]) -> Row[Any]:
    """A table's last row of the first book that meets conditions."""
    ordered = select(table).where(table.c.book == 1, *conditions).order_by(*(column.desc() for column in table.primary_key.columns))
    return connection.execute(ordered.limit(1)).one()


def change(connection: Connection, table: Table, row: Row[Any], **changes: Any) -> None:
    """Change a stored row as it is told, and nothing else."""
    where = and_(*(column == getattr(row, column.name) for column in table.primary_key.columns))
    connection.execute(update(table).where(where).values({table.c[name]: value for name, value in changes.items()}))


def forge(connection: Connection, table: Table, *conditions: ColumnElement[bool], **changes: Any) -> Row[Any]:
    """Change a table's last row, checksum and all; gives it as it was."""
    row = last_row(connection, table, *conditions)
    values = tuple((row._asdict() | changes).values())[:-1]
    change(connection, table, row, **changes, checksum=chain.checksum(ENCODINGS[table](values)))
    return row
