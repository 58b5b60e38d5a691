"""/chat/sessions/{session_id}/messages: asking, following an answer, stopping it, asking for another one, and what was said before."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Denied, Missing, Unavailable
from laurels.identity.errors import MemberInactive
from laurels.ledger.writer import RequestKey
from laurels.products.study.accounts import BOOK
from laurels.products.study.actions.asking import Exchange, ask, regenerate
from laurels.products.study.actions.following import await_answer, follow_answer
from laurels.products.study.actions.sessions import rate_answer
from laurels.products.study.actions.stopping import stop_answer
from laurels.products.study.api.identifiers import MessageId, SessionId
from laurels.products.study.api.streams import EVENTS, stream_events, wants_stream
from laurels.products.study.desk import Desk, DeskParts
from laurels.products.study.errors import (
    AnswerSettled,
    AnswerUnderWay,
    ClassClosed,
    CommunityTokensUsedUp,
    SessionFull,
    TokensHeld,
    TokensUsedUp,
    TooManyChats,
)
from laurels.products.study.queries.access import read_session
from laurels.products.study.queries.messages import get_exchange, get_message, list_messages
from laurels.products.study.schemas.chat import ChatMessageAnswer, ExchangeAnswer, FeedbackBody, QuestionBody, RegenerateBody
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.paths import API_PREFIX

router = APIRouter(prefix="/chat/sessions/{session_id}/messages")

ASKS_PER_MINUTE = 60
FOLLOWS_PER_MINUTE = 120
"""Twice as many: who loses a connection comes back."""

MARGIN_SECONDS = 15.0
"""Beyond the model's own time, how long a request without a stream waits for its answer: then it gives it as `pending`."""

_ASKED = created("message_id", "read_chat_message", "stop_chat_answer", "follow_chat_answer", field="answer/id")
_ASKED[201]["content"] = EVENTS["content"]
_REFUSED = documented(
    *(Missing, Denied, MemberInactive, ClassClosed, SessionFull),
    *(TooManyChats, TokensHeld, TokensUsedUp, CommunityTokensUsedUp, Unavailable),
)
_SAID: dict[int | str, dict[str, Any]] = {200: EVENTS}


@router.post(
    "",
    status_code=201,
    response_model=ExchangeAnswer,
    dependencies=[limited("ask", per_minute=ASKS_PER_MINUTE, book=BOOK)],
    responses=_ASKED | _REFUSED,
)
async def ask_question(
    session_id: SessionId,
    body: QuestionBody,
    caller: Signed,
    context: Ctx,
    desk: DeskParts,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("ask")],
) -> Any:
    """Ask in a chat of mine. It needs can_chat.

    The answer is made from passages of the class's documents and of the chat's
    own, as far as I may read them, and cites them. With `stream`, or `Accept:
    text/event-stream`, it comes as server-sent events: `sources`, `delta`,
    `usage`, `error`, `done`. Who leaves loses nothing: the answer is written to
    its end. The most that it may take of my tokens is set aside first.
    """
    exchange = await ask(context, desk, caller, session_id, body.content, request=key)
    return await _answered(exchange, context, desk, caller, request, response, is_streamed=body.stream)


@router.get("", responses=documented(Missing, CursorInvalid))
def list_chat_messages(
    session_id: SessionId, caller: Signed, context: Ctx, limit: PageSize = 50, cursor: Cursor = None
) -> Page[ChatMessageAnswer]:
    """What was asked and answered in a chat, newest first; answers that were replaced, too."""
    place = read_cursor(cursor, int)
    with context.database.read.connect() as connection:
        seen = read_session(connection, session_id, caller.member_id)
        rows = list_messages(connection, seen, limit=limit, before=place[0] if place else None)
    return page_of(rows, limit, cursor=lambda shown: (shown.row.position,), item=ChatMessageAnswer.of)


@router.get("/{message_id}", responses=documented(Missing))
def read_chat_message(session_id: SessionId, message_id: MessageId, caller: Signed, context: Ctx) -> ChatMessageAnswer:
    """A question or an answer, with what it cites as far as I may read that now."""
    return _read(context, caller, session_id, message_id)


@router.get(
    "/{message_id}/stream",
    response_class=Response,
    dependencies=[limited("follow-answer", per_minute=FOLLOWS_PER_MINUTE)],
    responses=_SAID | documented(Missing),
)
async def follow_chat_answer(
    session_id: SessionId, message_id: MessageId, caller: Signed, context: Ctx, desk: DeskParts, request: Request
) -> Response:
    """Follow an answer of mine as server-sent events from its beginning, whether it is being written or finished."""
    await run_in_threadpool(_require_own_answer, context, caller, session_id, message_id)
    return stream_events(request, follow_answer(context, desk, caller, session_id, message_id))


@router.post(
    "/{message_id}/regenerate",
    status_code=201,
    response_model=ExchangeAnswer,
    dependencies=[limited("ask", per_minute=ASKS_PER_MINUTE, book=BOOK)],
    responses=_ASKED | _REFUSED | documented(AnswerUnderWay),
)
async def regenerate_chat_answer(
    session_id: SessionId,
    message_id: MessageId,
    body: RegenerateBody,
    caller: Signed,
    context: Ctx,
    desk: DeskParts,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("regenerate")],
) -> Any:
    """Have a question of mine answered anew. The answer that was stays, as one that was replaced."""
    exchange = await regenerate(context, desk, caller, session_id, message_id, request=key)
    return await _answered(exchange, context, desk, caller, request, response, is_streamed=body.stream)


@router.post(
    "/{message_id}/stop",
    status_code=202,
    dependencies=[limited("stop-answer", per_minute=ASKS_PER_MINUTE)],
    responses=documented(Missing, AnswerSettled),
)
async def stop_chat_answer(
    session_id: SessionId, message_id: MessageId, caller: Signed, context: Ctx, desk: DeskParts
) -> ChatMessageAnswer:
    """Have the rest of an answer of mine left out. What came is kept, and counted; soon its status is `stopped`.

    It needs no Idempotency-Key: sent twice, the second is refused once the answer is finished.
    """
    await stop_answer(context, desk, caller, session_id, message_id)
    return await run_in_threadpool(_read, context, caller, session_id, message_id)


@router.put(
    "/{message_id}/feedback",
    dependencies=[limited("rate-answer", per_minute=ASKS_PER_MINUTE)],
    responses=documented(Missing, AnswerUnderWay),
)
def rate_chat_answer(session_id: SessionId, message_id: MessageId, body: FeedbackBody, caller: Signed, context: Ctx) -> ChatMessageAnswer:
    """Say what I think of an answer of mine. Nobody else sees it in the chat."""
    rate_answer(context, caller, session_id, message_id, rating=body.rating, note=body.note)
    return _read(context, caller, session_id, message_id)


async def _answered(
    exchange: Exchange, context: Context, desk: Desk, caller: Caller, request: Request, response: Response, *, is_streamed: bool
) -> Any:
    """The answer, as events or, once it is finished, as JSON."""
    tell_replay(request, exchange.posted)
    session_id, answer = exchange.seen.session.id, exchange.answer
    location = f"{API_PREFIX}/chat/sessions/{session_id}/messages/{answer}"
    if is_streamed or wants_stream(request):
        stream = stream_events(request, follow_answer(context, desk, caller, session_id, answer))
        stream.status_code, stream.headers["Location"] = 201, location
        return stream
    await await_answer(context, desk, answer, context.settings.model_timeout_seconds + MARGIN_SECONDS)
    response.headers["Location"] = location
    return await run_in_threadpool(_read_exchange, context, caller, exchange)


def _read_exchange(context: Context, caller: Caller, exchange: Exchange) -> ExchangeAnswer:
    with context.database.read.connect() as connection:
        seen = read_session(connection, exchange.seen.session.id, caller.member_id)
        message, answer = get_exchange(connection, seen, exchange.question, exchange.answer)
    return ExchangeAnswer(message=ChatMessageAnswer.of(message), answer=ChatMessageAnswer.of(answer))


def _read(context: Context, caller: Caller, session_id: UUID, message_id: UUID) -> ChatMessageAnswer:
    with context.database.read.connect() as connection:
        return ChatMessageAnswer.of(get_message(connection, read_session(connection, session_id, caller.member_id), message_id))


def _require_own_answer(context: Context, caller: Caller, session_id: UUID, message_id: UUID) -> None:
    with context.database.read.connect() as connection:
        seen = read_session(connection, session_id, caller.member_id, mine_only=True)
        if get_message(connection, seen, message_id).row.is_user:
            raise Missing(what="message")
