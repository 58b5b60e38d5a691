"""Many who watch the pot: `python -m benchmarks.pot.watchers` holds streams in a process of its own until its input ends.

It says `watching` when every stream is open, and at the end how many events came.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import json
import subprocess
import sys
from typing import Any

OPENS_WITHIN_SECONDS = 60


@contextmanager
def watching(port: int, tokens: list[str], events: list[int]) -> Iterator[None]:
    """Hold a stream for each token; how many events came is added to a list."""
    command = [sys.executable, "-m", "benchmarks.pot.watchers"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps({"port": port, "tokens": tokens}) + "\n")
        process.stdin.flush()
        if process.stdout.readline() != "watching\n":
            raise RuntimeError("not every stream was opened")
        yield
        process.stdin.close()
        events.append(int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(OPENS_WITHIN_SECONDS)


class _Streams:
    def __init__(self) -> None:
        self.events = 0

    async def open(self, port: int, token: str) -> asyncio.Task[None]:
        """Open a stream, and read it beside everything else."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = (
            f"GET /api/v1/pot/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
        )
        writer.write(request.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(f"a stream wasn't opened: {head.decode()}")
        return asyncio.create_task(self._read(reader, writer))

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                self.events += data.count(b"event: pot.changed")
        finally:
            writer.close()


async def main() -> None:
    loop = asyncio.get_running_loop()
    plan: dict[str, Any] = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    streams = _Streams()
    opening = asyncio.gather(*(streams.open(plan["port"], token) for token in plan["tokens"]))
    tasks = await asyncio.wait_for(opening, OPENS_WITHIN_SECONDS)
    print("watching", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    if any(task.done() for task in tasks):
        raise RuntimeError("a stream ended")
    print(streams.events, flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
