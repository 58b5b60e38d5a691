"""Chat sessions as they are listed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, select, text, tuple_

from laurels.identity.tables import member
from laurels.products.study.decisions.guards import ACTIVE
from laurels.products.study.queries.access import read_session, read_standing
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import ChatSession, study_class, study_member, study_session

_IS_SHARED = text("study_session.is_shared")
"""Written as the partial index of shared sessions says it: SQLite takes it for nothing else."""

Before = tuple[datetime, UUID] | None
"""The `(updated_at, id)` of the last session of the page before."""


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A session, with the name of who owns it.

    Attributes:
        owner: None: somebody who deleted their account.
    """

    row: ChatSession
    owner: str | None
    is_mine: bool


def list_sessions(
    connection: Connection, member_id: UUID, *, limit: int, class_id: UUID | None = None, before: Before = None
) -> list[ShownSession]:
    """A member's sessions in classes that they are in, the one last used first: so many, and one more where there are more.

    Args:
        class_id: only those of one class.

    Raises:
        Missing: there is no such class, or they aren't in it.
    """
    of = study_session.c
    here = and_(study_member.c.class_id == of.class_id, study_member.c.member == of.user_id, study_member.c.status == ACTIVE)
    there = and_(study_class.c.id == of.class_id, study_class.c.deleted_at.is_(None))
    wanted = _shown().join(study_member, here).join(study_class, there).where(of.user_id == member_id)
    if class_id is not None:
        read_standing(connection, class_id, member_id)
        wanted = wanted.where(of.class_id == class_id)
    return _listed(connection, wanted, member_id, limit=limit, before=before)


def list_shared(connection: Connection, class_id: UUID, member_id: UUID, *, limit: int, before: Before = None) -> list[ShownSession]:
    """Sessions that members of a class share with it, the one last used first.

    Raises:
        Missing: there is no such class, or they aren't in it.
        Denied: they may not read there.
    """
    read_standing(connection, class_id, member_id, Permission.READ)
    wanted = _shown().where(study_session.c.class_id == class_id, _IS_SHARED)
    return _listed(connection, wanted, member_id, limit=limit, before=before)


def get_session(connection: Connection, session_id: UUID, member_id: UUID) -> ShownSession:
    """A session, for who may see it.

    Raises:
        Missing: there is none for them.
    """
    seen = read_session(connection, session_id, member_id)
    owner = connection.execute(select(member.c.display_name).where(member.c.id == seen.session.user_id)).scalar()
    return ShownSession(seen.session, owner, seen.is_mine)


def _shown() -> Select[Any]:
    return select(*study_session.c, member.c.display_name).outerjoin(member, member.c.id == study_session.c.user_id)


def _listed(connection: Connection, wanted: Select[Any], member_id: UUID, *, limit: int, before: Before) -> list[ShownSession]:
    of = study_session.c
    if before is not None:
        wanted = wanted.where(tuple_(of.updated_at, of.id) < tuple_(*before, types=[of.updated_at.type, of.id.type]))
    rows = connection.execute(wanted.order_by(of.updated_at.desc(), of.id.desc()).limit(limit + 1))
    return [ShownSession(ChatSession(*row[:-1]), row[-1], row.user_id == member_id) for row in rows]
