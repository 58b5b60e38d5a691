"""A model's server that takes a known time: `python -m benchmarks.study.upstream FIRST_MS REST_MS PIECES` says its port, and streams.

It speaks just enough of OpenAI's protocol and of HTTP/1.1 for a stream; each
answer has as many pieces, the first after FIRST_MS, the others REST_MS apart.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import json
import subprocess
import sys

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
STOPS_WITHIN_SECONDS = 10

PROMPT_TOKENS = 900
"""That it says a question took; an answer takes one for each piece."""


@contextmanager
def upstream(first_ms: int, rest_ms: int, pieces: int) -> Iterator[int]:
    """Such a server as a process of its own; gives its port."""
    command = [sys.executable, "-m", "benchmarks.study.upstream", str(first_ms), str(rest_ms), str(pieces)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(STOPS_WITHIN_SECONDS)


class Upstream:
    """What it sends, and when."""

    def __init__(self, first_ms: int, rest_ms: int, pieces: int) -> None:
        self._pauses = [first_ms / 1_000] + [rest_ms / 1_000] * (pieces - 1)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests, one after the other."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
                await reader.readexactly(length)
                await self._answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # it has left
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD)
        for number, pause in enumerate(self._pauses):
            await asyncio.sleep(pause)
            writer.write(_event({"choices": [{"index": 0, "delta": {"content": f"word{number} "}, "finish_reason": None}]}))
            await writer.drain()
        writer.write(_event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}))
        usage = {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": len(self._pauses), "total_tokens": PROMPT_TOKENS + len(self._pauses)}
        writer.write(_event({"choices": [], "usage": usage}))
        writer.write(_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        await writer.drain()


def _event(part: dict[str, object]) -> bytes:
    whole = {"id": "c", "object": "chat.completion.chunk", "created": 1_790_000_000, "model": "gpt-4o-mini-2024-07-18"} | part
    return _chunk(b"data: " + json.dumps(whole).encode() + b"\n\n")


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


async def main(first_ms: int, rest_ms: int, pieces: int) -> None:
    """Serve until stopped."""
    server = await asyncio.start_server(Upstream(first_ms, rest_ms, pieces).serve, "127.0.0.1", 0, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
