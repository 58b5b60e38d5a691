"""Documents in answers."""

from typing import Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from laurels.products.study.queries.documents import DocumentPage, ShownDocument
from laurels.web.schemas import Answer, UtcInstant, example

ProcessingStatus: TypeAlias = Literal["PENDING", "PROCESSING", "READY", "FAILED"]
Scope: TypeAlias = Literal["CLASS", "CHAT"]

_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
_CLASS = "01a1f890-e37a-7a10-8c11-0d6a5b1f7e20"
_MEMBER = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
_TIME = "2026-11-20T10:00:00+00:00"


class DocumentAnswer(Answer):
    """A document, and how far it was read."""

    model_config = example(
        {
            "id": _ID,
            "filename": "optics.pdf",
            "file_type": "pdf",
            "size_bytes": 482_113,
            "scope": "CLASS",
            "class_id": _CLASS,
            "session_id": None,
            "uploaded_by": _MEMBER,
            "uploaded_by_name": "Ana",
            "processing_status": "READY",
            "progress": 100,
            "error": None,
            "error_code": None,
            "note": None,
            "title": "Optics",
            "language": "en",
            "pages": 24,
            "passages": 61,
            "created_at": _TIME,
            "ready_at": "2026-11-20T10:00:02+00:00",
        }
    )

    id: UUID
    filename: str
    file_type: str = Field(description="By its content: pdf, docx, pptx, txt, md or html.")
    size_bytes: int
    scope: Scope = Field(description="CLASS: all who may read in the class find it; CHAT: one chat alone does.")
    class_id: UUID
    session_id: UUID | None = Field(description="The chat that alone finds it.")
    uploaded_by: UUID
    uploaded_by_name: str | None = Field(description="Null where the account was deleted.")
    processing_status: ProcessingStatus = Field(description="Only what is READY is found.")
    progress: int = Field(description="Percent of the reading.")
    error: str | None = Field(description="Why it can't be read, and what to do.")
    error_code: str | None = Field(description="The same to program against.")
    note: str | None = Field(description="What is to be known of it: pages without text, or that words alone find it.")
    title: str | None = Field(description="As the file itself says.")
    language: str | None = Field(description="Of its words; null where it can't be told.")
    pages: int | None
    passages: int | None = Field(description="Parts that are found as one; null before it is read.")
    created_at: UtcInstant
    ready_at: UtcInstant | None

    @staticmethod
    def of(shown: ShownDocument) -> "DocumentAnswer":
        """The answer for a document."""
        row = shown.row
        return DocumentAnswer(
            id=row.id,
            filename=row.filename,
            file_type=row.file_type,
            size_bytes=row.size_bytes,
            scope="CLASS" if row.session_id is None else "CHAT",
            class_id=row.class_id,
            session_id=row.session_id,
            uploaded_by=row.uploaded_by,
            uploaded_by_name=shown.uploader,
            processing_status=row.processing_status,
            progress=row.progress,
            error=row.error,
            error_code=row.error_code,
            note=row.note,
            title=row.title,
            language=row.language,
            pages=row.pages,
            passages=row.passages,
            created_at=row.created_at,
            ready_at=row.ready_at,
        )


class Span(Answer):
    """A part of a page's text, in characters (Unicode code points)."""

    model_config = example({"start": 0, "end": 812})

    start: int
    end: int = Field(description="The first that is no longer in it.")


class PageAnswer(Answer):
    """A page of a document: its text, and the parts of it that are found."""

    model_config = example(
        {
            "document_id": _ID,
            "filename": "optics.pdf",
            "page": 3,
            "pages": 24,
            "text": "Light is bent where it enters glass.",
            "passages": [{"start": 0, "end": 36}],
        }
    )

    document_id: UUID
    filename: str
    page: int = Field(description="From 1: a page, a slide, or a part of what has neither.")
    pages: int | None = Field(description="How many the document has; null before all of it is read.")
    text: str
    passages: list[Span]

    @staticmethod
    def of(page: DocumentPage) -> "PageAnswer":
        """The answer for a page."""
        row = page.document
        spans = [Span(start=start, end=end) for start, end in page.spans]
        return PageAnswer(document_id=row.id, filename=row.filename, page=page.number, pages=row.pages, text=page.text, passages=spans)
