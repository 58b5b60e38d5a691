"""Who may see what: the one place that reads ask. Scopes of retrieval come from here, never from a request."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, and_, false, or_, select

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


def read_standing(connection: Connection, class_id: UUID, member_id: UUID, permission: Permission | None = None) -> Standing:
    """Somebody in a class, as it stands now.

    Raises:
        Missing: there is no such class, or they aren't in it.
        Denied: they lack the permission.
    """
    wanted = (
        select(*study_class.c, *study_member.c)
        .join_from(study_class, study_member, study_member.c.class_id == study_class.c.id)
        .where(study_class.c.id == class_id, study_member.c.member == member_id)
    )
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise Missing(what="class")
    width = len(study_class.c)
    standing = standing_of(StudyClass(*row[:width]), ClassMember(*row[width:]))
    if permission is not None:
        standing.require(permission)
    return standing


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

    def may_read(self, documents: FromClause) -> ColumnElement[bool]:
        """The same of rows of documents: those of the class, if they may read it, and the session's own, if it is theirs."""
        of = documents.c
        shared = and_(of.class_id == self.session.class_id, of.session_id.is_(None)) if self.standing.may(Permission.READ) else false()
        return or_(shared, of.session_id == self.session.id) if self.is_mine else shared


def read_session(connection: Connection, session_id: UUID, member_id: UUID, *, mine_only: bool = False) -> SessionSeen:
    """A session, for its owner; shared, for members of its class who may read.

    Args:
        mine_only: whether nothing but one's own will do.

    Raises:
        Missing: there is no such session, or not for them; or they left its class.
    """
    row = connection.execute(select(study_session).where(study_session.c.id == session_id)).one_or_none()
    if row is None:
        raise Missing(what="session")
    session = ChatSession(*row)
    try:
        standing = read_standing(connection, session.class_id, member_id)
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
