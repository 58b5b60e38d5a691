"""Engines and column types that mean the same on SQLite and PostgreSQL.

A `Database` has two doors: `write` begins with the write lock in hand
(`BEGIN IMMEDIATE` on SQLite, where a lock taken late loses updates), `read`
never writes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Text,
    TypeDecorator,
    any_,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.pool import ConnectionPoolEntry

MAX_ID_LIST = 20_000
"""The longest list that `among` takes: callers page before that."""

SQLITE_WRITE_CACHE_KIB = 16_000
SQLITE_READ_CACHE_KIB = 2_000
"""Page cache of each connection: the writer's is worth much, the readers' are many."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of every room registers here; migrations are checked against it."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware datetimes only, stores UTC, gives aware UTC back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database: give it a zone")
        return value.astimezone(UTC) if dialect.name != "sqlite" else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


CodePointText = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point on every database (SQLite's BINARY, PostgreSQL's "C")."""


@dataclass(frozen=True, slots=True)
class Database:
    """The two engines of one database."""

    write: Engine
    read: Engine

    @property
    def is_sqlite(self) -> bool:
        return self.write.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.write.dispose()
        self.read.dispose()


def open_database(url: str, *, pool_size: int = 10) -> Database:
    """Open a database by its SQLAlchemy URL (`sqlite:///file`, `postgresql+psycopg://...`).

    Nothing is created or migrated. A `postgresql://` URL gets the psycopg driver.
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return Database(
            write=_sqlite(parsed, begin="BEGIN IMMEDIATE", pool_size=pool_size, cache_kib=SQLITE_WRITE_CACHE_KIB),
            read=_sqlite(parsed, begin="BEGIN", pool_size=pool_size, cache_kib=SQLITE_READ_CACHE_KIB),
        )
    # Parameters are hidden from errors, and so from the log: they hold what people wrote.
    engine = create_engine(parsed, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True)
    return Database(write=engine, read=engine)


def _sqlite(url: Any, *, begin: str, pool_size: int, cache_kib: int) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 30},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _: ConnectionPoolEntry) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", f"cache_size=-{cache_kib}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def take_lock(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def among(dialect: Dialect, column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """`column` is one of `values`, as a single bound parameter whatever their number.

    PostgreSQL gets an array and SQLite a JSON list: an expanding IN would be
    another statement to plan for every length.
    """
    listed = list(values)
    if len(listed) > MAX_ID_LIST:
        raise ValueError(f"{len(listed)} values in one look-up; page by {MAX_ID_LIST}")
    if dialect.name == "sqlite":
        processor = column.type.dialect_impl(dialect).bind_processor(dialect)
        stored = [processor(value) for value in listed] if processor else listed
        return column.in_(select(func.json_each(json.dumps(stored)).table_valued("value").c.value))
    return column == any_(bindparam(None, listed, type_=ARRAY(column.type), unique=True))
