"""Rows that are written in sets come back as they went, whatever they hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
import psycopg
import pytest
from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, SmallInteger, Table, Text, Uuid, select
from sqlalchemy.exc import IntegrityError, OperationalError

from laurels.core.database import CodePointText, Database, UtcDateTime
from laurels.ledger.sets import fetch_rows, insert_rows, sent_ahead, update_rows
from laurels.ledger.tables import HexId
from ledger.toy import NOON

own = MetaData()
wide = Table(
    "wide",
    own,
    Column("place", Integer, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("window", CodePointText, nullable=True),
    Column("id", Uuid, nullable=True),
    Column("hash", HexId, nullable=True),
    Column("big", BigInteger, nullable=True),
    Column("small", SmallInteger, nullable=True),
    Column("flag", Boolean, nullable=True),
    Column("at", UtcDateTime, nullable=True),
    Column("bytes", LargeBinary, nullable=True),
    Column("day", Date, nullable=True),
)
NAMES = [column.name for column in wide.columns]
KEYS = ("place", "name")
DAY = date(2024, 2, 29)

words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["NULL", "null", "", "{", "}", ",", '"', "\\", '\\"', "'", "%s", "$1", "a,b", "{NULL}", "\n", "\\x41"]
)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
instants = st.datetimes(datetime(1900, 1, 2), datetime(9999, 1, 1), timezones=zones)  # noqa: DTZ001  # Hypothesis adds the zone
values = st.tuples(
    words,
    st.none() | words,
    st.none() | st.uuids(),
    st.none() | st.uuids().map(lambda value: value.hex),
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.integers(-(2**15), 2**15 - 1),
    st.none() | st.booleans(),
    st.none() | instants,
    st.none() | st.binary(max_size=20),
    st.none() | st.dates(),
)


@pytest.fixture
def tried(database: Database) -> Database:
    """A database that has the wide table."""
    own.create_all(database.write)
    return database


def stored(database: Database) -> list[tuple[Any, ...]]:
    """The rows as SQLAlchemy itself reads them."""
    with database.read.connect() as connection:
        return [tuple(row) for row in connection.execute(select(wide).order_by(wide.c.place))]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(values, min_size=1, max_size=5), others=st.lists(values, min_size=5, max_size=5))
def test_rows_come_back_as_they_went(tried: Database, rows: list[tuple[Any, ...]], others: list[tuple[Any, ...]]) -> None:
    numbered = [(place, *row) for place, row in enumerate(rows)]
    changed = [(place, row[0], *other[1:]) for (place, row), other in zip(enumerate(rows), others, strict=False)]
    keys = [(place, row[0]) for place, row in enumerate(rows)]
    with tried.write.begin() as connection:
        connection.execute(wide.delete())
        insert_rows(connection, wide, numbered)
    assert stored(tried) == numbered
    with tried.write.begin() as connection:
        found = dict(fetch_rows(connection, wide, KEYS, [*keys, (99, "not there")], NAMES))
        assert [found[place] for place in range(len(rows))] == numbered
        assert len(found) == len(rows)
        update_rows(connection, wide, NAMES[2:], changed)
    assert stored(tried) == changed


def test_update_sets_the_named_columns_of_the_named_rows(tried: Database) -> None:
    rows = [(place, "a", "2026-11", None, None, place, 1, True, NOON, b"", DAY) for place in range(3)]
    with tried.write.begin() as connection:
        insert_rows(connection, wide, rows)
        update_rows(connection, wide, ["big", "flag"], [(1, "a", 7, False), (9, "not there", 7, False)])
    assert stored(tried) == [rows[0], (1, "a", "2026-11", None, None, 7, 1, False, NOON, b"", DAY), rows[2]]


@pytest.mark.parametrize("by", ["id", "hash", "big", "at", "window", "day"])
def test_rows_are_found_by_a_column_of_any_type(tried: Database, by: str) -> None:
    row = (1, "a", 'quo"te', UUID(int=5), UUID(int=6).hex, 2**60, 1, True, NOON, b"x", DAY)
    with tried.write.begin() as connection:
        insert_rows(connection, wide, [row])
        value = row[NAMES.index(by)]
        assert sorted(fetch_rows(connection, wide, (by,), [(value,), (value,)], ("place",))) == [(0, (1,)), (1, (1,))]


def test_rows_that_are_there_are_added_to(tried: Database) -> None:
    """The other columns stay as they are, and rows that aren't there are written as given."""
    there = (1, "a", "2026-11", None, None, 40, 1, True, NOON, b"", DAY)
    with tried.write.begin() as connection:
        insert_rows(connection, wide, [there])
        more = [(place, *[None] * 3, amount, *there[6:]) for place, amount in ((1, -3), (2, 5))]
        insert_rows(connection, wide, [(place, "a", *rest) for place, *rest in more], adds_to="big")
        insert_rows(connection, wide, [], adds_to="big")
    assert stored(tried) == [(*there[:5], 37, *there[6:]), (2, "a", None, None, None, 5, *there[6:])]


def test_no_rows_mean_no_statement(tried: Database) -> None:
    with tried.write.begin() as connection:
        insert_rows(connection, wide, [])
        update_rows(connection, wide, ["big"], [])
        assert list(fetch_rows(connection, wide, KEYS, [], NAMES)) == []
    assert stored(tried) == []


def test_refused_row_takes_the_others_along(tried: Database) -> None:
    row = (1, "a", *[None] * 9)
    with pytest.raises(IntegrityError), tried.write.begin() as connection:
        insert_rows(connection, wide, [(2, *row[1:]), row, row])
    assert stored(tried) == []


def test_instant_without_a_zone_is_refused(tried: Database) -> None:
    """PostgreSQL would take it for the session's zone and SQLite for the machine's: two different instants."""
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"), tried.write.begin() as connection:
        insert_rows(connection, wide, [(1, "a", None, None, None, None, None, None, naive, None, None)])
    assert stored(tried) == []


def test_instants_are_stored_in_utc(tried: Database) -> None:
    india = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
    with tried.write.begin() as connection:
        insert_rows(connection, wide, [(1, "a", None, None, None, None, None, None, india, None, None)])
    assert stored(tried)[0][8] == NOON.astimezone(UTC)


def test_type_that_cannot_be_written_in_sets_is_named(postgresql_toys: tuple[Database, str]) -> None:
    """PostgreSQL needs each column's type by name; SQLite binds any value as it is."""
    odd = Table("odd", MetaData(), Column("share", Float, primary_key=True))
    with pytest.raises(TypeError, match="add it to"), postgresql_toys[0].write.begin() as connection:
        insert_rows(connection, odd, [(0.5,)])


def test_connection_that_cannot_leave_the_pipeline_is_lost(postgresql_toys: tuple[Database, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It was cut off while statements were on their way: what came of it must be tried on another connection."""

    @contextmanager
    def stuck(driver: psycopg.Connection[Any]) -> Iterator[None]:
        driver.pgconn.enter_pipeline_mode()
        yield
        raise psycopg.OperationalError("cannot exit pipeline mode while busy")

    monkeypatch.setattr(psycopg.Connection, "pipeline", stuck)
    with postgresql_toys[0].write.connect() as connection:
        with pytest.raises(OperationalError) as caught, connection.begin(), sent_ahead(connection):
            pass
        assert caught.value.connection_invalidated
        assert connection.invalidated
