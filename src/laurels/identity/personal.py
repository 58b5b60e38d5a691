"""What each room keeps about a person: gathered when they ask for it, erased when they go.

Rooms above identity register their part; identity knows none of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection

Export: TypeAlias = Callable[[Connection, UUID], Any]
"""Reads what is kept about a member, as what JSON can say."""

Erase: TypeAlias = Callable[[Connection, UUID], None]
"""Erases what names a member or says their words, in the transaction that deletes the account."""


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    export: Export
    erase: Erase | None


class PersonalParts:
    """The registry: one per process."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def add(self, name: str, *, export: Export, erase: Erase | None = None) -> None:
        """Register a room's part, under the name that it has in the export.

        Raises:
            ValueError: the name is taken.
        """
        if any(part.name == name for part in self._parts):
            raise ValueError(f"{name!r} is registered already")
        self._parts.append(_Part(name, export, erase))

    def export(self, connection: Connection, member_id: UUID) -> dict[str, Any]:
        """All that is kept about a member, by room."""
        return {part.name: part.export(connection, member_id) for part in self._parts}

    def erase(self, connection: Connection, member_id: UUID) -> None:
        """Have every room erase its part."""
        for part in self._parts:
            if part.erase is not None:
                part.erase(connection, member_id)
