"""Documents as reading their files leaves them, written straight to the database: for tests of what finds them."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import insert, update

from laurels.core.ids import new_id
from laurels.products.study import index
from laurels.products.study.index import Hit
from laurels.products.study.rules.words import Page, language_of, passages_of
from laurels.products.study.tables import StudyClass, StudyDocument, study_document, study_page
from products.study.school import School


class Library:
    """Shelves of a school's classes."""

    def __init__(self, school: School) -> None:
        self.school = school

    def room(self, name: str = "Physics I") -> StudyClass:
        """A class of somebody's own."""
        return self.school.found(self.school.make_member(), name)

    def add(self, room: StudyClass, title: str, *pages: str, session: UUID | None = None, status: str = "READY") -> StudyDocument:
        """A document with these pages, in the index; `session`: found by that one alone."""
        document = self._document(room, title, session)
        language = language_of("\n".join(pages))
        with self.school.database.write.begin() as connection:
            connection.execute(insert(study_document).values(asdict(document)))
            texts = [{"document": document.id, "number": number, "text": text} for number, text in enumerate(pages, 1)]
            connection.execute(insert(study_page), texts)
            passages = passages_of(Page(number, text) for number, text in enumerate(pages, 1))
            added = index.add_passages(connection, document, passages, title=title, language=language)
        return self.change(document, passages=added, language=language, processing_status=status)

    def change(self, document: StudyDocument, **values: object) -> StudyDocument:
        """Set columns of a document's row."""
        with self.school.database.write.begin() as connection:
            connection.execute(update(study_document).where(study_document.c.id == document.id).values(values))
        return replace(document, **values)  # type: ignore[arg-type]  # columns, whatever they are

    def search(self, question: str, *scopes: StudyClass | UUID, **more: object) -> list[Hit]:
        """Search within classes, and sessions by their ids."""
        owners = [scope if isinstance(scope, UUID) else scope.id for scope in scopes]
        with self.school.database.read.connect() as connection:
            return index.search(connection, owners, question, **more)  # type: ignore[arg-type]  # as search takes it

    def remove(self, document: StudyDocument, **more: int) -> int:
        """Take passages of a document out."""
        with self.school.database.write.begin() as connection:
            return index.remove_document(connection, document.id, **more)

    def _document(self, room: StudyClass, title: str, session: UUID | None) -> StudyDocument:
        identifier = new_id()
        return StudyDocument(
            id=identifier,
            class_id=room.id,
            session_id=session,
            uploaded_by=room.owner_id,
            filename=f"{title}.pdf",
            file_type="pdf",
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
            created_at=self.school.clock.at,
        )


def titles(hits: Sequence[Hit]) -> list[str]:
    """What was found, as file names without their endings."""
    return [hit.filename.removesuffix(".pdf") for hit in hits]
