"""A small world of books that uses every column, and ways to damage it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, create_engine, select, text

from laurels.core.database import Database
from laurels.ledger import BusinessKey, tables
from laurels.ledger.reader import Verified
from ledger.toy import NOON, Give, Grant, TakeBack, proposed, request, run

BOOKS = ("toys", "joys", "program/7")
PROVED = (tables.book, tables.account, tables.entry, tables.posting, tables.chain)
"""The tables whose every value is stored twice, or hashed."""


def note_id(minute: int, place: int) -> UUID:
    """The id of a gift's note; it has letters, whose case is a bit."""
    return UUID(int=0xBEEF << 112 | 100 * minute + place)


def fill(database: Database) -> None:
    """Three books, six batches: grants, gifts with windows and keys, a reversal."""
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
    """Whether a verification names the row."""
    wanted = "/".join(str(part) for part in key)
    return any(finding.table == table.name and finding.key.split(": ")[-1] == wanted for finding in seen.findings)
