"""Asking in a chat: the first question that begins one, the next, again, and no further."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.core.text import normalize_text
from laurels.ledger.writer import RequestKey
from laurels.products.study.accounts import BOOK
from laurels.products.study.actions.asking import Exchange, ask, regenerate
from laurels.products.study.actions.following import await_answer
from laurels.products.study.actions.sessions import delete_session, open_session
from laurels.products.study.actions.stopping import stop_answer
from laurels.products.study.bounds import MAX_QUESTION
from laurels.products.study.chat_pages.drawing import composer, draw_chat, draw_part, draw_reply, read_meters
from laurels.products.study.chat_pages.refusals import Refused, refused
from laurels.products.study.chat_pages.visits import CHATS, AtOwnChat, ChatVisit, chat_path, visit_chat
from laurels.products.study.desk import DeskParts
from laurels.products.study.queries.turns import get_turn
from laurels.products.study.visits import CLASSES, AtClass
from laurels.web.forms import text_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import is_partial, see_other
from laurels.web.problems import status_of

router = APIRouter()

QUESTIONS_PER_MINUTE = 60
WAIT_SECONDS = 6.0
"""How long a browser without scripts waits for an answer, before its page says that it is on its way."""
QUOTE_SECONDS = 2.0
"""How long a script does where no model is asked: quotes are there at once."""

_MESSAGES = f"{CHATS}/{{session_id}}/messages"


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """A question as it was typed."""

    content: str = ""

    @staticmethod
    def of(sent: Mapping[str, Any]) -> "QuestionForm":
        """The form of a request."""
        return QuestionForm(text_of(sent, "content", 2 * MAX_QUESTION))

    @property
    def words(self) -> str:
        """The question as it is kept.

        Raises:
            ValueError: it holds what can't be shown.
        """
        return normalize_text(self.content)

    @property
    def values(self) -> dict[str, str]:
        """What the form shows again."""
        return {"content": self.content}

    def problem(self) -> str:
        """What is wrong with it, as a marked sentence."""
        try:
            kept = self.words
        except ValueError as wrong:
            return str(wrong)
        if not kept:
            return N_("Write a question first.")
        return N_("That is too long. 8,000 characters are the most.") if len(kept) > MAX_QUESTION else ""


@router.post(f"{CLASSES}/{{class_id}}/chats", dependencies=[limited("begin-chat", per_minute=QUESTIONS_PER_MINUTE, book=BOOK)])
async def begin(visit: AtClass, desk: DeskParts, key: Annotated[RequestKey | None, keyed("begin-chat")]) -> Response:
    """Begin a chat with its first question; of one that is refused nothing stays."""
    form = QuestionForm.of(await visit.request.form())
    errors, refusal, status = {}, None, 422
    if problem := form.problem():
        errors["content"] = visit.say(problem)
    else:
        try:
            exchange = await _begin(visit, desk, form.words, key)
        except DomainError as error:
            refusal, status = refused(visit, error), status_of(type(error))
        else:
            await await_answer(visit.context, desk, exchange.answer, QUOTE_SECONDS if desk.model is None else 0)
            return see_other(chat_path(exchange.seen.session.id))
    return await run_in_threadpool(
        visit.draw, "pages/begin", status=status, max_question=MAX_QUESTION, **composer(form.values, errors, refusal)
    )


@router.post(_MESSAGES, dependencies=[limited("ask", per_minute=QUESTIONS_PER_MINUTE, book=BOOK)])
async def ask_next(visit: AtOwnChat, key: Annotated[RequestKey | None, keyed("ask")]) -> Response:
    """Ask in a chat."""
    form = QuestionForm.of(await visit.request.form())
    if problem := form.problem():
        return await run_in_threadpool(_draw_refused, visit, form, {"content": visit.say(problem)}, None, 422)
    try:
        exchange = await ask(visit.context, visit.parts, visit.caller, visit.session.id, form.words, request=key)
    except DomainError as error:
        return await run_in_threadpool(_draw_refused, visit, form, {}, refused(visit, error), status_of(type(error)))
    await _wait(visit, exchange)
    if is_partial(visit.request):
        return await run_in_threadpool(_draw_asked, visit.request, visit, exchange.question)
    return see_other(f"{visit.here}#turn-{exchange.question}")


@router.post(f"{_MESSAGES}/{{message_id}}/regenerate", dependencies=[limited("ask", per_minute=QUESTIONS_PER_MINUTE, book=BOOK)])
async def ask_again(visit: AtOwnChat, message_id: UUID, key: Annotated[RequestKey | None, keyed("regenerate")]) -> Response:
    """Have a question answered anew."""
    try:
        exchange = await regenerate(visit.context, visit.parts, visit.caller, visit.session.id, message_id, request=key)
    except DomainError as error:
        if is_partial(visit.request):
            why = refused(visit, error)
            return await run_in_threadpool(draw_reply, visit, message_id, refusal=why, status=status_of(type(error)))
        return visit.back_refused(error)
    await _wait(visit, exchange)
    if is_partial(visit.request):
        return await run_in_threadpool(draw_reply, visit, message_id)
    return see_other(f"{visit.here}#turn-{exchange.question}")


@router.post(f"{_MESSAGES}/{{message_id}}/stop", dependencies=[limited("stop-answer", per_minute=QUESTIONS_PER_MINUTE)])
async def stop(visit: AtOwnChat, message_id: UUID) -> Response:
    """Have the rest of an answer left out. A script hears of its end by the answer's stream."""
    try:
        await stop_answer(visit.context, visit.parts, visit.caller, visit.session.id, message_id)
    except DomainError as error:
        if is_partial(visit.request):
            raise
        return visit.back_refused(error)
    if is_partial(visit.request):
        return Response(status_code=204)
    await await_answer(visit.context, visit.parts, message_id, WAIT_SECONDS)
    return see_other(visit.here)


async def _begin(visit: AtClass, desk: DeskParts, words: str, key: RequestKey | None) -> Exchange:
    """A chat and its first question: with one key, each is done once."""
    first = replace(key, scope=f"{key.scope}/first") if key else None
    session = (await open_session(visit.context, visit.caller, visit.room.id, request=key)).answer.session
    try:
        return await ask(visit.context, desk, visit.caller, session, words, request=first)
    except DomainError:
        await delete_session(visit.context, desk, visit.caller, session)
        raise


async def _wait(visit: ChatVisit, exchange: Exchange) -> None:
    """Wait for an answer as long as it is worth it: a script follows a model's by its stream."""
    if visit.parts.model is None:
        await await_answer(visit.context, visit.parts, exchange.answer, QUOTE_SECONDS)
    elif not is_partial(visit.request):
        await await_answer(visit.context, visit.parts, exchange.answer, WAIT_SECONDS)


def _draw_refused(visit: ChatVisit, form: QuestionForm, errors: Mapping[str, str], refusal: Refused | None, status: int) -> Response:
    """The form as it was sent, with what is wrong: alone for a script, within its page otherwise."""
    if not is_partial(visit.request):
        return draw_chat(visit, form=form.values, errors=errors, refusal=refusal, status=status)
    with visit.context.database.read.connect() as connection:
        values = read_meters(connection, visit)
    return draw_part(visit, "composer", status=status, **{**values, **composer(form.values, errors, refusal)})


def _draw_asked(request: Request, visit: ChatVisit, question: UUID) -> Response:
    """An empty form, and the question in its place; a first one has named the chat."""
    now = visit_chat(visit.session.id, request, visit.context, visit.caller, visit.parts, mine_only=True)
    with visit.context.database.read.connect() as connection:
        values = {"turn": get_turn(connection, now.seen, question), **read_meters(connection, now)}
    return draw_part(now, "asked", **{**values, "is_fresh": True})
