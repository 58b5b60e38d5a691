"""Engines and column types that mean the same on SQLite and PostgreSQL.

A `Database` has three doors: `write` begins with the write lock in hand
(`BEGIN IMMEDIATE` on SQLite, where a lock taken late loses updates), `read`
never writes, and `quick` reads what somebody waits for, statement by statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
import json
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Computed,
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
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import DDLCompiler

BUSY_TIMEOUT = "busy_timeout=30000"

BACKENDS = frozenset({"sqlite", "postgresql", "cockroachdb"})
"""What a URL may name."""

FOLDING_WAITS_MILLISECONDS = 1_000
"""How long folding the log holds up writers at most, where a long read is in its way."""

MAX_ID_LIST = 20_000
"""The longest list that `among` takes: callers page before that."""

SQLITE_WRITE_CACHE_KIB = 16_000
SQLITE_READ_CACHE_KIB = 2_000
"""Page cache of each connection: the writer's is worth much, the readers' are many."""

QUICK_CONNECTIONS = 5
"""Of `Database.quick`, made when they are first wanted; who finds none free waits for the milliseconds that a read takes."""

WAL_PAGES = 4_000
"""Pages (of 4 KiB) that the write-ahead log holds before it is folded: a busy index page is then copied once for many batches."""

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


@compiles(Computed, "sqlite")
def _computed_on_sqlite(computed: Computed, _: DDLCompiler, **__: Any) -> str:
    """Computed when it is read, and kept in indexes alone: SQLite can't add a stored one to a table that is there."""
    return f"GENERATED ALWAYS AS ({computed.sqltext}) VIRTUAL"


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
    """The engines of one database.

    Attributes:
        quick: for reads that are made often and waited for. On PostgreSQL no transaction is around its statements, and they stay
            prepared: psycopg forgets them at each ROLLBACK, by which other reads end. On SQLite it is `read`.
    """

    write: Engine
    read: Engine
    quick: Engine

    @property
    def is_sqlite(self) -> bool:
        return self.write.dialect.name == "sqlite"

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.write.dispose()
        self.read.dispose()
        self.quick.dispose()


def open_database(url: str, *, pool_size: int = 10) -> Database:
    """Open a database by its SQLAlchemy URL (`sqlite:///file`, `postgresql+psycopg://...`).

    Nothing is created or migrated. A `postgresql://` URL gets the psycopg driver.

    Raises:
        ArgumentError: the URL names no database that this runs on. One in memory is none: every connection would have its own.
    """
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    backend = parsed.get_backend_name()
    if backend not in BACKENDS or (backend == "sqlite" and parsed.database in (None, "", ":memory:")):
        raise ArgumentError(f"{parsed.render_as_string()} isn't a file of SQLite or a database of PostgreSQL")
    if backend == "sqlite":
        read = _sqlite(parsed, begin="BEGIN", pool_size=pool_size, cache_kib=SQLITE_READ_CACHE_KIB)
        write = _sqlite(parsed, begin="BEGIN IMMEDIATE", pool_size=pool_size, cache_kib=SQLITE_WRITE_CACHE_KIB)
        return Database(write=write, read=read, quick=read)
    try:
        engine = _postgresql(parsed, pool_size=pool_size, max_overflow=pool_size)
        quick = _postgresql(parsed, pool_size=QUICK_CONNECTIONS, max_overflow=0, pool_use_lifo=True, isolation_level="AUTOCOMMIT")
    except ModuleNotFoundError as error:
        raise ArgumentError(f"the driver of {parsed.drivername} isn't here: {error}") from error
    return Database(write=engine, read=engine, quick=quick)


def _postgresql(url: URL, **more: Any) -> Engine:
    # Parameters are hidden from errors, and so from the log: they hold what people wrote.
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, **more)


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
        pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", BUSY_TIMEOUT]
        pragmas += [f"cache_size=-{cache_kib}", f"wal_autocheckpoint={WAL_PAGES}"]
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def take_lock(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


def fold_log(database: Database) -> bool:
    """On SQLite, move what the write-ahead log holds into the file and empty the log; gives whether it is empty.

    What is erased is overwritten in the file (`secure_delete`), yet the log
    keeps the pages as they were until it is written over. PostgreSQL does its
    own tidying.
    """
    if not database.is_sqlite:
        return True
    connection = database.write.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={FOLDING_WAITS_MILLISECONDS}")
        is_busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA {BUSY_TIMEOUT}")
        return not is_busy
    finally:
        connection.close()


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


def among_listed(column: ColumnElement[Any], name: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    """As `among`, in a statement that is built once: the parameter `name` is what `listed` makes of the values."""
    if is_sqlite:
        return column.in_(select(func.json_each(bindparam(name, type_=Text)).table_valued("value").c.value))
    return column == any_(bindparam(name, type_=ARRAY(column.type)))


def listed(values: Iterable[Any], *, is_sqlite: bool) -> Any:
    """A list of whole numbers, words or ids as a parameter of a statement with `among_listed`."""
    if not is_sqlite:
        return list(values)
    return json.dumps(list(values), default=lambda identifier: identifier.hex)
