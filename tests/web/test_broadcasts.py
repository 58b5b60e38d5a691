"""What many follow from its beginning."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from laurels.web.broadcasts import Broadcast, stream_answer


async def heard(broadcast: Broadcast[str]) -> str:
    """All that a reader gets."""
    return "".join([letter async for ready in broadcast.read() for letter in ready])


def test_whoever_comes_when_reads_all_from_the_beginning() -> None:
    async def check() -> list[str]:
        broadcast = Broadcast[str]()
        early = asyncio.create_task(heard(broadcast))
        for letter in ("a", "b"):
            broadcast.put(letter)
            await asyncio.sleep(0)
        middle = asyncio.create_task(heard(broadcast))
        await asyncio.sleep(0)
        broadcast.put("c", "d")
        broadcast.end()
        return [await early, await middle, await heard(broadcast)]

    assert asyncio.run(check()) == ["abcd"] * 3


def test_silence_is_told_and_nothing_is_lost() -> None:
    async def check() -> list[Sequence[str]]:
        broadcast, read = Broadcast[str](), list[Sequence[str]]()
        async for ready in broadcast.read(silence_seconds=0.001):
            read.append(ready)
            if read == [()]:
                broadcast.put("late")
                broadcast.end()
        return read

    assert asyncio.run(check()) == [(), ["late"]]


def test_a_stream_is_kept_by_nobody_on_its_way() -> None:
    async def frames() -> AsyncIterator[bytes]:
        yield b"data: 1\n\n"

    answer = stream_answer(frames())
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
