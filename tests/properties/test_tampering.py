"""A bit flipped anywhere in the books is found, and its row named."""

from datetime import datetime, timedelta
import struct
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import pytest
from sqlalchemy import Boolean, Column, Connection, Integer, Table, Uuid, and_, select, text, update
from sqlalchemy.exc import DBAPIError

from laurels.core.database import Database
from laurels.ledger.reader import verify
from laurels.ledger.tables import HexId
from ledger.toy import toy_tables
from ledger.world import PROVED, fill, is_named, keys_of, unguarded


@pytest.fixture
def world(database: Database) -> Database:
    """A database with books in it; each example undoes what it did."""
    toy_tables.create_all(database.write)
    fill(database)
    return database


columns = st.sampled_from([(table, column) for table in PROVED for column in table.columns])


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=columns, row=st.integers(0, 10_000), bit=st.integers(0, 10_000))
def test_flipped_bit_is_named(world: Database, database_url: str, place: tuple[Table, Column[Any]], row: int, bit: int) -> None:
    """In any column of any row of any table; or the database refuses the value by itself."""
    table, column = place
    with unguarded(world, database_url) as connection:
        keys = keys_of(connection, table)
        key = keys[row % len(keys)]
        flip = _flip_on_sqlite if world.is_sqlite else _flip_on_postgresql
        try:
            changed = flip(connection, table, column, key, bit)
        except DBAPIError:
            return  # a unique index, a CHECK, or no such text: the database's own guard
        if changed is None:
            return  # nothing is stored there
        after = tuple(changed if part is column else old for part, old in zip(table.primary_key.columns, key, strict=True))
        seen = verify(connection)
        if isinstance(changed, bytes):
            assert not seen.is_clean
            assert {finding.table for finding in seen.findings} == {table.name}
        else:
            assert is_named(seen, table, after), [str(finding) for finding in seen.findings]


def _flip_on_sqlite(connection: Connection, table: Table, column: Column[Any], key: tuple[Any, ...], bit: int) -> Any:
    """Flip a bit of what is stored: a 64-bit number, or the bytes of a text. Gives what a key column then holds."""
    where = " AND ".join(f'"{part.name}" = {_literal(value)}' for part, value in zip(table.primary_key.columns, key, strict=True))
    kind, stored = connection.exec_driver_sql(
        f'SELECT typeof("{column.name}"), CAST("{column.name}" AS BLOB) FROM {table.name} WHERE {where}'
    ).one()
    if kind == "null":
        return None
    if kind == "integer":
        number = struct.unpack(">q", _flipped(struct.pack(">q", int(stored)), bit))[0]
        connection.exec_driver_sql(f'UPDATE {table.name} SET "{column.name}" = ? WHERE {where}', (number,))
        return number
    if not stored:
        return None
    flipped = _flipped(stored, bit)
    connection.exec_driver_sql(f'UPDATE {table.name} SET "{column.name}" = CAST(? AS TEXT) WHERE {where}', (flipped,))
    try:
        return flipped.decode()
    except UnicodeDecodeError:
        return flipped


def _flip_on_postgresql(connection: Connection, table: Table, column: Column[Any], key: tuple[Any, ...], bit: int) -> Any:
    """Flip a bit of a value as PostgreSQL holds it."""
    where = and_(*(part == value for part, value in zip(table.primary_key.columns, key, strict=True)))
    value = connection.execute(select(column).where(where)).scalar_one()
    if value is None or value == "":
        return None
    other: Any
    if isinstance(column.type, Boolean):
        other = not value
    elif isinstance(column.type, HexId | Uuid):
        number = UUID(str(value)).int ^ (1 << bit % 128)
        other = UUID(int=number).hex if isinstance(column.type, HexId) else UUID(int=number)
    elif isinstance(column.type, Integer):
        other = struct.unpack(">q", _flipped(struct.pack(">q", value), bit))[0]
    elif isinstance(value, datetime):
        other = value + timedelta(microseconds=1 << bit % 55) * (-1 if bit % 2 else 1)
    else:
        try:
            other = _flipped(value.encode(), bit).decode()
        except UnicodeDecodeError:
            return None  # PostgreSQL takes UTF-8 only
    connection.execute(text("SAVEPOINT here"))
    connection.execute(update(table).where(where).values({column.name: other}))
    return other


def _flipped(stored: bytes, bit: int) -> bytes:
    place, shift = divmod(bit % (8 * len(stored)), 8)
    return stored[:place] + bytes([stored[place] ^ 1 << shift]) + stored[place + 1 :]


def _literal(value: Any) -> str:
    if isinstance(value, UUID):
        return f"'{value.hex}'"
    return str(value) if isinstance(value, int) else f"'{value}'"
