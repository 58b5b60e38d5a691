"""Gifts through Laurels' writer, from callers on an event loop, as the server's endpoints are."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from time import perf_counter

from benchmarks.community import Community, Gift, decision
from laurels.core.clock import SystemClock
from laurels.core.database import Database
from laurels.ledger.writer import Proposal, RequestKey, Writer

FINGERPRINT = "f" * 64


def measure(database: Database, community: Community, *, shape: str, callers: int, gifts: int) -> float:
    """Gifts a second; each caller sends its next when the last is answered."""
    writer = Writer(database, SystemClock())
    writer.start()
    try:
        return asyncio.run(_measure(writer, community, islice(community.gifts(shape), gifts), callers, gifts))
    finally:
        writer.stop()


async def _measure(writer: Writer, community: Community, stream: Iterator[Gift], callers: int, gifts: int) -> float:
    async def call() -> None:
        for gift in stream:  # shared: whoever is free takes the next
            request = RequestKey(f"{gift.giver}:give", gift.id.hex, FINGERPRINT)
            await writer.post(Proposal(decision(gift, community.month), datetime.now(UTC), f"member/{gift.giver}", request))

    start = perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return gifts / (perf_counter() - start)
