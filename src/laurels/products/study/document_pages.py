"""Pages of documents: those of a class or of a chat with how far each was read, uploading, and a page's words with what is cited.

The list is drawn anew when a document is told of, and every few seconds while
one is being read. Every form works as a plain POST that leads on to a page.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.ledger.writer import RequestKey
from laurels.products.study.accounts import BOOK
from laurels.products.study.actions.documents import remove_document, reprocess_document, upload
from laurels.products.study.decisions.documents import Shelf
from laurels.products.study.desk import DeskParts
from laurels.products.study.queries.documents import DocumentPage, get_document, get_page, read_shelf, see_shelf, shelf_of_session
from laurels.products.study.visits import CLASSES, STUDY, Visit, path_of
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import is_partial
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

SHOWN = 20
UPLOADS_PER_MINUTE = 30
MAX_PLACE = 10_000_000
"""Highest place in a page's text that an address may name."""

_CHOOSE = N_("Choose a file first.")


@dataclass(frozen=True, slots=True)
class ShelfVisit:
    """Somebody who looks at the documents of a class, or at those of a chat of theirs."""

    visit: Visit
    shelf: Shelf

    @property
    def path(self) -> str:
        """Where the documents are listed."""
        return f"{_home_of(self.shelf)}/documents"


def class_shelf(class_id: UUID, request: Request, context: Ctx, caller: Signed) -> ShelfVisit:
    """A class's documents.

    Raises:
        Missing, Denied: not for them.
    """
    shelf = Shelf(class_id)
    with context.database.read.connect() as connection:
        return ShelfVisit(Visit(request, context, caller, read_shelf(connection, shelf, caller.member_id)), shelf)


def chat_shelf(session_id: UUID, request: Request, context: Ctx, caller: Signed) -> ShelfVisit:
    """A chat's own documents, for its owner.

    Raises:
        Missing: there is no such chat of theirs.
    """
    with context.database.read.connect() as connection:
        shelf = shelf_of_session(connection, session_id, caller.member_id)
        return ShelfVisit(Visit(request, context, caller, read_shelf(connection, shelf, caller.member_id)), shelf)


AtClassShelf: TypeAlias = Annotated[ShelfVisit, Depends(class_shelf)]
AtChatShelf: TypeAlias = Annotated[ShelfVisit, Depends(chat_shelf)]
UploadKey: TypeAlias = Annotated[RequestKey | None, keyed("upload")]

_UPLOADS = [limited("upload", per_minute=UPLOADS_PER_MINUTE, book=BOOK)]


@router.get(f"{CLASSES}/{{class_id}}/documents")
def show_class_documents(at: AtClassShelf, cursor: Cursor = None) -> Response:
    """A class's documents; for a script the list alone."""
    return _draw(at, cursor)


@router.get(f"{STUDY}/chats/{{session_id}}/documents")
def show_chat_documents(at: AtChatShelf, cursor: Cursor = None) -> Response:
    """A chat's own documents; for a script the list alone."""
    return _draw(at, cursor)


@router.post(f"{CLASSES}/{{class_id}}/documents", dependencies=_UPLOADS)
async def add_to_class(at: AtClassShelf, desk: DeskParts, key: UploadKey) -> Response:
    """Upload a document to a class."""
    return await _take(at, desk, key)


@router.post(f"{STUDY}/chats/{{session_id}}/documents", dependencies=_UPLOADS)
async def add_to_chat(at: AtChatShelf, desk: DeskParts, key: UploadKey) -> Response:
    """Upload a document to a chat."""
    return await _take(at, desk, key)


@router.get(f"{STUDY}/documents/{{document_id}}/pages/{{number}}")
def show_page(
    document_id: UUID,
    number: Annotated[int, Path(ge=1, le=MAX_PLACE)],
    request: Request,
    context: Ctx,
    caller: Signed,
    begin: Annotated[int, Query(alias="from", ge=0, le=MAX_PLACE)] = 0,
    end: Annotated[int, Query(alias="to", ge=0, le=MAX_PLACE)] = 0,
) -> Response:
    """What stands on a page; `from` and `to` mark what an answer cites of it."""
    with context.database.read.connect() as connection:
        page = get_page(connection, document_id, caller.member_id, number)
    row = page.document
    visit = Visit(request, context, caller, page.standing)
    home = _home_of(Shelf(row.class_id, row.session_id))
    return visit.draw("pages/document", document=row, page=page, home=home, **_marked(page, begin, end))


@router.post(f"{STUDY}/documents/{{document_id}}/delete", dependencies=[limited("delete-document", per_minute=UPLOADS_PER_MINUTE)])
async def delete(document_id: UUID, request: Request, context: Ctx, caller: Signed) -> Response:
    """Delete a document, and lead back to the others."""
    back = await run_in_threadpool(_way_back, context, caller, document_id)
    try:
        await remove_document(context, caller, document_id)
    except DomainError as refusal:
        return context.pages.lead(request, back, "{reason}", reason=context.pages.explain(request, refusal))
    return context.pages.lead(request, back, N_("The document is deleted."))


@router.post(f"{STUDY}/documents/{{document_id}}/reprocess", dependencies=[limited("reprocess", per_minute=UPLOADS_PER_MINUTE)])
async def reprocess(document_id: UUID, request: Request, context: Ctx, caller: Signed) -> Response:
    """Have a document read anew, and lead back to it."""
    back = await run_in_threadpool(_way_back, context, caller, document_id)
    try:
        await reprocess_document(context, caller, document_id)
    except DomainError as refusal:
        return context.pages.lead(request, back, "{reason}", reason=context.pages.explain(request, refusal))
    return context.pages.lead(request, back, N_("The document is read anew."))


async def _take(at: ShelfVisit, desk: Any, key: RequestKey | None) -> Response:
    """Take in what a form brings; what is refused is said beside the form."""
    visit = at.visit
    file = (await visit.request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return await run_in_threadpool(_draw, at, None, visit.say(_CHOOSE), 422)
    try:
        await upload(visit.context, desk, visit.caller, at.shelf, file, request=key)
    except DomainError as refusal:
        said = visit.context.pages.explain(visit.request, refusal)
        return await run_in_threadpool(_draw, at, None, said, status_of(type(refusal)))
    said = N_("{name} is here, and being read.")
    return visit.context.pages.lead(visit.request, f"{_home_of(at.shelf)}#documents", said, name=file.filename)


def _draw(at: ShelfVisit, cursor: str | None, problem: str = "", status: int = 200) -> Response:
    place: Any = read_cursor(cursor, datetime, UUID)
    visit = at.visit
    with visit.context.database.read.connect() as connection:
        seen = see_shelf(connection, at.shelf, visit.caller.member_id, limit=SHOWN, before=place)
    values: dict[str, Any] = {"on_shelf": seen, "max_mebibytes": visit.context.settings.study_max_file_mebibytes}
    if is_partial(visit.request):
        return visit.draw("partials/document_list", is_part=True, **values)
    last = seen.documents[-1].row if seen.has_more else None
    return visit.draw(
        "pages/documents",
        status=status,
        topics="me",
        home=_home_of(at.shelf),
        problem=problem,
        next_href=address(at.path, {"cursor": write_cursor(last.created_at, last.id)}) if last else "",
        first_href=at.path if cursor else "",
        **values,
    )


def _marked(page: DocumentPage, begin: int, end: int) -> dict[str, Any]:
    """A page's text, with a part of it that is to be seen."""
    text = page.text
    begin, end = (begin, min(end, len(text))) if begin < min(end, len(text)) else (0, 0)
    return {"before": text[:begin], "cited": text[begin:end], "after": text[end:]}


def _way_back(context: Ctx, caller: Signed, document_id: UUID) -> str:
    """Where a document is listed.

    Raises:
        Missing, Denied: it isn't for them.
    """
    with context.database.read.connect() as connection:
        row = get_document(connection, document_id, caller.member_id).row
    return f"{_home_of(Shelf(row.class_id, row.session_id))}/documents"


def _home_of(shelf: Shelf) -> str:
    """The page of the class, or of the chat."""
    return path_of(shelf.class_id) if shelf.session_id is None else f"{STUDY}/chats/{shelf.session_id}"
