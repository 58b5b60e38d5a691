"""Rows written and read in sets: one statement for a batch, whatever its size.

PostgreSQL gets a column at a time, as array literals that `unnest` turns back
into rows (an expanding VALUES would be another statement to plan for every
size). SQLite runs one prepared statement over the rows in process. Both are
built from the `Table`, so that a new column is written without a change here.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.pq import PipelineStatus
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    CursorResult,
    Date,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    Table,
    Text,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.exc import DBAPIError

Rows = Sequence[Sequence[Any]]
Encode = Callable[[Any], str]


def insert_rows(connection: Connection, table: Table, rows: Rows, *, adds_to: str | None = None) -> None:
    """Insert rows that give every column, in the table's order, but for what the database computes.

    Args:
        adds_to: a column whose value, where the row is there already, is added to what stands there; no key comes twice.

    Raises:
        sqlalchemy.exc.IntegrityError: a constraint refuses one; none is written.
    """
    if not rows:
        return
    columns = tuple(column for column in table.columns if column.computed is None)
    names = ", ".join(_name(column) for column in columns)
    ending = _adding(table, adds_to) if adds_to else ""
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {table.name} ({names}) VALUES ({places}){ending}"  # noqa: S608  # names come from the Table
        connection.exec_driver_sql(sql, _stored(connection.dialect, columns, rows))
    else:
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) SELECT * FROM {_unnest(columns)}{ending}", _arrays(columns, rows))  # noqa: S608  # as above


@contextmanager
def sent_ahead(connection: Connection) -> Iterator[None]:
    """Have PostgreSQL work on one statement while the next is being made (its pipeline mode); SQLite runs as ever.

    For statements whose results nobody reads. An error shows at a later
    statement, at the latest when this ends.

    Raises:
        sqlalchemy.exc.DBAPIError: a statement failed, also one sent long before.
    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        lost = connection.dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]  # as SQLAlchemy itself asks
        if lost or driver.pgconn.pipeline_status != PipelineStatus.OFF:
            # One that was cut off in the middle can't even leave the pipeline: a rollback on it would hide what happened.
            lost = True
            connection.invalidate(error)
        raise DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=lost, dialect=connection.dialect) from error


def update_rows(connection: Connection, table: Table, changed: Sequence[str], rows: Rows) -> None:
    """Set the columns `changed`; each row is the primary key's values, then theirs. Rows not there stay not there."""
    if not rows:
        return
    keys = tuple(table.primary_key.columns)
    values = tuple(table.columns[name] for name in changed)
    if connection.dialect.name == "sqlite":
        sets = ", ".join(f"{_name(column)} = ?" for column in values)
        match = " AND ".join(f"{_name(column)} = ?" for column in keys)
        turned = [(*row[len(keys) :], *row[: len(keys)]) for row in rows]
        connection.exec_driver_sql(f"UPDATE {table.name} SET {sets} WHERE {match}", _stored(connection.dialect, values + keys, turned))  # noqa: S608  # as above
    else:
        names = ", ".join(_name(column) for column in keys + values)
        sets = ", ".join(f"{_name(column)} = n.{_name(column)}" for column in values)
        match = " AND ".join(f"t.{_name(column)} = n.{_name(column)}" for column in keys)
        connection.exec_driver_sql(
            f"UPDATE {table.name} AS t SET {sets} FROM {_unnest(keys + values)} AS n ({names}) WHERE {match}",  # noqa: S608  # as above
            _arrays(keys + values, rows),
        )


def fetch_rows(
    connection: Connection, table: Table, by: Sequence[str], keys: Rows, wanted: Sequence[str], *, only: str = "true"
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Read the columns `wanted` of the rows whose columns `by` equal one of `keys`.

    Gives pairs of the key's place in `keys` and the values; keys with no row give none.

    Args:
        only: a further condition in SQL on the table `t`: as a partial index has it, for that to be used.
    """
    if not keys:
        return
    matched = tuple(table.columns[name] for name in by)
    columns = tuple(table.columns[name] for name in wanted)
    listed = ", ".join(f"t.{_name(column)}" for column in columns)
    if connection.dialect.name == "sqlite":
        stored = _stored(connection.dialect, matched, keys)
        if len(matched) == 1:
            match, sent = f"t.{_name(matched[0])} = n.value", [value for (value,) in stored]
        else:
            match = " AND ".join(f"t.{_name(column)} = json_extract(n.value, '$[{place}]')" for place, column in enumerate(matched))
            sent = list(stored)
        sql = f"SELECT n.key, {listed} FROM json_each(?) AS n CROSS JOIN {table.name} AS t ON {match} AND {only}"  # noqa: S608  # as above
        found = connection.exec_driver_sql(sql, (orjson.dumps(sent).decode(),))
        yield from _read(connection.dialect, columns, found)
        return
    names = ", ".join(_name(column) for column in matched)
    match = " AND ".join(f"t.{_name(column)} = n.{_name(column)}" for column in matched)
    sql = (
        f"SELECT n.nth_key - 1, {listed} FROM {_unnest(matched)} WITH ORDINALITY AS n ({names}, nth_key)"  # noqa: S608  # as above
        f" JOIN {table.name} AS t ON {match} AND {only}"
    )
    yield from _read(connection.dialect, columns, connection.exec_driver_sql(sql, _arrays(matched, keys)))


def _read(dialect: Dialect, columns: Sequence[Column[Any]], result: CursorResult[Any]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    found: Sequence[Any] = result.fetchall()  # in one go: row by row costs twice the time
    if not any(readers):
        for row in found:
            yield row[0], tuple(row[1:])
        return
    for row in found:
        yield row[0], tuple([reader(value) if reader else value for reader, value in zip(readers, row[1:], strict=True)])


def _adding(table: Table, name: str) -> str:
    keys = ", ".join(_name(column) for column in table.primary_key.columns)
    return f' ON CONFLICT ({keys}) DO UPDATE SET "{name}" = {table.name}."{name}" + excluded."{name}"'


def _name(column: Column[Any]) -> str:
    return f'"{column.name}"'  # quoted: `window` is a reserved word


def _stored(dialect: Dialect, columns: Sequence[Column[Any]], rows: Rows) -> Rows:
    """The rows as SQLite stores them; only columns of ids and instants are converted, each in one go."""
    converters = _sqlite_converters(tuple(columns))
    if not converters:
        return rows
    turned: list[Any] = list(zip(*rows, strict=True))
    for place, convert in converters:
        turned[place] = [None if value is None else convert(value) for value in turned[place]]
    return list(zip(*turned, strict=True))


@lru_cache(maxsize=256)
def _sqlite_converters(columns: tuple[Column[Any], ...]) -> tuple[tuple[int, Encode], ...]:
    """Pairs of a column's place and what makes its values what SQLite stores."""
    made: list[tuple[int, Encode]] = []
    for place, column in enumerate(columns):
        kind = _plain_type(column)
        if isinstance(kind, Uuid) and kind.as_uuid:
            made.append((place, _uuid))
        elif isinstance(kind, DateTime):
            made.append((place, _sqlite_time))
        elif isinstance(kind, Date):
            made.append((place, date.isoformat))
    return tuple(made)


@lru_cache(maxsize=4096)
def _sqlite_time(at: datetime) -> str:
    """As SQLAlchemy's DateTime stores it: UTC, microseconds always given."""
    return _aware(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


@lru_cache(maxsize=256)
def _unnest(columns: tuple[Column[Any], ...]) -> str:
    arrays = ", ".join(f"%s::{_postgresql_type(column)}[]" for column in columns)
    return f"unnest({arrays})"


def _postgresql_type(column: Column[Any]) -> str:
    kind = _plain_type(column)
    for known, name in (
        (Uuid, "uuid"),
        (DateTime, "timestamptz"),
        (Date, "date"),
        (Boolean, "boolean"),
        (Integer, "bigint"),
        (LargeBinary, "bytea"),
        (Text, "text"),
    ):
        if isinstance(kind, known):
            return name
    raise TypeError(f"{column} has a type that isn't written in sets: {kind!r}; add it to laurels.ledger.sets")


def _plain_type(column: Column[Any]) -> Any:
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type


def _arrays(columns: tuple[Column[Any], ...], rows: Rows) -> tuple[str, ...]:
    return tuple([_array(_encoder(column), [row[place] for row in rows]) for place, column in enumerate(columns)])


def _array(encode: Encode, values: Sequence[Any]) -> str:
    if None in values:
        return "{" + ",".join(["NULL" if value is None else encode(value) for value in values]) + "}"
    return "{" + ",".join(map(encode, values)) + "}"


@lru_cache(maxsize=1024)
def _encoder(column: Column[Any]) -> Encode:
    encoders: dict[str, Encode] = {
        "uuid": _uuid,
        "timestamptz": _time,
        "date": date.isoformat,
        "boolean": str,
        "bigint": str,
        "bytea": _bytes,
        "text": _text,
    }
    return encoders[_postgresql_type(column)]


def _uuid(value: UUID | str) -> str:
    return value if isinstance(value, str) else value.hex


@lru_cache(maxsize=4096)
def _time(value: datetime) -> str:
    return f'"{_aware(value).isoformat()}"'


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a naive datetime has no place in the database: give it a zone")
    return at


def _bytes(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


def _text(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'
