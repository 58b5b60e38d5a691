"""A class with documents in it, written straight to the database, as reading files would leave them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, insert, update

from benchmarks.people import member_rows
from laurels.core.ids import new_id
from laurels.identity.tables import member
from laurels.products.study import index
from laurels.products.study.rules.words import Page, language_of, passages_of
from laurels.products.study.tables import StudyDocument, study_class, study_document, study_page


def found_class(connection: Connection, name: str) -> tuple[UUID, UUID]:
    """A class and its owner: their ids."""
    now, owner, room = datetime.now(UTC), new_id(), new_id()
    connection.execute(insert(member), member_rows([owner], now, first=owner.int % 10**9))
    limits = {"sponsor_daily": 0, "sponsor_weekly": 0, "sponsor_monthly": 0}
    words = {"name": name, "description": "", "class_code": room.hex, "time_zone": "UTC"}
    connection.execute(
        insert(study_class).values(id=room, owner_id=owner, is_active=True, created_at=now, updated_at=now, **words, **limits)
    )
    return room, owner


def add_document(connection: Connection, room: UUID, owner: UUID, title: str, texts: Sequence[str]) -> StudyDocument:
    """A document that is READY, a page for each text."""
    document = document_of(room, owner, title)
    connection.execute(insert(study_document).values(asdict(document)))
    pages = [Page(number, text) for number, text in enumerate(texts, 1)]
    connection.execute(insert(study_page), [{"document": document.id, "number": page.number, "text": page.text} for page in pages])
    language = language_of("\n".join(texts))
    added = index.add_passages(connection, document, passages_of(pages), title=title, language=language)
    ready = {"processing_status": "READY", "progress": 100, "language": language, "passages": added}
    connection.execute(update(study_document).where(study_document.c.id == document.id).values(ready))
    return document


def add_documents(connection: Connection, room: UUID, owner: UUID, texts: Iterable[tuple[str, Sequence[str]]]) -> dict[UUID, str]:
    """Documents by title and pages: their titles by id."""
    return {add_document(connection, room, owner, title, pages).id: title for title, pages in texts}


def document_of(room: UUID, owner: UUID, title: str) -> StudyDocument:
    """A document that is being read, as its row begins."""
    identifier = new_id()
    return StudyDocument(
        id=identifier,
        class_id=room,
        session_id=None,
        uploaded_by=owner,
        filename=f"{title}.txt",
        file_type="txt",
        size_bytes=1,
        digest=identifier.hex,
        storage_key=identifier.hex,
        processing_status="PROCESSING",
        progress=0,
        error_code=None,
        error=None,
        note=None,
        title=title,
        language=None,
        pages=None,
        passages=None,
        tries=1,
        due_at=None,
        created_at=datetime.now(UTC),
    )
