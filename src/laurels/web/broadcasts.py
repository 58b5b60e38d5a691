"""What many may follow from its beginning, whenever they come: frames of server-sent events that are kept until all is told."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator

from starlette.responses import StreamingResponse

from laurels.web.sse import HEARTBEAT, HEARTBEAT_SECONDS

MEDIA_TYPE = "text/event-stream"

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""X-Accel-Buffering: nginx would collect what is to be seen at once."""


class Broadcast:
    """Frames in their order. One writes, any number read; all on one event loop."""

    def __init__(self) -> None:
        self._frames: list[bytes] = []
        self._is_ended = False
        self._changed = asyncio.Event()

    @property
    def is_ended(self) -> bool:
        """Whether all is told."""
        return self._is_ended

    def put(self, *frames: bytes) -> None:
        """Tell more to whoever reads, and to whoever will."""
        self._frames += frames
        self._wake()

    def end(self) -> None:
        """Let readers go, once they have read all."""
        self._is_ended = True
        self._wake()

    async def read(self, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> AsyncIterator[bytes]:
        """All frames from the first, what is there together; in silence a heartbeat, since proxies cut what is silent for long."""
        told = 0
        while True:
            if told < len(self._frames):
                ready = b"".join(self._frames[told:])
                told = len(self._frames)
                yield ready
            elif self._is_ended:
                return
            elif not await _is_set_within(self._changed, heartbeat_seconds):
                yield HEARTBEAT

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def stream_answer(frames: AsyncIterable[bytes]) -> StreamingResponse:
    """An answer that sends frames as they come; a client that leaves ends the reading, and nothing else."""
    return StreamingResponse(frames, media_type=MEDIA_TYPE, headers=STREAM_HEADERS)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
