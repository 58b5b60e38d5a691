"""A community of very many, all of them on the boards: written as the ledger would have left them, without its entries."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from random import Random
import sqlite3
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import Table, insert, make_url, select

from benchmarks.by_hand import insert_into, stored
from benchmarks.people import member_rows
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.windows import month_of, week_of
from laurels.identity.tables import member
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger import Account
from laurels.ledger.ranks import bucket_of
from laurels.ledger.tables import account, board_bucket, book
from laurels.ledger.writer import hold_book
from laurels.products.progress.accounts import BOOK, points, standing
from laurels.products.progress.tables import member_progress

AT_ONCE = 20_000
MEAN_POINTS = 600
TIED = (300, 600, 900)
"""Every fifth member has one of these totals: boards have ties."""

PROGRESS = ("member", "revision", "lifetime_quizzes", "lifetime_projects", "lifetime_comments", "quests_completed")
DONE = (*PROGRESS, "goals_completed", "announced_tier", "announced_level", "badges", "is_anonymous", "last_active_at", "created_at")
HELD = ("id", "book", "asset", "owner", "owner_id", "purpose", "window", "nature", "board", "ranked", "balance")


def fill(url: str, database: Database, size: int) -> list[UUID]:
    """Write so many members with points ever, of this month and of this week; gives their ids."""
    now, draw = datetime.now(UTC), Random(2026)
    members = [new_id() for _ in range(size)]
    with database.write.begin() as connection:
        hold_book(connection, BOOK)
        book_id = connection.execute(select(book.c.id).where(book.c.name == BOOK)).scalar_one()
    buckets: Counter[tuple[str, str, int]] = Counter()
    with _Bulk(url) as bulk:
        for start in range(0, size, AT_ONCE):
            part = members[start : start + AT_ONCE]
            people = member_rows(part, now, first=start)
            bulk.write(member, tuple(people[0]), (tuple(row.values()) for row in people))
            bulk.write(member_progress, DONE, ((who, *[0] * 7, 1, "", False, now, now) for who in part))
            held = [pair for who in part for pair in _holdings(who, _total(draw), now)]
            buckets.update((one.purpose, one.window, bucket_of(balance)) for one, balance in held)
            bulk.write(account, HELD, (_row(one, balance, book_id) for one, balance in held))
    with database.write.begin() as connection:
        counted = [
            {"book": book_id, "purpose": purpose, "window": window, "bucket": bucket, "accounts": number}
            for (purpose, window, bucket), number in buckets.items()
        ]
        connection.execute(insert(board_bucket), counted)
    settle(database)
    return members


def settle(database: Database) -> None:
    """Have the database know what it was filled with, as it would by itself after a while."""
    with database.write.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE")


def _total(draw: Random) -> int:
    return draw.choice(TIED) if draw.random() < 0.2 else 10 + int(draw.expovariate(1 / MEAN_POINTS))


def _holdings(who: UUID, total: int, now: datetime) -> Iterator[tuple[Account, int]]:
    yield points(who), total
    yield standing(who, str(month_of(now, UTC_ZONE))), 1 + total // 3
    yield standing(who, week_of(now, UTC_ZONE)), 1 + total // 10


def _row(one: Account, balance: int, book_id: int) -> tuple[Any, ...]:
    owner_id = UUID(one.owner.partition("/")[2])
    return (UUID(one.id), book_id, one.asset, one.owner, owner_id, one.purpose, one.window, one.nature.value, True, True, balance)


class _Bulk:
    """The quickest way in that each database has."""

    def __init__(self, url: str) -> None:
        self._connection: sqlite3.Connection | psycopg.Connection
        if url.startswith("sqlite"):
            self._connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        else:
            self._connection = psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))

    def __enter__(self) -> "_Bulk":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def write(self, table: Table, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
        """Write rows and commit."""
        if isinstance(self._connection, sqlite3.Connection):
            statement = insert_into(table.name, columns).replace("%s", "?")
            self._connection.executemany(statement, (stored(row) for row in rows))
        else:
            names = ", ".join(f'"{name}"' for name in columns)
            with self._connection.cursor().copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        self._connection.commit()
