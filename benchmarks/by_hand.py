"""A gift as a transaction of its own, written by hand with care: the yardstick.

PostgreSQL: psycopg's asynchronous connections in a pool, statements prepared,
the accounts locked in one order (so that none deadlock) and as late as the
checks allow. SQLite has one writer: one connection, `BEGIN IMMEDIATE`, and the
callers take turns in the process, since waiting on the file's lock sleeps.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
import sqlite3
from threading import Lock, Thread
from time import perf_counter
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from benchmarks import rows
from benchmarks.community import POLICY, Community, Gift

CONNECTIONS = 20
"""Of the pool: measured best on two cores; more only wait for the same locks."""


def measure(url: str, community: Community, *, shape: str, callers: int, gifts: int) -> float:
    """Gifts a second; each caller sends its next when the last is answered."""
    stream = islice(community.gifts(shape), gifts)
    if url.startswith("sqlite"):
        return gifts / _on_sqlite(url.removeprefix("sqlite:///"), community, stream, callers)
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return gifts / asyncio.run(_on_postgresql(address, community, stream, callers))


# PostgreSQL


def insert_into(table: str, columns: tuple[str, ...], count: int = 1) -> str:
    """The statement that writes so many rows."""
    names = ", ".join(f'"{name}"' for name in columns)
    places = ", ".join(f"({', '.join(['%s'] * len(columns))})" for _ in range(count))
    return f"INSERT INTO {table} ({names}) VALUES {places}"


LOCK = "SELECT id, balance FROM account WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
MOVE = "UPDATE account SET balance = n.balance FROM unnest(%s::uuid[], %s::bigint[]) AS n (id, balance) WHERE account.id = n.id"
ENTRY = insert_into("entry", rows.ENTRY)
POSTINGS = insert_into("posting", rows.POSTING, 4)
RECOGNITION = insert_into("recognition", rows.RECOGNITION)
FACT = insert_into("outbox", rows.FACT)
REQUEST_KEY = insert_into("request_key", rows.REQUEST_KEY)


async def _on_postgresql(address: str, community: Community, stream: Iterator[Gift], callers: int) -> float:
    async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
        found = await (await connection.execute("SELECT id, sequence FROM book")).fetchone()
        assert found is not None
        await connection.execute(f"CREATE SEQUENCE gift_number START {found[1] + 1}")
    pool: asyncio.LifoQueue[psycopg.AsyncConnection] = asyncio.LifoQueue()
    for _ in range(min(callers, CONNECTIONS)):
        pool.put_nowait(await psycopg.AsyncConnection.connect(address, autocommit=True, prepare_threshold=0))

    async def call() -> None:
        for gift in stream:
            connection = await pool.get()
            try:
                await _give(connection, gift, community, found[0])
            finally:
                pool.put_nowait(connection)

    start = perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    seconds = perf_counter() - start
    while not pool.empty():
        await pool.get_nowait().close()
    return seconds


async def _give(connection: psycopg.AsyncConnection, gift: Gift, community: Community, book: int) -> None:
    now = datetime.now(UTC)
    accounts = rows.touched(gift.giver, gift.receiver, community.month)
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.execute("SELECT count(*) FROM member WHERE id = ANY(%s) AND status = 'active'", ([gift.giver, gift.receiver],))
        assert await cursor.fetchone() == (2,)
        await cursor.execute("SELECT nextval('gift_number')")
        number = (await cursor.fetchone())[0]  # type: ignore[index]  # there is one
        await cursor.execute(REQUEST_KEY, rows.request_key(gift, book, number, now))
        await cursor.execute(RECOGNITION, rows.recognition(gift, number, community.month, now))
        await cursor.execute(FACT, rows.fact(gift, book, number, now))
        await cursor.execute(LOCK, (accounts.changed(),))
        balances = _move(accounts, dict(await cursor.fetchall()))
        await cursor.execute(MOVE, (list(balances), list(balances.values())))
        await cursor.execute(ENTRY, rows.entry(gift, book, number, now, balances[accounts.allowance]))
        await cursor.execute(POSTINGS, [value for row in rows.postings(accounts, book, number, balances) for value in row])


def _move(accounts: rows.Touched[UUID], before: dict[UUID, int]) -> dict[UUID, int]:
    """The balances after the gift, checked."""
    if before[accounts.allowance] < 1 or before[accounts.sent] + 1 > POLICY.sending_limit:
        raise ValueError("nothing left to give")
    return {identifier: balance + (-1 if identifier == accounts.allowance else 1) for identifier, balance in before.items()}


# SQLite


def _on_sqlite(file: str, community: Community, stream: Iterator[Gift], callers: int) -> float:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=100)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "cache_size=-16000"):
        connection.execute(f"PRAGMA {pragma}")
    ((book,),) = connection.execute("SELECT id FROM book").fetchall()
    turn, taking = Lock(), Lock()

    def call() -> None:
        while True:
            with taking:
                gift = next(stream, None)
            if gift is None:
                return
            with turn:
                _give_on_sqlite(connection, gift, community, book)

    threads = [Thread(target=call) for _ in range(callers)]
    start = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = perf_counter() - start
    connection.close()
    return seconds


def _give_on_sqlite(connection: sqlite3.Connection, gift: Gift, community: Community, book: int) -> None:
    now = datetime.now(UTC)
    accounts = rows.touched(gift.giver, gift.receiver, community.month)
    connection.execute("BEGIN IMMEDIATE")
    try:
        active = connection.execute(
            "SELECT count(*) FROM member WHERE id IN (?, ?) AND status = 'active'", (gift.giver.hex, gift.receiver.hex)
        )
        assert active.fetchone() == (2,)
        ids = {account.hex: account for account in accounts.changed()}
        found = connection.execute("SELECT id, balance FROM account WHERE id IN (?, ?, ?, ?, ?)", list(ids)).fetchall()
        balances = _move(accounts, {ids[identifier]: balance for identifier, balance in found})
        (number,) = connection.execute("UPDATE book SET sequence = sequence + 1 WHERE id = ? RETURNING sequence", (book,)).fetchone()
        connection.executemany(
            "UPDATE account SET balance = ? WHERE id = ?", [(balance, account.hex) for account, balance in balances.items()]
        )
        connection.execute(SQLITE["entry"], stored(rows.entry(gift, book, number, now, balances[accounts.allowance])))
        connection.executemany(SQLITE["posting"], [stored(row) for row in rows.postings(accounts, book, number, balances)])
        connection.execute(SQLITE["recognition"], stored(rows.recognition(gift, number, community.month, now)))
        connection.execute(SQLITE["outbox"], stored(rows.fact(gift, book, number, now)))
        connection.execute(SQLITE["request_key"], stored(rows.request_key(gift, book, number, now)))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def stored(row: tuple[object, ...]) -> tuple[object, ...]:
    """A row as SQLite stores it."""
    return tuple(map(_stored, row))


def _stored(value: object) -> object:
    if isinstance(value, UUID):
        return value.hex
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


SQLITE = {
    table: insert_into(table, columns).replace("%s", "?")
    for table, columns in (
        ("entry", rows.ENTRY),
        ("posting", rows.POSTING),
        ("recognition", rows.RECOGNITION),
        ("outbox", rows.FACT),
        ("request_key", rows.REQUEST_KEY),
    )
}
