"""Answers as server-sent events: `sources`, `delta`, `usage`, `error`, `done`."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import Request
import orjson
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from laurels.products.study.answers import Done, Event, Failed, Sources, Taken, Words
from laurels.products.study.schemas.chat import AnswerDone, ChatMessageAnswer, CitationAnswer, SourcesAnswer, TakenAnswer
from laurels.web.broadcasts import MEDIA_TYPE, stream_answer
from laurels.web.problems import problem_of
from laurels.web.sse import HEARTBEAT, framed

EVENTS: dict[str, Any] = {
    "description": "Server-sent events: `sources` before the first word, then `delta` with the next `text` of the answer, `usage`, "
    "`error` with a problem where it failed, and `done` with the answer as it is kept.",
    "content": {
        MEDIA_TYPE: {
            "schema": {"type": "string"},
            "example": 'event: delta\ndata: {"text":"Momentum, "}\n\nevent: delta\ndata: {"text":"and kinetic energy as well [1]."}\n\n',
        }
    },
}


def wants_stream(request: Request) -> bool:
    """Whether whoever asks would rather have events than JSON."""
    return MEDIA_TYPE in request.headers.get("accept", "")


def stream_events(request: Request, events: AsyncIterator[Sequence[Event]]) -> StreamingResponse:
    """An answer that sends events as they come, and heartbeats in silence."""
    return stream_answer(_frames(request, events))


async def _frames(request: Request, events: AsyncIterator[Sequence[Event]]) -> AsyncIterator[bytes]:
    async for some in events:
        yield b"".join(_frame(request, event) for event in some) if some else HEARTBEAT


def _frame(request: Request, event: Event) -> bytes:
    match event:
        case Words():
            return framed("delta", orjson.dumps({"text": event.text}))
        case Sources():
            sources = [CitationAnswer.of(cited) for cited in event.passages]
            return _told("sources", SourcesAnswer(answer_id=event.answer, sources=sources))
        case Taken():
            return _told("usage", TakenAnswer.of(event))
        case Failed():
            return framed("error", orjson.dumps(problem_of(request, event.error).as_json()))
        case Done():
            return _told("done", AnswerDone(answer=ChatMessageAnswer.of(event.message)))


def _told(name: str, answer: BaseModel) -> bytes:
    return framed(name, answer.model_dump_json().encode())
