"""The same rows written in sets with no logic: the limit of the database and the driver.

A batch is as large as the writer's; its rows are made from the gifts, written
by the writer's own statements (`laurels.ledger.sets`: quicker than psycopg's
lists and than `executemany`), and committed. Nothing is looked up, checked,
decided, hashed or answered.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Table

from benchmarks import rows
from benchmarks.community import Community, Gift
from laurels.core.database import Database
from laurels.ledger import tables
from laurels.ledger.sets import insert_rows, sent_ahead, update_rows
from laurels.ledger.writer import POSTGRESQL_BATCH, SQLITE_BATCH
from laurels.products.recognition.tables import recognition

Rows = list[tuple[Any, ...]]
Made = tuple[list[tuple[Table, tuple[str, ...], Rows]], dict[str, int]]
"""A batch's rows by table, and the balances of the accounts that it touched."""


def measure(database: Database, community: Community, *, shape: str, gifts: int) -> float:
    """Gifts a second."""
    stream = list(islice(community.gifts(shape), gifts))
    size = SQLITE_BATCH if database.is_sqlite else POSTGRESQL_BATCH
    with database.write.connect() as connection:
        book, number = connection.exec_driver_sql("SELECT id, sequence FROM book").one()
        balances = {
            str(identifier).replace("-", ""): balance
            for identifier, balance in connection.exec_driver_sql("SELECT id, balance FROM account")
        }
        connection.rollback()
        start = perf_counter()
        for made, moved in _batches(community, stream, size, book, number + 1, balances):
            with connection.begin(), sent_ahead(connection):
                _write(connection, made, moved)
        return gifts / (perf_counter() - start)


def _write(connection: Connection, made: Iterable[tuple[Table, tuple[str, ...], Rows]], moved: dict[str, int]) -> None:
    for table, given, written in made:
        places = [given.index(column.name) if column.name in given else None for column in table.columns]
        insert_rows(connection, table, [tuple([None if place is None else row[place] for place in places]) for row in written])
    update_rows(connection, tables.account, ("balance",), list(moved.items()))


def _batches(community: Community, stream: list[Gift], size: int, book: int, first: int, balances: dict[str, int]) -> Iterator[Made]:
    for begin in range(0, len(stream), size):
        yield _batch(stream[begin : begin + size], community, book, first + begin, balances)


def _batch(batch: list[Gift], community: Community, book: int, first: int, balances: dict[str, int]) -> Made:
    now = datetime.now(UTC)
    entries: Rows = []
    postings: Rows = []
    recognitions: Rows = []
    facts: Rows = []
    keys: Rows = []
    moved: dict[str, int] = {}
    for number, gift in enumerate(batch, first):
        accounts = rows.touched_names(gift.giver, gift.receiver, community.month)
        for account in accounts.changed():
            moved[account] = balances[account] = balances[account] + (-1 if account == accounts.allowance else 1)
        entries.append(rows.entry(gift, book, number, now, balances[accounts.allowance]))
        postings.extend(rows.postings(accounts, book, number, balances))
        recognitions.append(rows.recognition(gift, number, community.month, now))
        facts.append(rows.fact(gift, book, number, now))
        _, *rest = rows.request_key(gift, book, number, now)
        keys.append((rows.key_hash(gift.giver, gift.id.hex).hex, *rest))
    return [
        (tables.entry, rows.ENTRY, entries),
        (tables.posting, rows.POSTING, postings),
        (recognition, rows.RECOGNITION, recognitions),
        (tables.outbox, rows.FACT, facts),
        (tables.request_key, rows.REQUEST_KEY, keys),
    ], moved
