"""What many may follow from its beginning, whenever they come: all of it is kept until the last who reads has read it."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from typing import Generic, TypeVar

from starlette.responses import StreamingResponse

from laurels.web.sse import HEARTBEAT_SECONDS

T = TypeVar("T")

MEDIA_TYPE = "text/event-stream"

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""X-Accel-Buffering: nginx would collect what is to be seen at once."""


class Broadcast(Generic[T]):
    """Things told in their order. One tells, any number read; all on one event loop."""

    def __init__(self) -> None:
        self._told: list[T] = []
        self._is_ended = False
        self._changed = asyncio.Event()

    @property
    def is_ended(self) -> bool:
        """Whether all is told."""
        return self._is_ended

    def put(self, *things: T) -> None:
        """Tell more to whoever reads, and to whoever will."""
        self._told += things
        self._wake()

    def end(self) -> None:
        """Let readers go, once they have read all."""
        self._is_ended = True
        self._wake()

    async def read(self, silence_seconds: float = HEARTBEAT_SECONDS) -> AsyncIterator[Sequence[T]]:
        """All from the first, what is there together; nothing each time that it was silent so long: proxies cut what is silent for long."""
        read = 0
        while True:
            if read < len(self._told):
                ready = self._told[read:]
                read = len(self._told)
                yield ready
            elif self._is_ended:
                return
            elif not await is_set_within(self._changed, silence_seconds):
                yield ()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def stream_answer(frames: AsyncIterable[bytes]) -> StreamingResponse:
    """An answer that sends frames as they come; a client that leaves ends the reading, and nothing else."""
    return StreamingResponse(frames, media_type=MEDIA_TYPE, headers=STREAM_HEADERS)


async def is_set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for an event so long; gives whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
