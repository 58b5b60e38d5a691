"""Classes as their members see them: a list, or one, each with its numbers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select, tuple_

from laurels.core.database import among
from laurels.identity.tables import member
from laurels.ledger.reader import balances
from laurels.products.study.accounts import seats
from laurels.products.study.decisions.guards import ACTIVE, Standing
from laurels.products.study.queries.access import read_standing
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import ClassMember, StudyClass, study_class, study_document, study_member


@dataclass(frozen=True, slots=True)
class ClassSeen:
    """A class as one of its members sees it.

    Attributes:
        owner_name: None where the owner deleted their account.
        members: how many there are.
        documents: of the class, not of chats.
        documents_ready: those of them that can be searched.
    """

    standing: Standing
    owner_name: str | None
    members: int
    documents: int
    documents_ready: int

    @property
    def shown_code(self) -> str | None:
        """The class's code, for those who may share it."""
        return self.standing.room.class_code if self.standing.may(Permission.SHARE) else None


def read_class(connection: Connection, class_id: UUID, member_id: UUID) -> ClassSeen:
    """A class of a member's.

    Raises:
        Missing: there is no such class, or they aren't in it.
    """
    return _seen(connection, [read_standing(connection, class_id, member_id)])[0]


def list_classes(
    connection: Connection,
    member_id: UUID,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    is_active: bool | None = None,
) -> list[ClassSeen]:
    """The classes that a member is in, the newest first, in four statements however many there are.

    Args:
        before: (created_at, id) of the last one of the page before.
        is_active: only those that are open (True) or archived (False).
    """
    return _seen(connection, list_standings(connection, member_id, limit=limit, before=before, is_active=is_active))


def list_standings(
    connection: Connection,
    member_id: UUID,
    *,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    is_active: bool | None = None,
) -> list[Standing]:
    """The same without their numbers, in one statement."""
    wanted = _mine(member_id)
    if is_active is not None:
        wanted = wanted.where(study_class.c.is_active.is_(is_active))
    if before is not None:
        place = tuple_(*before, types=[study_class.c.created_at.type, study_class.c.id.type])
        wanted = wanted.where(tuple_(study_class.c.created_at, study_class.c.id) < place)
    rows = connection.execute(wanted.order_by(study_class.c.created_at.desc(), study_class.c.id.desc()).limit(limit))
    return [_standing(row) for row in rows]


def find_by_code(connection: Connection, code: str) -> UUID | None:
    """The class that a code lets into, as `rules.codes.read_code` gives it; None where there is none."""
    return connection.execute(select(study_class.c.id).where(study_class.c.class_code == code)).scalar_one_or_none()


def _mine(member_id: UUID) -> Select[Any]:
    joined = select(*study_class.c, *study_member.c).join_from(study_member, study_class, study_class.c.id == study_member.c.class_id)
    return joined.where(study_member.c.member == member_id, study_member.c.status == ACTIVE, study_class.c.deleted_at.is_(None))


def _standing(row: Sequence[Any]) -> Standing:
    width = len(study_class.c)
    return Standing(StudyClass(*row[:width]), ClassMember(*row[width:]))


def _seen(connection: Connection, standings: Sequence[Standing]) -> list[ClassSeen]:
    if not standings:
        return []
    rooms = [standing.room for standing in standings]
    owners = names_of(connection, {room.owner_id for room in rooms})
    taken = balances(connection, [seats(room.id) for room in rooms])
    documents = _documents(connection, [room.id for room in rooms])
    return [
        ClassSeen(standing, owners.get(standing.room.owner_id), taken[seats(standing.room.id)], *documents.get(standing.room.id, (0, 0)))
        for standing in standings
    ]


def names_of(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """What members are called; those who deleted their accounts have no name."""
    rows = connection.execute(select(member.c.id, member.c.display_name).where(among(connection.dialect, member.c.id, ids)))
    return {row.id: row.display_name for row in rows}


def _documents(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    document = study_document.c
    ready = func.count().filter(document.processing_status == "READY")
    counted = (
        select(document.class_id, func.count(), ready)
        .where(among(connection.dialect, document.class_id, ids), document.session_id.is_(None), document.deleted_at.is_(None))
        .group_by(document.class_id)
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(counted)}
