"""What many follow from its beginning."""

import asyncio

from laurels.web.broadcasts import Broadcast, stream_answer
from laurels.web.sse import HEARTBEAT


async def heard(broadcast: Broadcast) -> bytes:
    """All that a reader gets."""
    return b"".join([frame async for frame in broadcast.read()])


def test_whoever_comes_when_reads_all_from_the_beginning() -> None:
    async def check() -> list[bytes]:
        broadcast = Broadcast()
        early = asyncio.create_task(heard(broadcast))
        for letter in (b"a", b"b"):
            broadcast.put(letter)
            await asyncio.sleep(0)
        middle = asyncio.create_task(heard(broadcast))
        await asyncio.sleep(0)
        broadcast.put(b"c", b"d")
        broadcast.end()
        return [await early, await middle, await heard(broadcast)]

    assert asyncio.run(check()) == [b"abcd"] * 3


def test_in_silence_a_heartbeat_is_read_and_nothing_is_lost() -> None:
    async def check() -> list[bytes]:
        broadcast, frames = Broadcast(), list[bytes]()
        async for frame in broadcast.read(heartbeat_seconds=0.001):
            frames.append(frame)
            if frames == [HEARTBEAT]:
                broadcast.put(b"late")
                broadcast.end()
        return frames

    assert asyncio.run(check()) == [HEARTBEAT, b"late"]


def test_a_stream_is_kept_by_nobody_on_its_way() -> None:
    answer = stream_answer(Broadcast().read())
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
