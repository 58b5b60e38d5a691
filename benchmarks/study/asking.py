"""Questions as a client sends them, each by a connection of its own: to Laurels, or to the model's server itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
import json
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

FIRST_WORD = b"word0"
"""What the model's server says first."""

LIKE_PASSAGES = 40
"""How often a question is repeated that is about as long then as one with its passages."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, read to its end.

    Attributes:
        status: 200 or 201 where there is one.
        first_ms: from the connection's opening to the first word; 0 where none came.
    """

    status: int
    first_ms: float

    @property
    def is_answered(self) -> bool:
        """Whether words came."""
        return self.first_ms > 0


def direct(port: int, question: str) -> bytes:
    """A request to the model's server itself."""
    messages = [{"role": "user", "content": question * LIKE_PASSAGES}]
    body = {"model": "gpt-4o-mini", "messages": messages, "stream": True, "stream_options": {"include_usage": True}, "max_tokens": 500}
    return _request("/v1/chat/completions", port, body, "none")


def through(port: int, session: UUID, token: str, question: str) -> bytes:
    """A request to Laurels."""
    return _request(f"/api/v1/chat/sessions/{session}/messages", port, {"content": question, "stream": True}, token)


async def hear(port: int, request: bytes) -> Heard:
    """Send a request, and hear its answer."""
    start = perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    came, took = b"", 0.0
    while data := await reader.read(65_536):
        came += data
        if not took and FIRST_WORD in came:
            took = (perf_counter() - start) * 1_000
        if came.endswith(b"0\r\n\r\n"):
            break
    writer.close()
    return Heard(int(came.split(maxsplit=2)[1]), took)


async def first_word(port: int, request: bytes) -> float:
    """Milliseconds to the first word.

    Raises:
        RuntimeError: there was none.
    """
    heard = await hear(port, request)
    if not heard.is_answered:
        raise RuntimeError(f"no answer came, but {heard.status}")
    return heard.first_ms


async def first_words(port: int, requests: Sequence[bytes], *, at_once: int) -> list[float]:
    """Milliseconds to the first word of each, so many asked at once."""
    waiting, took = iter(requests), list[float]()

    async def ask() -> None:
        for request in waiting:  # shared: whoever is free takes the next
            took.append(await first_word(port, request))

    await asyncio.gather(*(ask() for _ in range(at_once)))
    return took


def _request(path: str, port: int, body: dict[str, Any], token: str) -> bytes:
    sent = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Length: {len(sent)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + sent
