"""Flat records: frozen dataclasses of scalars that become JSON and come back.

Answers and facts are such records. They hold ids and numbers only, so that
what is stored beside the ledger says nothing about a person.
"""

from dataclasses import fields
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson

R = TypeVar("R")


def encode(record: object) -> str:
    """A record as compact JSON, its fields in order; the same record gives the same text."""
    return orjson.dumps(record).decode()


def decode(kind: type[R], text: str) -> R:
    """The record that `encode` wrote.

    Raises:
        TypeError: the stored fields aren't those of `kind`.
    """
    values: dict[str, Any] = orjson.loads(text)
    for name in _uuid_fields(kind):  # type: ignore[arg-type]  # mypy doubts that a class can be hashed
        if values.get(name) is not None:
            values[name] = UUID(values[name])
    return kind(**values)


@cache
def _uuid_fields(kind: type) -> tuple[str, ...]:
    hints = get_type_hints(kind)
    return tuple(field.name for field in fields(kind) if _is_uuid(hints[field.name]))


def _is_uuid(hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType):
        return any(_is_uuid(part) for part in get_args(hint))
    return getattr(hint, "__supertype__", hint) is UUID
