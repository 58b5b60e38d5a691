"""The same rows written in sets with no logic: the limit of the database and the driver.

A batch is as large as the writer's; its rows are made from the gifts, written
with a statement a table, and committed. Nothing is looked up, checked,
decided, hashed or answered.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
import sqlite3
from time import perf_counter
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from benchmarks import rows
from benchmarks.by_hand import SQLITE, stored
from benchmarks.community import Community, Gift
from laurels.ledger.writer import POSTGRESQL_BATCH, SQLITE_BATCH

Rows = list[tuple[object, ...]]
Made = tuple[dict[str, Rows], dict[UUID, int]]
"""A batch's rows by table, and the balances of the accounts that it touched."""

COLUMNS = {
    "entry": rows.ENTRY,
    "posting": rows.POSTING,
    "recognition": rows.RECOGNITION,
    "outbox": rows.FACT,
    "request_key": rows.REQUEST_KEY,
}
_TYPES = {
    "bigint": ("book", "sequence", "entry", "amount", "credits", "source_balance", "target_balance", "checksum"),
    "integer": ("position", "endorsement_count"),
    "uuid": ("reference", "source", "target", "id", "giver", "receiver", "hash"),
    "timestamptz": ("occurred_at", "recorded_at", "created_at", "updated_at", "expires_at"),
}
TYPES = {column: kind for kind, columns in _TYPES.items() for column in columns}
MOVE = """
    UPDATE account SET balance = moved.balance
    FROM unnest(%s::uuid[], %s::bigint[]) AS moved (id, balance) WHERE account.id = moved.id
"""


def measure(url: str, community: Community, *, shape: str, gifts: int) -> float:
    """Gifts a second."""
    stream = list(islice(community.gifts(shape), gifts))
    if url.startswith("sqlite"):
        return gifts / _on_sqlite(url.removeprefix("sqlite:///"), community, stream)
    return gifts / _on_postgresql(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False), community, stream)


def _on_postgresql(address: str, community: Community, stream: list[Gift]) -> float:
    with psycopg.connect(address, autocommit=True, prepare_threshold=0) as connection:
        book, number = connection.execute("SELECT id, sequence FROM book").fetchone() or (0, 0)
        balances: dict[UUID, int] = dict(connection.execute("SELECT id, balance FROM account").fetchall())
        connection.execute("SET plan_cache_mode = force_custom_plan")
        start = perf_counter()
        for tables, accounts in _batches(community, stream, POSTGRESQL_BATCH, book, number + 1, balances):
            with connection.transaction():
                for table, written in tables.items():
                    connection.execute(_insert(table), [list(values) for values in zip(*written, strict=True)])
                connection.execute(MOVE, (list(accounts), list(accounts.values())))
        return perf_counter() - start


def _insert(table: str) -> str:
    columns = COLUMNS[table]
    names = ", ".join(f'"{name}"' for name in columns)
    arrays = ", ".join(f"%s::{TYPES.get(name, 'text')}[]" for name in columns)
    return f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"


def _on_sqlite(file: str, community: Community, stream: list[Gift]) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    ((book, number),) = connection.execute("SELECT id, sequence FROM book").fetchall()
    balances = {UUID(identifier): balance for identifier, balance in connection.execute("SELECT id, balance FROM account")}
    start = perf_counter()
    for tables, accounts in _batches(community, stream, SQLITE_BATCH, book, number + 1, balances):
        connection.execute("BEGIN IMMEDIATE")
        for table, written in tables.items():
            connection.executemany(SQLITE[table], [stored(row) for row in written])
        moved = [(balance, account.hex) for account, balance in accounts.items()]
        connection.executemany("UPDATE account SET balance = ? WHERE id = ?", moved)
        connection.execute("COMMIT")
    seconds = perf_counter() - start
    connection.close()
    return seconds


def _batches(community: Community, stream: list[Gift], size: int, book: int, first: int, balances: dict[UUID, int]) -> Iterator[Made]:
    for begin in range(0, len(stream), size):
        yield _batch(stream[begin : begin + size], community, book, first + begin, balances)


def _batch(batch: list[Gift], community: Community, book: int, first: int, balances: dict[UUID, int]) -> Made:
    now = datetime.now(UTC)
    tables: dict[str, Any] = {table: [] for table in COLUMNS}
    moved: dict[UUID, int] = {}
    for number, gift in enumerate(batch, first):
        accounts = rows.touched(gift.giver, gift.receiver, community.month)
        for account in accounts.all():
            moved[account] = balances[account] = balances[account] + (-1 if account == accounts.allowance else 1)
        tables["entry"].append(rows.entry(gift, book, number, now, balances[accounts.allowance]))
        tables["posting"].extend(rows.postings(accounts, book, number, balances))
        tables["recognition"].append(rows.recognition(gift, number, community.month, now))
        tables["outbox"].append(rows.fact(gift, book, number, now))
        tables["request_key"].append(rows.request_key(gift, book, number, now))
    return tables, moved
