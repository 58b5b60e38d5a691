"""Who may see what: the one place that reads ask. Scopes of retrieval come from here, never from a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Connection, FromClause, and_, bindparam, or_, select

from laurels.core.errors import Missing
from laurels.products.study.decisions.guards import Standing, standing_of
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import (
    ChatSession,
    ClassMember,
    StudyClass,
    StudyDocument,
    study_class,
    study_document,
    study_member,
    study_session,
)

# Built once: every question is asked behind them, and to build them takes longer than to run them.
_STANDING = (
    select(*study_class.c, *study_member.c)
    .join_from(study_class, study_member, study_member.c.class_id == study_class.c.id)
    .where(study_class.c.id == bindparam("class_id"), study_member.c.member == bindparam("member_id"))
)
_SESSION = (
    select(*study_session.c, *study_class.c, *study_member.c)
    .join_from(study_session, study_class, study_class.c.id == study_session.c.class_id)
    .join(study_member, study_member.c.class_id == study_class.c.id)
    .where(study_session.c.id == bindparam("session_id"), study_member.c.member == bindparam("member_id"))
)


def read_standing(connection: Connection, class_id: UUID, member_id: UUID, permission: Permission | None = None) -> Standing:
    """Somebody in a class, as it stands now.

    Raises:
        Missing: there is no such class, or they aren't in it.
        Denied: they lack the permission.
    """
    row = connection.execute(_STANDING, {"class_id": class_id, "member_id": member_id}).one_or_none()
    if row is None:
        raise Missing(what="class")
    standing = _standing_of(row)
    if permission is not None:
        standing.require(permission)
    return standing


def _standing_of(row: Sequence[Any]) -> Standing:
    width = len(study_class.c)
    return standing_of(StudyClass(*row[:width]), ClassMember(*row[width:]))


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """A session as somebody sees it.

    Attributes:
        standing: of who looks.
        is_mine: whether they own it; others see it shared, and can only read.
    """

    session: ChatSession
    standing: Standing
    is_mine: bool

    @property
    def scopes(self) -> Sequence[UUID]:
        """Where passages may be found for who looks: the class, if they may read it, and the session's own documents, if it is theirs."""
        own = (self.session.id,) if self.is_mine else ()
        return (self.session.class_id, *own) if self.standing.may(Permission.READ) else own

    @property
    def reach(self) -> dict[str, Any]:
        """The parameters of `may_read`, for who looks."""
        reads_class = self.standing.may(Permission.READ)
        return {"class_id": self.session.class_id, "session_id": self.session.id, "reads_class": reads_class, "is_mine": self.is_mine}


def may_read(documents: FromClause) -> ColumnElement[bool]:
    """The same as `SessionSeen.scopes`, of rows of documents, in a statement that is built once; `SessionSeen.reach` has its parameters."""
    of = documents.c
    of_class = and_(bindparam("reads_class", type_=Boolean), of.class_id == bindparam("class_id"), of.session_id.is_(None))
    return or_(of_class, and_(bindparam("is_mine", type_=Boolean), of.session_id == bindparam("session_id")))


def read_session(connection: Connection, session_id: UUID, member_id: UUID, *, mine_only: bool = False) -> SessionSeen:
    """A session, for its owner; shared, for members of its class who may read.

    Args:
        mine_only: whether nothing but one's own will do.

    Raises:
        Missing: there is no such session, or not for them; or they left its class.
    """
    row = connection.execute(_SESSION, {"session_id": session_id, "member_id": member_id}).one_or_none()
    if row is None:
        raise Missing(what="session")
    width = len(study_session.c)
    session = ChatSession(*row[:width])
    try:
        standing = _standing_of(row[width:])
    except Missing:
        raise Missing(what="session") from None
    is_mine = session.user_id == member_id
    if not is_mine and (mine_only or not session.is_shared or not standing.may(Permission.READ)):
        raise Missing(what="session")
    return SessionSeen(session, standing, is_mine)


def read_document(connection: Connection, document_id: UUID, member_id: UUID) -> tuple[StudyDocument, Standing]:
    """A document, for who may read its class; of a session, for its owner alone.

    Raises:
        Missing: there is no such document, or it is deleted, or not for them.
        Denied: they are in its class, and may not read there.
    """
    found = and_(study_document.c.id == document_id, study_document.c.deleted_at.is_(None))
    row = connection.execute(select(study_document).where(found)).one_or_none()
    if row is None:
        raise Missing(what="document")
    document = StudyDocument(*row)
    try:
        standing = read_standing(connection, document.class_id, member_id)
    except Missing:
        raise Missing(what="document") from None
    if document.session_id is not None:
        owner = connection.execute(select(study_session.c.user_id).where(study_session.c.id == document.session_id)).scalar()
        if owner != member_id:
            raise Missing(what="document")
        return document, standing
    standing.require(Permission.READ)
    return document, standing
