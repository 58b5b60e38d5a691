"""Rows whose stored values aren't of their column's form: no code of ours wrote them so.

PostgreSQL refuses nearly all of these; SQLite keeps any bytes in any column, so
that a flipped bit can make a time that is none, text that isn't UTF-8, or a
true that is 3. Reading such a value fails, or hides the change, so they are
looked for before the books are replayed.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Connection, DateTime, Integer, Table, TypeDecorator, Uuid

_SQLITE_TEXT = "typeof({c}) <> 'text'"
_SQLITE_FORMS: tuple[tuple[type, str], ...] = (
    (Boolean, "typeof({c}) <> 'integer' OR {c} NOT IN (0, 1)"),
    (Integer, "typeof({c}) <> 'integer'"),
    (Uuid, _SQLITE_TEXT + " OR length({c}) <> 32 OR {c} GLOB '*[^0-9a-f]*'"),
    (
        DateTime,
        # strftime turns a 31 February into March: what it gives back must be what it got.
        _SQLITE_TEXT + " OR strftime('%Y-%m-%d %H:%M:%S', substr({c}, 1, 19), '+0 days') IS NOT substr({c}, 1, 19)"
        " OR substr({c}, 20) NOT GLOB '.[0-9][0-9][0-9][0-9][0-9][0-9]'",
    ),
)
"""What is wrong with a value on SQLite, by its column's type; any other column holds text."""

_POSTGRESQL_TIME = "{c} < '0001-01-02' OR {c} > '9999-12-30'"
"""Instants that PostgreSQL holds and Python doesn't, infinity among them."""


def list_illegible(connection: Connection, table: Table) -> Iterator[tuple[str, str]]:
    """Rows with a value that isn't of its column's form: pairs of the row's key, its parts joined by `/`, and the column's name."""
    for column in table.columns:
        if column.computed is not None:
            continue  # it is as wrong as what it is computed from
        if connection.dialect.name == "sqlite":
            yield from _illegible_on_sqlite(connection, table, column)
        elif isinstance(_plain_type(column), DateTime):
            key = " || '/' || ".join(f'"{part.name}"::text' for part in table.primary_key.columns)
            found = connection.exec_driver_sql(f"SELECT {key} FROM {table.name} WHERE {_condition(_POSTGRESQL_TIME, column)}")  # noqa: S608  # names come from the Table
            yield from ((row[0], column.name) for row in found)


def _illegible_on_sqlite(connection: Connection, table: Table, column: Column[Any]) -> Iterator[tuple[str, str]]:
    key = ", ".join(f'CAST("{part.name}" AS BLOB)' for part in table.primary_key.columns)
    form = next((form for kind, form in _SQLITE_FORMS if isinstance(_plain_type(column), kind)), None)
    condition = _condition(form or _SQLITE_TEXT, column)
    for row in connection.exec_driver_sql(f"SELECT {key} FROM {table.name} WHERE {condition}"):  # noqa: S608  # as above
        yield _joined(row), column.name
    if form is None:
        # Only Python tells whether it is UTF-8, and only what isn't plain ASCII needs to be asked.
        suspect = f"typeof(\"{column.name}\") = 'text' AND \"{column.name}\" GLOB '*[^ -~]*'"
        for row in connection.exec_driver_sql(f'SELECT {key}, CAST("{column.name}" AS BLOB) FROM {table.name} WHERE {suspect}'):  # noqa: S608  # as above
            if not _is_utf8(row[-1]):
                yield _joined(row[:-1]), column.name


def _is_utf8(stored: bytes) -> bool:
    try:
        stored.decode()
    except UnicodeDecodeError:
        return False
    return True


def _condition(form: str, column: Column[Any]) -> str:
    name = f'"{column.name}"'
    wrong = form.replace("{c}", name)
    return f"{name} IS NOT NULL AND ({wrong})"


def _plain_type(column: Column[Any]) -> Any:
    return column.type.impl if isinstance(column.type, TypeDecorator) else column.type


def _joined(key: Any) -> str:
    return "/".join(part.decode("utf-8", "replace") for part in key)
