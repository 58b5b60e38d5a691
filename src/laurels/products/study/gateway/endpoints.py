"""POST /v1/chat/completions, GET /v1/models: what clients of OpenAI's protocol ask."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from laurels.core.errors import DomainError
from laurels.products.study.actions.drafting import Draught
from laurels.products.study.actions.relaying import Relayed, find_standing, offered, relay, require_model
from laurels.products.study.answers import STOPPED, Event, Words
from laurels.products.study.desk import DeskParts
from laurels.products.study.gateway.answers import Head, event, last_pieces, listed, model, models, piece, whole
from laurels.products.study.gateway.askers import AskingPart
from laurels.products.study.gateway.questions import conversation_of
from laurels.products.study.gateway.refusals import told
from laurels.products.study.schemas.completions import ChatRequest
from laurels.web.broadcasts import stream_answer
from laurels.web.context import Ctx
from laurels.web.limits import limited
from laurels.web.problems import problem_of
from laurels.web.sse import HEARTBEAT

PER_MINUTE = 120
"""Requests of one key, or of one member."""

router = APIRouter(prefix="/v1", dependencies=[limited("gateway", per_minute=PER_MINUTE, service_per_minute=PER_MINUTE)])


@router.get("/models")
async def list_models(asking: AskingPart, context: Ctx, desk: DeskParts) -> JSONResponse:
    """The names that may be asked for."""
    standing = await find_standing(context, asking.asker, asking.class_id)
    return JSONResponse(models(offered(desk), standing.room.created_at))


@router.get("/models/{name}")
async def read_model(name: str, asking: AskingPart, context: Ctx, desk: DeskParts) -> JSONResponse:
    """One of them."""
    standing = await find_standing(context, asking.asker, asking.class_id)
    require_model(desk, name)
    return JSONResponse(model(name, standing.room.created_at))


@router.post("/chat/completions")
async def complete_chat(body: ChatRequest, request: Request, asking: AskingPart, context: Ctx, desk: DeskParts) -> Response:
    """Answer the last message from the class's documents, within the member's limits."""
    relayed = await relay(context, desk, asking.asker, asking.class_id, conversation_of(body))
    locale = asking.asker.locale
    if not body.stream:
        draught = await _awaited(relayed)
        text = draught.content + listed(relayed.cited, locale)
        return JSONResponse(whole(_head(relayed, draught), text, draught.finish, draught.spent, relayed.cited))
    coming = relayed.running.events.read()
    first = await _first_words(coming)
    if not first:
        relayed.whole()  # a refusal before the first word is answered as one
    return stream_answer(_frames(request, relayed, first, coming, locale, with_usage=body.wants_usage))


async def _awaited(relayed: Relayed) -> Draught:
    async for _ in relayed.running.events.read():
        pass  # it is told in pieces, and wanted whole
    return relayed.whole()


async def _first_words(coming: AsyncIterator[Sequence[Event]]) -> str:
    """The first words of an answer; nothing where it ended without any."""
    async for events in coming:
        if words := _words(events):
            return words
    return ""


async def _frames(
    request: Request, relayed: Relayed, first: str, coming: AsyncIterator[Sequence[Event]], locale: str, *, with_usage: bool
) -> AsyncIterator[bytes]:
    """A stream's frames. A program that leaves stops the answer: it couldn't come back for it."""
    try:
        yield piece(_head(relayed, None), first, is_first=True)
        async for events in coming:
            words = _words(events)
            yield piece(_head(relayed, None), words, is_first=False) if words else HEARTBEAT
        try:
            draught = relayed.whole()
        except DomainError as failure:
            yield event(told(problem_of(request, failure)))
            return
        head = _head(relayed, draught)
        if sources := listed(relayed.cited, locale):
            yield piece(head, sources, is_first=False)
        yield last_pieces(head, draught.finish, draught.spent, relayed.cited, with_usage=with_usage)
    finally:
        relayed.running.stop(STOPPED)


def _head(relayed: Relayed, draught: Draught | None) -> Head:
    """With the name that the model's server tells, once it is known."""
    named: Any = draught and draught.spent and draught.spent.model_name
    return Head(relayed.call, relayed.at, named or relayed.model)


def _words(events: Sequence[Event]) -> str:
    return "".join(one.text for one in events if isinstance(one, Words))
