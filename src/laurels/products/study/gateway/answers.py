"""Answers as OpenAI's protocol has them, whole and in pieces; `laurels` is ours: what was cited, for clients that look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from laurels.model import FinishReason
from laurels.products.study.decisions.billing import Spent
from laurels.products.study.queries.retrieval import Given
from laurels.web.language import N_, choose_language, translations

Json: TypeAlias = dict[str, Any]

END = b"data: [DONE]\n\n"
"""What a stream ends with."""

SOURCES = N_("Sources, with their pages:")

_FINISHED = {FinishReason.LENGTH: "length", FinishReason.FILTERED: "content_filter"}


@dataclass(frozen=True, slots=True)
class Head:
    """What every piece of an answer begins with."""

    call: UUID
    at: datetime
    model: str

    def told(self, kind: str) -> Json:
        """As the protocol has it."""
        return {"id": f"chatcmpl-{self.call.hex}", "object": kind, "created": int(self.at.timestamp()), "model": self.model}


def whole(head: Head, text: str, finish: FinishReason, spent: Spent | None, cited: Sequence[Given]) -> Json:
    """An answer that isn't streamed."""
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _FINISHED.get(finish, "stop")}
    return {**head.told("chat.completion"), "choices": [choice], "usage": usage(spent), "laurels": _about(spent, cited)}


def piece(head: Head, text: str, *, is_first: bool) -> bytes:
    """Words of an answer that is."""
    delta = {"role": "assistant", "content": text} if is_first else {"content": text}
    return event(_chunk(head, delta, None))


def last_pieces(head: Head, finish: FinishReason, spent: Spent | None, cited: Sequence[Given], *, with_usage: bool) -> bytes:
    """How a stream ends: why, what was cited, and, where that is wanted, what it took."""
    frames = event({**_chunk(head, {}, _FINISHED.get(finish, "stop")), "laurels": _about(spent, cited)})
    if with_usage:
        frames += event({**head.told("chat.completion.chunk"), "choices": [], "usage": usage(spent)})
    return frames + END


def listed(cited: Sequence[Given], locale: str) -> str:
    """What stands below an answer: the files and pages behind its numbers, for tools that show nothing but the text."""
    lines = [f"[{one.number}] {' '.join(one.filename.split())}, {one.page}" for one in cited]
    return "\n\n" + "\n".join([translations(choose_language(locale, None)).gettext(SOURCES), *lines]) if lines else ""


def event(told: Json) -> bytes:
    """A frame of a stream."""
    return b"data: " + orjson.dumps(told) + b"\n\n"


def usage(spent: Spent | None) -> Json:
    """What an answer took; one without a model takes nothing."""
    asked, answered = (0, 0) if spent is None else (spent.input_tokens, spent.output_tokens)
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def models(names: Sequence[str], since: datetime) -> Json:
    """The list of models."""
    return {"object": "list", "data": [model(name, since) for name in names]}


def model(name: str, since: datetime) -> Json:
    """One of them."""
    return {"id": name, "object": "model", "created": int(since.timestamp()), "owned_by": "laurels"}


def _chunk(head: Head, delta: Json, finish: str | None) -> Json:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return {**head.told("chat.completion.chunk"), "choices": [choice]}


def _about(spent: Spent | None, cited: Sequence[Given]) -> Json:
    places = [
        {"number": one.number, "document_id": str(one.hit.document), "filename": one.filename, "page": one.page, "text": one.text}
        for one in cited
    ]
    return {"citations": places, "usage_estimated": spent is not None and spent.is_estimated}
