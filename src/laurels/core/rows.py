"""Rows: a table's row as a frozen dataclass, with no session behind it.

    @row_of(recognition)
    class Recognition:
        id: UUID
        credits: int

The fields are the columns, in the table's order; the decorator checks that at
import. Decisions get rows, record new ones and change them by value.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Protocol, TypeVar, dataclass_transform

from sqlalchemy import Table

T = TypeVar("T")


class Row(Protocol):
    """What `row_of` makes of a class."""

    __table__: ClassVar[Table]


@dataclass_transform(frozen_default=True)
def row_of(table: Table) -> Callable[[type[T]], type[T]]:
    """Tie a class to its table.

    Raises:
        TypeError: at import, where fields and columns differ in name or order.
    """

    def tie(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True)(cls)
        names = [field.name for field in fields(made)]  # type: ignore[arg-type]  # a dataclass since the line above
        if names != list(table.columns.keys()):
            raise TypeError(f"{cls.__name__} has the fields {names}, its table {table.name} the columns {list(table.columns.keys())}")
        made.__table__ = table  # type: ignore[attr-defined]  # the protocol Row
        return made

    return tie


def table_of(kind: type[Any]) -> Table:
    """The table behind a row class."""
    table: Table = kind.__table__
    return table


def key_of(row: Any) -> Any:
    """A row's primary key: the value, or a tuple where there are several columns."""
    return _key_getter(type(row))(row)


def replaced(row: T, **values: Any) -> T:
    """A row with some of its values changed: as `dataclasses.replace`, in half the time, since a batch does it for each of its events.

    Raises:
        KeyError: the row has no such field.
    """
    kind = type(row)
    places, read = _fields_of(kind)  # type: ignore[arg-type]  # mypy doubts that a class can be hashed
    every = list(read(row))
    for name, value in values.items():
        every[places[name]] = value
    return kind(*every)


@cache
def _fields_of(kind: type[Any]) -> tuple[dict[str, int], Callable[[Any], tuple[Any, ...]]]:
    """The places of a row's fields, and what reads all of their values in one call."""
    names = [field.name for field in fields(kind)]
    # Of a single name, attrgetter would give the value itself and no tuple of it.
    read = attrgetter(*names) if len(names) > 1 else lambda row: (getattr(row, names[0]),)
    return {name: place for place, name in enumerate(names)}, read


_key_getters: dict[type, Callable[[Any], Any]] = {}


def _key_getter(kind: type) -> Callable[[Any], Any]:
    getter = _key_getters.get(kind)
    if getter is None:
        getter = _key_getters[kind] = attrgetter(*(column.name for column in table_of(kind).primary_key.columns))
    return getter


@dataclass_transform(frozen_default=True)
def view_of(table: Table) -> Callable[[type[T]], type[T]]:
    """Tie a class to some of a table's columns: to be read, never written.

    Raises:
        TypeError: at import, where a field is no column or the key is missing.
    """

    def tie(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True)(cls)
        names = {field.name for field in fields(made)}  # type: ignore[arg-type]  # a dataclass since the line above
        if not names <= set(table.columns.keys()) or not {column.name for column in table.primary_key.columns} <= names:
            raise TypeError(f"{cls.__name__} isn't a view of {table.name}: {sorted(names)}")
        made.__table__ = table  # type: ignore[attr-defined]  # the protocol Row
        return made

    return tie
