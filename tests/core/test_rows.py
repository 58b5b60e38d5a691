"""Rows are changed by value."""

from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text

from laurels.core.rows import key_of, replaced, row_of, table_of

METADATA = MetaData()
SEATS = Table("seat", METADATA, Column("id", Integer, primary_key=True), Column("name", Text), Column("taken_by", Text))
DAYS = Table("day", METADATA, Column("id", Integer, primary_key=True))


@row_of(SEATS)
class Seat:
    """A seat."""

    id: int
    name: str
    taken_by: str | None


@row_of(DAYS)
class Day:
    """A row of one column."""

    id: int


def test_a_row_is_replaced_by_value() -> None:
    seat = Seat(1, "A1", None)
    taken = replaced(seat, taken_by="ana")
    assert (seat, taken) == (Seat(1, "A1", None), Seat(1, "A1", "ana"))
    assert (replaced(taken), replaced(Day(1), id=2)) == (taken, Day(2))
    with pytest.raises(FrozenInstanceError):
        seat.name = "B1"  # type: ignore[misc]  # that is what must not go


def test_a_field_that_isnt_there_is_no_change() -> None:
    with pytest.raises(KeyError):
        replaced(Seat(1, "A1", None), colour="red")


def test_a_row_knows_its_table_and_key() -> None:
    assert (table_of(Seat), key_of(Seat(7, "A1", None))) == (SEATS, 7)


def test_fields_that_arent_the_tables_columns_are_refused() -> None:
    class Chair:
        id: int
        colour: str

    with pytest.raises(TypeError, match="Chair has the fields"):
        row_of(SEATS)(Chair)


def test_a_key_of_several_columns_is_a_tuple() -> None:
    table = Table("place", METADATA, Column("row", Integer, primary_key=True), Column("column", Integer, primary_key=True))

    @row_of(table)
    class Place:
        row: int
        column: int

    place: Any = Place(1, 2)
    assert key_of(place) == (1, 2)
