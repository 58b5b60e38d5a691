"""A light load client: `python -m benchmarks.load` keeps so many connections busy and tells answers a second.

It speaks just enough HTTP/1.1: one request at a time on a connection, answers
with a Content-Length. It runs in a process of its own, so that the server's
interpreter isn't shared with it.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import cast
from uuid import uuid4

import uvloop


class Client(asyncio.Protocol):
    """One connection; sends its next request when the last is answered."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._answer = b""
        self._rest = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but name
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._rest:
            self._rest -= len(data)
            if self._rest > 0:
                return
        else:
            self._answer += data
            end = self._answer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self._answer[:end].lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            self._rest = length - (len(self._answer) - end - 4)
            self._load.count(self._answer[9:12])
            self._answer = b""
            if self._rest > 0:
                return
        self._rest = 0
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self._load.lose()

    def _send(self) -> None:
        assert self._transport is not None
        request = self._load.next_request()
        if request is None:
            self._transport.close()
        else:
            self._transport.write(request)


class Load:
    """What all connections share: how many requests are left, and what was answered."""

    def __init__(self, plan: dict[str, str], requests: int) -> None:
        self._left = requests
        self._host, self._path = plan["host"], plan["path"]
        self._tokens, self._bodies = plan["tokens"], plan["bodies"]
        self._prefix = uuid4().hex[:12]
        self._open = 0
        self.statuses: dict[str, int] = {}
        self.done = asyncio.get_running_loop().create_future()

    def next_request(self) -> bytes | None:
        if self._left == 0:
            return None
        self._left -= 1
        place = self._left % len(self._tokens)
        body = self._bodies[place]
        return (
            f"POST {self._path} HTTP/1.1\r\nHost: {self._host}\r\nAuthorization: Bearer {self._tokens[place]}\r\n"
            f"Idempotency-Key: {self._prefix}{self._left}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def count(self, status: bytes) -> None:
        self.statuses[status.decode()] = self.statuses.get(status.decode(), 0) + 1

    def lose(self) -> None:
        self._open -= 1
        if self._open == 0 and not self.done.done():
            self.done.set_result(None)

    async def run(self, port: int, connections: int) -> float:
        """Seconds until everything was answered."""
        loop = asyncio.get_running_loop()
        self._open = connections
        start = perf_counter()
        await asyncio.gather(*(loop.create_connection(lambda: Client(self), "127.0.0.1", port) for _ in range(connections)))
        await self.done
        return perf_counter() - start


async def main() -> None:
    plan = json.load(sys.stdin)
    load = Load(plan, plan["requests"])
    seconds = await load.run(plan["port"], plan["connections"])
    print(json.dumps({"seconds": seconds, "statuses": load.statuses}))


if __name__ == "__main__":
    uvloop.run(main())
