"""Erasing what a member brought to study: documents with all that is found of them, chats, remarks, keys; and their place in classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sqlalchemy import Connection, delete, or_, select, update

from laurels.core.clock import Clock
from laurels.core.database import MAX_ID_LIST, among
from laurels.identity.service_keys import end_keys_of
from laurels.ledger.writer import Proposal, hold_book, post_within
from laurels.products.study.accounts import BOOK
from laurels.products.study.decisions.guards import ACTIVE
from laurels.products.study.decisions.leaving import Cleared, LeaveStudy
from laurels.products.study.index import remove_document
from laurels.products.study.personal.estates import Estate, end_memberships, list_estates, settle_estates
from laurels.products.study.tables import (
    study_citation,
    study_document,
    study_member,
    study_message,
    study_page,
    study_session,
    study_shelved,
)


@dataclass(frozen=True, slots=True)
class _Document:
    """What is needed of a document to erase it: `is_there`: it isn't deleted yet, and so counts on its shelf."""

    id: UUID
    class_id: UUID
    session_id: UUID | None
    size_bytes: int
    digest: str
    is_there: bool

    @property
    def scope(self) -> UUID:
        return self.session_id or self.class_id


def erase_study(connection: Connection, member_id: UUID, *, clock: Clock) -> None:
    """Erase a member's documents with their words and vectors, their chats and remarks; end their memberships and their classes' keys.

    Their classes go to the manager who joined first; without one they are
    archived, and deleted where nobody else is in them, with all that is there.
    Originals are removed by the sweep, as of any document that was deleted.
    What was used stays, as numbers, with the ledger. What others were answered
    is theirs, and stays in their chats, also where it quoted a document that is
    gone. The book is held meanwhile: what is being decided would else bring
    words after they were erased.
    """
    hold_book(connection, BOOK)
    now = clock.now()
    estates = list_estates(connection, member_id)
    seats = _seats_of(connection, member_id)
    documents = _documents_of(connection, member_id, [one.class_id for one in estates if one.fate == "deleted"])
    chatted = _chatted_in(connection, member_id)
    if seats or estates or chatted or documents:  # else they never studied, and the book has nothing to say
        leaving = LeaveStudy(
            member=member_id,
            classes=seats,
            given_up=sum(one.fate != "archived" for one in estates),
            heirs=[one.heir for one in estates if one.heir is not None],
            chatted=chatted,
            cleared=_cleared(documents),
            changed=_changed(seats, estates, documents),
        )
        post_within(connection, Proposal(leaving, now, f"member/{member_id}"), now)
    settle_estates(connection, member_id, estates, now)
    end_memberships(connection, member_id, seats, now)
    _erase_documents(connection, documents, clock)
    _erase_chats(connection, member_id)
    end_keys_of(connection, member_id, subjects="class", now=now)


def _seats_of(connection: Connection, member_id: UUID) -> Sequence[UUID]:
    of = study_member.c
    return connection.scalars(select(of.class_id).where(of.member == member_id, of.status == ACTIVE).order_by(of.class_id)).all()


def _chatted_in(connection: Connection, member_id: UUID) -> Sequence[UUID]:
    of = study_session.c
    return connection.scalars(select(of.class_id).where(of.user_id == member_id).distinct().order_by(of.class_id)).all()


def _documents_of(connection: Connection, member_id: UUID, classes: Sequence[UUID]) -> Sequence[_Document]:
    """What they uploaded, deleted ones too, and all that is in classes that go with them; by shelf."""
    row = study_document.c
    wanted = select(row.id, row.class_id, row.session_id, row.size_bytes, row.digest, row.deleted_at.is_(None))
    theirs = or_(row.uploaded_by == member_id, among(connection.dialect, row.class_id, classes))
    return [_Document(*one) for one in connection.execute(wanted.where(theirs).order_by(row.class_id, row.session_id, row.id))]


def _cleared(documents: Sequence[_Document]) -> list[Cleared]:
    """What is taken off each shelf."""
    there = (one for one in documents if one.is_there)
    shelves = [(scope, [one.size_bytes for one in some]) for scope, some in groupby(there, key=lambda one: one.scope)]
    return [Cleared(scope, len(sizes), sum(sizes)) for scope, sizes in shelves]


def _changed(seats: Sequence[UUID], estates: Sequence[Estate], documents: Sequence[_Document]) -> list[tuple[UUID, str]]:
    shelves = {one.class_id for one in documents if one.session_id is None and one.is_there}
    fates = [(one.class_id, one.fate) for one in estates if one.fate != "members"]
    return [*((class_id, "members") for class_id in seats), *((class_id, "documents") for class_id in sorted(shelves)), *fates]


def _erase_documents(connection: Connection, documents: Sequence[_Document], clock: Clock) -> None:
    """Take out all that documents say and are called. Their rows stay until their files are swept up.

    The rows come first: who reads one of them writes each piece with its row, so that nothing comes behind what is taken out here.
    """
    dialect, row, place = connection.dialect, study_document.c, study_shelved.c
    for first in range(0, len(documents), MAX_ID_LIST):
        some = documents[first : first + MAX_ID_LIST]
        ids = [one.id for one in some]
        these = update(study_document).where(among(dialect, row.id, ids))
        connection.execute(these.values(filename="", digest="", title=None, error=None, note=None, language=None, due_at=None))
        connection.execute(these.where(row.deleted_at.is_(None)).values(deleted_at=clock.now()))
        for document in ids:
            while remove_document(connection, document):
                pass
        connection.execute(delete(study_page).where(among(dialect, study_page.c.document, ids)))
        is_theirs = or_(place.document.is_(None), among(dialect, place.document, ids))
        connection.execute(delete(study_shelved).where(among(dialect, place.digest, [one.digest for one in some]), is_theirs))


def _erase_chats(connection: Connection, member_id: UUID) -> None:
    """Delete their sessions, with questions, answers, remarks and citations. An answer under way ends without words, and is counted."""
    sessions = select(study_session.c.id).where(study_session.c.user_id == member_id)
    messages = select(study_message.c.id).where(study_message.c.session_id.in_(sessions))
    connection.execute(delete(study_citation).where(study_citation.c.message.in_(messages)))
    connection.execute(delete(study_message).where(study_message.c.session_id.in_(sessions)))
    connection.execute(delete(study_session).where(study_session.c.user_id == member_id))
