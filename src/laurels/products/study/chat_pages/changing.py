"""What owners do with a chat beside asking: its title, sharing it, what they think of answers, and deleting it."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.core.text import normalize_text
from laurels.products.study.actions.sessions import change_session, delete_session, rate_answer
from laurels.products.study.bounds import MAX_NOTE
from laurels.products.study.chat_pages.drawing import draw_chat, draw_part
from laurels.products.study.chat_pages.visits import CHATS, AtOwnChat, ChatVisit, visit_chat
from laurels.products.study.queries.messages import find_row
from laurels.products.study.schemas.chat import ChatSessionChange
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import is_partial
from laurels.web.typed import Typed, sent_fields

router = APIRouter()

PATH = f"{CHATS}/{{session_id}}"
CHANGES_PER_MINUTE = 60

RATINGS = {"1": 1, "-1": -1}
"""What the buttons send; pressed again, they send nothing."""


@router.post(f"{PATH}/rename", dependencies=[limited("rename-chat", per_minute=CHANGES_PER_MINUTE)])
async def rename(visit: AtOwnChat) -> Response:
    """Give a chat another title."""
    typed = visit.typed({"title": "", **await sent_fields(visit.request)})
    body, status = typed.check(ChatSessionChange, {"title": typed.values["title"]}), 422
    if body is not None:
        try:
            await run_in_threadpool(change_session, visit.context, visit.caller, visit.session.id, title=body.title)
        except DomainError as refusal:
            status = visit.refuse(typed, refusal)
        else:
            return visit.back(N_("The chat has its new title."))
    return await run_in_threadpool(_draw_rename, visit, typed, status)


@router.post(f"{PATH}/sharing", dependencies=[limited("share-chat", per_minute=CHANGES_PER_MINUTE)])
async def share(visit: AtOwnChat) -> Response:
    """Let members of the class read a chat, or no longer."""
    is_shared = (await sent_fields(visit.request)).get("is_shared") == "true"
    try:
        await run_in_threadpool(change_session, visit.context, visit.caller, visit.session.id, is_shared=is_shared)
    except DomainError as refusal:
        if is_partial(visit.request):
            raise
        return visit.back_refused(refusal)
    if is_partial(visit.request):
        return await run_in_threadpool(_draw_sharing, visit.request, visit)
    return visit.back(N_("The class may read this chat now.") if is_shared else N_("This chat is yours alone again."))


@router.post(f"{PATH}/delete", dependencies=[limited("delete-chat", per_minute=CHANGES_PER_MINUTE)])
async def delete(visit: AtOwnChat) -> Response:
    """Delete a chat with all that was said in it."""
    await delete_session(visit.context, visit.parts, visit.caller, visit.session.id)
    return visit.lead("", N_("The chat is deleted."))


@router.post(f"{PATH}/messages/{{message_id}}/feedback", dependencies=[limited("rate-answer", per_minute=CHANGES_PER_MINUTE)])
async def rate(visit: AtOwnChat, message_id: UUID) -> Response:
    """Say whether an answer was helpful, and why."""
    sent = await sent_fields(visit.request)
    rating, (note, problem) = RATINGS.get(sent.get("rating", "")), _note_of(sent.get("note", ""))
    if not problem:
        kept = note if rating else None
        await run_in_threadpool(rate_answer, visit.context, visit.caller, visit.session.id, message_id, rating=rating, note=kept)
    told = visit.say(problem or N_("Thank you: that is noted."))
    if is_partial(visit.request):
        return await run_in_threadpool(_draw_feedback, visit, message_id, told if problem else "")
    return visit.back("{told}", told=told)


def _note_of(typed: str) -> tuple[str | None, str]:
    """A remark as it is kept, and what is wrong with it, as a marked sentence."""
    try:
        kept = normalize_text(typed)
    except ValueError as wrong:
        return None, str(wrong)
    return kept or None, N_("That is too long. 1,000 characters are the most.") if len(kept) > MAX_NOTE else ""


def _draw_rename(visit: ChatVisit, typed: Typed, status: int) -> Response:
    return draw_chat(visit, form=typed.values, errors=typed.errors, opens_about=True, status=status)


def _draw_sharing(request: Request, visit: ChatVisit) -> Response:
    return draw_part(visit_chat(visit.session.id, request, visit.context, visit.caller, visit.parts, mine_only=True), "sharing")


def _draw_feedback(visit: ChatVisit, message_id: UUID, problem: str) -> Response:
    with visit.context.database.read.connect() as connection:
        row = find_row(connection, visit.seen, message_id)
    return draw_part(visit, "feedback", row=row, note_problem=problem, status=422 if problem else 200)
