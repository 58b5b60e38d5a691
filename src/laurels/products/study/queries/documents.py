"""Documents as they are shown: lists, one of them, and its pages. Each asks `access` first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, tuple_

from laurels.core.errors import Missing
from laurels.identity.tables import member
from laurels.products.study.decisions.documents import Shelf, may_change
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.queries.access import read_document, read_session, read_standing
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import StudyDocument, study_document, study_page, study_passage, study_shelved

Before = tuple[datetime, UUID] | None
"""The `(created_at, id)` of the last document of the page before."""


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document, with the name of who uploaded it.

    Attributes:
        uploader: None: somebody who deleted their account.
        may_change: whether who looks may remove it.
    """

    row: StudyDocument
    uploader: str | None
    may_change: bool


@dataclass(frozen=True, slots=True)
class ShelfSeen:
    """The documents of a class or a session, as a page shows them.

    Attributes:
        standing: of who looks.
        has_more: whether older ones follow.
        unread: how many are being read, or wait for it.
        may_add: whether who looks may upload there.
    """

    shelf: Shelf
    standing: Standing
    documents: list[ShownDocument]
    has_more: bool
    unread: int
    may_add: bool


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A page of a document, with where its passages are.

    Attributes:
        spans: of the passages, in characters of the text: from, to.
    """

    document: StudyDocument
    standing: Standing
    number: int
    text: str
    spans: list[tuple[int, int]]


def list_documents(
    connection: Connection, shelf: Shelf, member_id: UUID, *, limit: int, status: str | None = None, before: Before = None
) -> list[ShownDocument]:
    """The documents of a class or of a session, newest first: so many, and one more where there are more.

    Raises:
        Missing: there is no such class or session for them.
        Denied: they may not read in the class.
    """
    standing = read_shelf(connection, shelf, member_id)
    wanted = _shown().where(_on(shelf))
    if status is not None:
        wanted = wanted.where(study_document.c.processing_status == status)
    if before is not None:
        types = [study_document.c.created_at.type, study_document.c.id.type]
        wanted = wanted.where(tuple_(study_document.c.created_at, study_document.c.id) < tuple_(*before, types=types))
    rows = connection.execute(wanted.order_by(study_document.c.created_at.desc(), study_document.c.id.desc()).limit(limit + 1))
    return [_shown_to(standing, row) for row in rows]


def see_shelf(connection: Connection, shelf: Shelf, member_id: UUID, *, limit: int, before: Before = None) -> ShelfSeen:
    """The documents of a class or of a session, newest first, with what a page says around them.

    Raises:
        Missing, Denied: as `list_documents`.
    """
    standing = read_shelf(connection, shelf, member_id)
    found = list_documents(connection, shelf, member_id, limit=limit, before=before)
    may_add = standing.room.is_active and standing.may(Permission.UPLOAD if shelf.session_id is None else Permission.CHAT)
    return ShelfSeen(shelf, standing, found[:limit], len(found) > limit, count_unread(connection, shelf), may_add)


def get_document(connection: Connection, document_id: UUID, member_id: UUID) -> ShownDocument:
    """A document, for who may read it.

    Raises:
        Missing: there is none for them.
        Denied: they may not read in its class.
    """
    row, standing = read_document(connection, document_id, member_id)
    uploader = connection.execute(select(member.c.display_name).where(member.c.id == row.uploaded_by)).scalar()
    return ShownDocument(row, uploader, may_change(standing, row))


def get_taken(connection: Connection, document_id: UUID) -> ShownDocument:
    """A document that its uploader has just sent: they see what became of it, also where they may upload and not read.

    Raises:
        Missing: it was deleted since.
    """
    found = and_(study_document.c.id == document_id, study_document.c.deleted_at.is_(None))
    row: Any = connection.execute(_shown().where(found)).one_or_none()
    if row is None:
        raise Missing(what="document")
    return ShownDocument(StudyDocument(*row[:-1]), row[-1], may_change=True)


def get_page(connection: Connection, document_id: UUID, member_id: UUID, number: int) -> DocumentPage:
    """A page of a document, for who may read it.

    Raises:
        Missing: there is no such document or page for them.
        Denied: they may not read in its class.
    """
    row, standing = read_document(connection, document_id, member_id)
    found = and_(study_page.c.document == document_id, study_page.c.number == number)
    text = connection.execute(select(study_page.c.text).where(found)).scalar()
    if text is None:
        raise Missing(what="page")
    on_page = and_(study_passage.c.document == document_id, study_passage.c.page == number)
    spans = connection.execute(select(study_passage.c.start, study_passage.c.end).where(on_page).order_by(study_passage.c.position))
    return DocumentPage(row, standing, number, text, [(start, end) for start, end in spans])


def read_shelf(connection: Connection, shelf: Shelf, member_id: UUID) -> Standing:
    """Somebody who looks at a class's documents, or at those of a session of their own.

    Raises:
        Missing, Denied.
    """
    if shelf.session_id is None:
        return read_standing(connection, shelf.class_id, member_id, Permission.READ)
    return read_session(connection, shelf.session_id, member_id, mine_only=True).standing


def shelf_of_session(connection: Connection, session_id: UUID, member_id: UUID) -> Shelf:
    """Where a session's own documents are, for its owner.

    Raises:
        Missing: there is no such session of theirs.
    """
    return Shelf(read_session(connection, session_id, member_id, mine_only=True).session.class_id, session_id)


def find_same(connection: Connection, scope: UUID, digest: str) -> tuple[UUID, str] | None:
    """The document on a shelf that is the same file: its id and its name."""
    same = and_(study_shelved.c.scope == scope, study_shelved.c.digest == digest)
    joined = select(study_document.c.id, study_document.c.filename).join(study_shelved, study_shelved.c.document == study_document.c.id)
    row = connection.execute(joined.where(same)).one_or_none()
    return None if row is None else (row[0], row[1])


def count_unread(connection: Connection, shelf: Shelf) -> int:
    """How many documents of a class or a session are being read, or wait for it."""
    busy = and_(_on(shelf), study_document.c.due_at.is_not(None))
    return connection.execute(select(func.count()).select_from(study_document).where(busy)).scalar_one()


def _on(shelf: Shelf) -> ColumnElement[bool]:
    there = study_document.c.deleted_at.is_(None)
    if shelf.session_id is None:
        return and_(study_document.c.class_id == shelf.class_id, study_document.c.session_id.is_(None), there)
    return and_(study_document.c.session_id == shelf.session_id, there)


def _shown() -> Select[Any]:
    return select(study_document, member.c.display_name).outerjoin(member, member.c.id == study_document.c.uploaded_by)


def _shown_to(standing: Standing, row: Any) -> ShownDocument:
    document = StudyDocument(*row[:-1])
    return ShownDocument(document, row[-1], may_change(standing, document))
