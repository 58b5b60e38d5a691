"""How a session and its member stand, at every request: see `lookup`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Connection, Dialect, Select

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.identity.lookup import NOW, STALE, Lookup, statement_for
from laurels.identity.sessions import touch_sessions
from laurels.identity.tables import member, member_session

TOUCH_AFTER = timedelta(minutes=10)
"""A session's use is noted at most this often."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A session and its member as they are now; only live sessions of active members have one."""

    session_id: UUID
    secret_hash: str
    via: str
    member_id: UUID
    role: str
    student_id: str
    display_name: str
    time_zone: str
    locale: str


class SessionLookup(Lookup[Standing]):
    """Finds a session's `Standing`: none where it is ended, expired, or its member isn't active."""

    noun: ClassVar[str] = "session"
    touch_after: ClassVar[timedelta] = TOUCH_AFTER

    def __init__(self, database: Database, clock: Clock, *, session_days: int) -> None:
        super().__init__(database, clock)
        self._session_days = session_days

    def _build_statement(self, dialect: Dialect) -> Select[str]:
        table = member_session
        columns = (
            *(table.c.id, table.c.secret_hash, table.c.via),
            *(member.c.id, member.c.role, member.c.student_id, member.c.display_name, member.c.time_zone, member.c.locale),
        )
        return statement_for(
            dialect,
            columns,
            source=table.join(member, member.c.id == table.c.member_id),
            is_good=(table.c.expires_at > NOW) & (member.c.status == "active"),
            is_stale=table.c.last_used_at < STALE,
        )

    def _read(self, row: list[Any]) -> Standing:
        return _standing(row)

    def _touch(self, connection: Connection, ids: list[UUID], now: datetime) -> None:
        touch_sessions(connection, ids, now=now, days=self._session_days)


def _standing(row: list[Any]) -> Standing:
    session_id, secret_hash, via, member_id, *rest, _ = row
    return Standing(UUID(session_id), secret_hash, via, UUID(member_id), *rest)
