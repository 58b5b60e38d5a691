"""/documents: uploading to a class or to a chat, lists, a document, its pages and its file."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, BinaryIO
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Path, Query, Request, Response, UploadFile
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from laurels.core.errors import Denied, DomainError, Missing
from laurels.identity.errors import MemberInactive
from laurels.ledger.writer import RequestKey
from laurels.products.study.accounts import BOOK
from laurels.products.study.actions import documents as actions
from laurels.products.study.api.identifiers import ClassId, DocumentId, SessionId
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.desk import Desk, DeskParts
from laurels.products.study.errors import ClassClosed, DocumentBusy, DuplicateDocument, ShelfFull
from laurels.products.study.extraction import FileRefused, FileType, ReaderStopped
from laurels.products.study.queries.documents import get_document, get_page, get_taken, list_documents, shelf_of_session
from laurels.products.study.schemas.documents import DocumentAnswer, PageAnswer, ProcessingStatus
from laurels.products.study.storage import StorageUnavailable
from laurels.products.study.tables import StudyDocument
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.etags import IfNoneMatch, tell_version, versioned
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.paths import API_PREFIX
from laurels.web.problems import ContentTooLarge

router = APIRouter(prefix="/documents")

UPLOADS_PER_MINUTE = 30
PIECE_BYTES = 2**18
MAX_PAGE_NUMBER = 2_000

_FILE_PROBLEMS: list[type[DomainError]] = sorted(FileRefused.__subclasses__(), key=lambda kind: kind.code)
_TAKEN = {202: created("doc_id", "read_document", "remove_document", field="id")[201]}
_UPLOAD_RESPONSES = _TAKEN | documented(
    *(Missing, Denied, MemberInactive, ClassClosed, DuplicateDocument, ShelfFull, ContentTooLarge),
    *(*_FILE_PROBLEMS, ReaderStopped, StorageUnavailable),
)
_CHANGE_PROBLEMS = (Missing, Denied, MemberInactive, ClassClosed)

MEDIA_TYPES = {
    FileType.PDF: "application/pdf",
    FileType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileType.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileType.TXT: "text/plain",
    FileType.MD: "text/markdown",
    FileType.HTML: "text/html",
}

_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}, "example": "%PDF-1.7 ..."}
_FILE_RESPONSES = versioned(is_read=True)
_FILE_RESPONSES[200] |= {"description": "The file as it was uploaded.", "content": dict.fromkeys(MEDIA_TYPES.values(), _BYTES)}

FileField = Annotated[
    UploadFile, File(description="A PDF, Word, PowerPoint, text, Markdown or HTML file, with its name.", examples=["%PDF-1.7 ..."])
]
StatusFilter = Annotated[ProcessingStatus | None, Query(description="Only those with this status.")]


@router.post(
    "/classes/{class_id}/upload",
    status_code=202,
    dependencies=[limited("upload", per_minute=UPLOADS_PER_MINUTE, book=BOOK)],
    responses=_UPLOAD_RESPONSES,
)
async def upload_to_class(
    file: FileField,
    class_id: ClassId,
    caller: Signed,
    context: Ctx,
    desk: DeskParts,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("upload")],
) -> DocumentAnswer:
    """Add a document to a class, as `multipart/form-data` with the field `file`. It needs can_upload.

    The file is looked at at once: one that can't be read is refused, and nothing
    of it is kept. Reading it follows: ask for the document until it is READY.
    """
    return await _take(context, desk, caller, Shelf(class_id), file, request, response, key)


@router.post(
    "/sessions/{session_id}/upload",
    status_code=202,
    dependencies=[limited("upload", per_minute=UPLOADS_PER_MINUTE, book=BOOK)],
    responses=_UPLOAD_RESPONSES,
)
async def upload_to_session(
    file: FileField,
    session_id: SessionId,
    caller: Signed,
    context: Ctx,
    desk: DeskParts,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("upload")],
) -> DocumentAnswer:
    """Add a document to a chat of mine: it alone finds it, also where the chat is shared. It needs can_chat."""
    shelf = await run_in_threadpool(_session_shelf, context, caller, session_id)
    return await _take(context, desk, caller, shelf, file, request, response, key)


@router.get("/classes/{class_id}", responses=documented(Missing, Denied, CursorInvalid))
def list_class_documents(
    class_id: ClassId, caller: Signed, context: Ctx, status: StatusFilter = None, limit: PageSize = 20, cursor: Cursor = None
) -> Page[DocumentAnswer]:
    """The documents of a class, newest first. It needs can_read."""
    return _list(context, caller, Shelf(class_id), status, limit, cursor)


@router.get("/sessions/{session_id}", responses=documented(Missing, CursorInvalid))
def list_session_documents(
    session_id: SessionId, caller: Signed, context: Ctx, status: StatusFilter = None, limit: PageSize = 20, cursor: Cursor = None
) -> Page[DocumentAnswer]:
    """The documents of a chat of mine, newest first; those of its class aren't among them."""
    return _list(context, caller, _session_shelf(context, caller, session_id), status, limit, cursor)


@router.get("/{doc_id}", responses=documented(Missing, Denied))
def read_document(doc_id: DocumentId, caller: Signed, context: Ctx) -> DocumentAnswer:
    """A document, and how far it was read: of a class for who may read there, of a chat for its owner alone."""
    return _read(context, caller, doc_id)


@router.get("/{doc_id}/pages/{number}", responses=documented(Missing, Denied))
def read_page(
    doc_id: DocumentId,
    number: Annotated[int, Path(ge=1, le=MAX_PAGE_NUMBER, description="From 1.")],
    caller: Signed,
    context: Ctx,
) -> PageAnswer:
    """What stands on a page: what a citation leads to. Whether I may read it is asked anew each time."""
    with context.database.read.connect() as connection:
        return PageAnswer.of(get_page(connection, doc_id, caller.member_id, number))


@router.get(
    "/{doc_id}/file",
    response_class=Response,
    responses=_FILE_RESPONSES | documented(Missing, Denied, StorageUnavailable),
)
def download_document(
    doc_id: DocumentId, caller: Signed, context: Ctx, desk: DeskParts, if_none_match: IfNoneMatch = None
) -> StreamingResponse:
    """The file as it was uploaded: to be saved, never to be shown in place."""
    with context.database.read.connect() as connection:
        row = get_document(connection, doc_id, caller.member_id).row
    marked = Response()
    tell_version(marked, f'"{row.digest}"', if_none_match)
    return StreamingResponse(
        _pieces(desk.storage.open(row.storage_key)),
        media_type=MEDIA_TYPES[FileType(row.file_type)],
        headers={**_file_headers(row), "ETag": marked.headers["ETag"]},
    )


@router.post(
    "/{doc_id}/reprocess",
    status_code=202,
    dependencies=[limited("reprocess", per_minute=UPLOADS_PER_MINUTE)],
    responses=documented(*_CHANGE_PROBLEMS, DocumentBusy),
)
async def reprocess_document(doc_id: DocumentId, caller: Signed, context: Ctx) -> DocumentAnswer:
    """Read a document anew from its file: for who uploaded it, and managers of its class. It isn't found meanwhile.

    It needs no Idempotency-Key: sent twice, the second is refused while the first is under way.
    """
    await actions.reprocess_document(context, caller, doc_id)
    return await run_in_threadpool(_read, context, caller, doc_id)


@router.delete("/{doc_id}", status_code=204, responses=documented(*_CHANGE_PROBLEMS))
async def remove_document(doc_id: DocumentId, caller: Signed, context: Ctx) -> None:
    """Delete a document: for who uploaded it, and managers of its class.

    Nobody finds or opens it from then on. Citations of it stay, and lead nowhere.
    """
    await actions.remove_document(context, caller, doc_id)


@router.delete("/documents/{doc_id}", status_code=204, responses=documented(*_CHANGE_PROBLEMS))
async def remove_document_too(doc_id: DocumentId, caller: Signed, context: Ctx) -> None:
    """The same as `DELETE /documents/{doc_id}`, under another path that clients know."""
    await actions.remove_document(context, caller, doc_id)


async def _take(
    context: Context,
    desk: Desk,
    caller: Caller,
    shelf: Shelf,
    file: UploadFile,
    request: Request,
    response: Response,
    key: RequestKey | None,
) -> DocumentAnswer:
    posted = await actions.upload(context, desk, caller, shelf, file, request=key)
    tell_replay(request, posted)
    answer = await run_in_threadpool(_read_taken, context, posted.answer.document)
    response.headers["Location"] = f"{API_PREFIX}/documents/{answer.id}"
    return answer


def _read_taken(context: Context, document_id: UUID) -> DocumentAnswer:
    with context.database.read.connect() as connection:
        return DocumentAnswer.of(get_taken(connection, document_id))


def _session_shelf(context: Context, caller: Caller, session_id: UUID) -> Shelf:
    with context.database.read.connect() as connection:
        return shelf_of_session(connection, session_id, caller.member_id)


def _list(context: Context, caller: Caller, shelf: Shelf, status: str | None, limit: int, cursor: str | None) -> Page[DocumentAnswer]:
    place: Any = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        rows = list_documents(connection, shelf, caller.member_id, limit=limit, status=status, before=place)
    return page_of(rows, limit, cursor=lambda one: (one.row.created_at, one.row.id), item=DocumentAnswer.of)


def _read(context: Context, caller: Caller, document_id: UUID) -> DocumentAnswer:
    with context.database.read.connect() as connection:
        return DocumentAnswer.of(get_document(connection, document_id, caller.member_id))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


def _file_headers(row: StudyDocument) -> dict[str, str]:
    """To be saved under its name (RFC 6266); where a browser shows it all the same, it may do nothing."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.filename, safe='')}",
        "Content-Length": str(row.size_bytes),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-cache",
    }
