"""The same rows written in sets with no logic: the limit of the database and the driver.

The rows are made before the clock starts; a batch is as large as the writer's.
Nothing is checked, decided, chained or answered.
"""

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
TYPES = {
    "book": "bigint", "sequence": "bigint", "position": "smallint", "entry": "bigint", "amount": "bigint", "credits": "bigint",
    "source_balance": "bigint", "target_balance": "bigint", "checksum": "bigint", "endorsement_count": "integer",
    "reference": "uuid", "source": "uuid", "target": "uuid", "id": "uuid", "giver": "uuid", "receiver": "uuid", "hash": "uuid",
    "occurred_at": "timestamptz", "recorded_at": "timestamptz", "created_at": "timestamptz", "updated_at": "timestamptz", "expires_at": "timestamptz",
}  # fmt: skip
COLUMNS = {"entry": rows.ENTRY, "posting": rows.POSTING, "recognition": rows.RECOGNITION, "outbox": rows.FACT, "request_key": rows.REQUEST_KEY}


def measure(url: str, community: Community, *, shape: str, gifts: int) -> float:
    """Gifts a second."""
    if url.startswith("sqlite"):
        return gifts / _on_sqlite(url.removeprefix("sqlite:///"), community, shape, gifts)
    return gifts / _on_postgresql(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False), community, shape, gifts)


def _on_postgresql(address: str, community: Community, shape: str, gifts: int) -> float:
    with psycopg.connect(address, autocommit=True, prepare_threshold=0) as connection:
        book, number = connection.execute("SELECT id, sequence FROM book").fetchone() or (0, 0)
        balances = dict(connection.execute("SELECT id, balance FROM account").fetchall())
        batches = _batches(community, shape, gifts, POSTGRESQL_BATCH, book, number + 1, balances)
        connection.execute("SET plan_cache_mode = force_custom_plan")
        start = perf_counter()
        for tables, accounts in batches:
            with connection.transaction():
                for table, written in tables.items():
                    columns = COLUMNS[table]
                    names = ", ".join(f'"{name}"' for name in columns)
                    arrays = ", ".join(f"%s::{TYPES.get(name, 'text')}[]" for name in columns)
                    connection.execute(f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})", [list(values) for values in zip(*written, strict=True)])
                connection.execute(
                    "UPDATE account SET balance = n.balance FROM unnest(%s::uuid[], %s::bigint[]) AS n (id, balance) WHERE account.id = n.id",
                    (list(accounts), list(accounts.values())),
                )
        return perf_counter() - start


def _on_sqlite(file: str, community: Community, shape: str, gifts: int) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    ((book, number),) = connection.execute("SELECT id, sequence FROM book").fetchall()
    balances = {UUID(identifier): balance for identifier, balance in connection.execute("SELECT id, balance FROM account")}
    made = _batches(community, shape, gifts, SQLITE_BATCH, book, number + 1, balances)
    batches = [
        ({table: [stored(row) for row in written] for table, written in tables.items()}, [(balance, account.hex) for account, balance in moved.items()])
        for tables, moved in made
    ]
    start = perf_counter()
    for tables, accounts in batches:
        connection.execute("BEGIN IMMEDIATE")
        for table, written in tables.items():
            connection.executemany(SQLITE[table], written)
        connection.executemany("UPDATE account SET balance = ? WHERE id = ?", accounts)
        connection.execute("COMMIT")
    seconds = perf_counter() - start
    connection.close()
    return seconds


def _batches(
    community: Community, shape: str, gifts: int, size: int, book: int, first: int, balances: dict[UUID, int]
) -> list[tuple[dict[str, Rows], dict[UUID, int]]]:
    """The rows of each batch by table, and the accounts' balances after it."""
    stream = islice(community.gifts(shape), gifts)
    batches = []
    while batch := list(islice(stream, size)):
        batches.append(_batch(batch, community, book, first, balances))
        first += len(batch)
    return batches


def _batch(batch: list[Gift], community: Community, book: int, first: int, balances: dict[UUID, int]) -> tuple[dict[str, Rows], dict[UUID, int]]:
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
