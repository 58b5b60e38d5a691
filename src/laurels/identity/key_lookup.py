"""How a service key stands, at every request: see `lookup`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Connection, Dialect, Select, update

from laurels.identity.lookup import NOW, STALE, Lookup, statement_for
from laurels.identity.tables import service_key

TOUCH_AFTER = timedelta(minutes=1)
"""A key's use is noted at most this often."""


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """A service key as it is now; only keys that are neither revoked nor expired have one."""

    key_id: UUID
    secret_hash: str
    subject: str
    scopes: frozenset[str]
    name: str
    is_use_to_be_noted: bool


class KeyLookup(Lookup[KeyStanding]):
    """Finds a key's `KeyStanding`: none where it is unknown, revoked or expired."""

    noun: ClassVar[str] = "service key"
    touch_after: ClassVar[timedelta] = TOUCH_AFTER

    def _build_statement(self, dialect: Dialect) -> Select[str]:
        table = service_key
        return statement_for(
            dialect,
            (table.c.id, table.c.secret_hash, table.c.subject, table.c.scopes, table.c.name),
            source=table,
            is_good=table.c.revoked_at.is_(None) & (table.c.expires_at.is_(None) | (table.c.expires_at > NOW)),
            is_stale=table.c.last_used_at.is_(None) | (table.c.last_used_at < STALE),
        )

    def _read(self, row: list[Any]) -> KeyStanding:
        key_id, secret_hash, subject, scopes, name, is_stale = row
        return KeyStanding(UUID(key_id), secret_hash, subject, frozenset(scopes.split()), name, bool(is_stale))

    def _used(self, rows: list[list[Any]]) -> list[UUID]:
        return []  # a key's id is no secret: it is used by whoever knows the rest, which isn't known here

    def _touch(self, connection: Connection, ids: list[UUID], now: datetime) -> None:
        connection.execute(update(service_key).where(service_key.c.id.in_(ids)).values(last_used_at=now))
