"""/chat/sessions: begun, listed, named, shared with their class, exported, deleted; and what others of a class share."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Denied, Missing
from laurels.identity.errors import MemberInactive
from laurels.ledger.writer import RequestKey
from laurels.products.study.accounts import BOOK
from laurels.products.study.actions import sessions as actions
from laurels.products.study.api.identifiers import ClassId, SessionId
from laurels.products.study.desk import DeskParts
from laurels.products.study.errors import ClassClosed, TooManySessions
from laurels.products.study.queries.access import read_session
from laurels.products.study.queries.messages import each_message
from laurels.products.study.queries.sessions import ShownSession, get_session, list_sessions, list_shared
from laurels.products.study.schemas.chat import ChatSessionAnswer, ChatSessionBody, ChatSessionChange, SharingBody
from laurels.products.study.schemas.markdown import session_markdown
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import known_id
from laurels.web.language import choose_language, translations
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.paths import API_PREFIX

router = APIRouter(prefix="/chat")

SESSIONS_PER_MINUTE = 30

_BEGUN = created("session_id", "read_chat", "rename_chat", "delete_chat", "list_chat_messages", field="id")
_MARKDOWN: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The chat as Markdown.",
        "content": {"text/markdown": {"schema": {"type": "string"}, "example": "# Collisions\n\n## What is conserved?\n\nMomentum [1].\n"}},
    }
}

OfClass = Annotated[str | None, Query(max_length=64, description="Only those of one class, by its id.")]


@router.post(
    "/sessions",
    status_code=201,
    dependencies=[limited("begin-chat", per_minute=SESSIONS_PER_MINUTE, book=BOOK)],
    responses=_BEGUN | documented(Missing, Denied, MemberInactive, ClassClosed, TooManySessions),
)
async def begin_chat(
    body: ChatSessionBody,
    caller: Signed,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("begin-chat")],
) -> ChatSessionAnswer:
    """Begin a chat in a class that I am in. It needs can_chat."""
    posted = await actions.open_session(context, caller, body.class_id, body.title or "", request=key)
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/chat/sessions/{posted.answer.session}"
    return await run_in_threadpool(_read, context, caller, posted.answer.session)


@router.get("/sessions", responses=documented(Missing, CursorInvalid))
def list_chats(
    caller: Signed, context: Ctx, class_id: OfClass = None, limit: PageSize = 20, cursor: Cursor = None
) -> Page[ChatSessionAnswer]:
    """My chats in the classes that I am in, the one last used first."""
    wanted = None if class_id is None else known_id(class_id, what="class")
    place: Any = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        rows = list_sessions(connection, caller.member_id, limit=limit, class_id=wanted, before=place)
    return _page(rows, limit)


@router.get("/classes/{class_id}/shared", responses=documented(Missing, Denied, CursorInvalid))
def list_shared_chats(
    class_id: ClassId, caller: Signed, context: Ctx, limit: PageSize = 20, cursor: Cursor = None
) -> Page[ChatSessionAnswer]:
    """Chats that members of a class share with it, the one last used first. It needs can_read."""
    place: Any = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        rows = list_shared(connection, class_id, caller.member_id, limit=limit, before=place)
    return _page(rows, limit)


@router.get("/sessions/{session_id}", responses=documented(Missing))
def read_chat(session_id: SessionId, caller: Signed, context: Ctx) -> ChatSessionAnswer:
    """A chat of mine, or one that is shared with a class where I may read."""
    return _read(context, caller, session_id)


@router.patch("/sessions/{session_id}", responses=documented(Missing, ClassClosed))
def rename_chat(session_id: SessionId, body: ChatSessionChange, caller: Signed, context: Ctx) -> ChatSessionAnswer:
    """Name a chat of mine."""
    actions.change_session(context, caller, session_id, title=body.title)
    return _read(context, caller, session_id)


@router.put("/sessions/{session_id}/sharing", responses=documented(Missing, ClassClosed))
def share_chat(session_id: SessionId, body: SharingBody, caller: Signed, context: Ctx) -> ChatSessionAnswer:
    """Let members of the class who may read there read a chat of mine, or no longer. Its own documents stay mine alone."""
    actions.change_session(context, caller, session_id, is_shared=body.is_shared)
    return _read(context, caller, session_id)


@router.delete("/sessions/{session_id}", status_code=204, responses=documented(Missing, MemberInactive))
async def delete_chat(session_id: SessionId, caller: Signed, context: Ctx, desk: DeskParts) -> None:
    """Delete a chat of mine, with all that was said in it and its own documents. What is being answered in it is stopped."""
    await actions.delete_session(context, desk, caller, session_id)


@router.get("/sessions/{session_id}/export", response_class=Response, responses=_MARKDOWN | documented(Missing))
def export_chat(session_id: SessionId, caller: Signed, context: Ctx) -> Response:
    """A chat as Markdown to be saved, each answer with its sources. Answers that were replaced are left out."""
    with context.database.read.connect() as connection:
        shown = get_session(connection, session_id, caller.member_id)
        messages = each_message(connection, read_session(connection, session_id, caller.member_id))
    say = translations(choose_language(caller.locale, None)).gettext
    headers = {"Content-Disposition": f'attachment; filename="chat-{shown.row.created_at:%Y-%m-%d}.md"'}
    return Response(session_markdown(shown.row, messages, say=say), media_type="text/markdown", headers=headers)


def _read(context: Context, caller: Caller, session_id: UUID) -> ChatSessionAnswer:
    with context.database.read.connect() as connection:
        return ChatSessionAnswer.of(get_session(connection, session_id, caller.member_id))


def _page(rows: list[ShownSession], limit: int) -> Page[ChatSessionAnswer]:
    return page_of(rows, limit, cursor=lambda shown: (shown.row.updated_at, shown.row.id), item=ChatSessionAnswer.of)
