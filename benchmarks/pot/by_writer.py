"""Messages through Laurels' writer, from callers on an event loop, as the server's endpoint is."""

import asyncio
from itertools import islice
from time import perf_counter

from benchmarks.pot.crowd import Crowd
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.ledger.writer import Proposal, RequestKey, Writer

CALLERS = 256
FINGERPRINT = "f" * 64


def measure(database: Database, crowd: Crowd, *, messages: int) -> float:
    """Messages a second, all into the one pot; each caller sends its next when the last is answered."""
    writer = Writer(database, SystemClock())
    writer.start()
    try:
        return messages / asyncio.run(_send(writer, crowd, messages))
    finally:
        writer.stop()


async def _send(writer: Writer, crowd: Crowd, messages: int) -> float:
    stream = islice(crowd.sendings(), messages)

    async def call() -> None:
        for one in stream:  # shared: whoever is free takes the next
            request = RequestKey(f"{one.member}:send", one.message.hex, FINGERPRINT)
            await writer.post(Proposal(one, one.at, f"member/{one.member}", request))

    start = perf_counter()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return perf_counter() - start
