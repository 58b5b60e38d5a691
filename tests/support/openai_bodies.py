"""What goes to and fro between a client of OpenAI's protocol and the server of `openai_server`: requests, replies, bodies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
import json
from threading import Event
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request that arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def messages(self) -> list[dict[str, str]]:
        """What the model was asked."""
        found: list[dict[str, str]] = self.body["messages"]
        return found

    @property
    def is_streamed(self) -> bool:
        """Whether a stream was asked for."""
        return bool(self.body.get("stream"))

    @property
    def is_for_vectors(self) -> bool:
        """Whether vectors were asked for, and no answer."""
        return self.path.endswith("/embeddings")


@dataclass(frozen=True)
class Reply:
    """One answer as it will be sent; `say`, `fail` and `send` of the server make it.

    Attributes:
        usage: prompt and completion tokens; None: not told.
        ends: whether the answer comes to its end, or breaks off after the pieces.
        hangs: whether it stays open after the pieces until the client hangs up.
        waits: set by the test when the first token may come.
        raw: instead of all that, a body as it is.
        fault: an error told within the stream, after the pieces.
    """

    pieces: tuple[str, ...] = ("Hello", " there.")
    usage: tuple[int, int] | None = (9, 3)
    finish: str | None = "stop"
    refusal: str | None = None
    status: int = 200
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    ends: bool = True
    hangs: bool = False
    waits: Event | None = None
    raw: bytes | None = None
    fault: dict[str, Any] | None = None


def _head(reply: Reply, asked: Asked, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_790_000_000, "model": f"{asked.body['model']}-2024-07-18"}


def whole_answer(reply: Reply, asked: Asked) -> dict[str, Any]:
    """The body of an answer that isn't streamed."""
    message = {"role": "assistant", "content": "".join(reply.pieces) or None, "refusal": reply.refusal}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish, "logprobs": None}
    return _head(reply, asked, "chat.completion") | {"choices": [choice]} | _usage(reply)


def chunks_of(reply: Reply, asked: Asked) -> Iterator[dict[str, Any]]:
    """The events of one that is."""
    head = _head(reply, asked, "chat.completion.chunk")
    for number, piece in enumerate(reply.pieces):
        delta = {"content": piece} | ({"role": "assistant"} if number == 0 else {})
        yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    if reply.fault is not None:
        yield {"error": reply.fault}
    if reply.ends and not reply.hangs:
        last = {"index": 0, "delta": {"refusal": reply.refusal} if reply.refusal else {}, "finish_reason": reply.finish}
        yield head | {"choices": [last]}
        if asked.body.get("stream_options", {}).get("include_usage") and reply.usage:
            yield head | {"choices": []} | _usage(reply)


def _usage(reply: Reply) -> dict[str, Any]:
    if reply.usage is None:
        return {}
    asked, answered = reply.usage
    return {"usage": {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}}


def error_of(reply: Reply, asked: Asked) -> dict[str, Any]:
    """What OpenAI would say: it quotes a part of the key, and some servers quote what was asked."""
    key = asked.headers.get("authorization", "").removeprefix("Bearer ")
    said = f"Status {reply.status} for key {key} asking {json.dumps(asked.body.get('messages') or asked.body.get('input'))}"
    return {"error": {"message": said, "type": "invalid_request_error", "param": None, "code": reply.code}}
