"""The stream's format, and what waits on one stream.

Frames are those of server-sent events (WHATWG HTML, section 9.2). Two habits of
htmx 4.0.1's extension are minded: it hands a named event to the page as a DOM
event and swaps only unnamed ones, and it reads no `retry` that stands alone.
"""

import asyncio
from collections import deque
import re
from uuid import UUID

REFRESH = "refresh"
"""The event that tells a page to fetch what it shows afresh: it may have missed something."""

DROPPED = "dropped"
"""The last event of a stream whose client reads too slowly; it comes back by itself, and is told to refresh."""

MAX_QUEUED_MESSAGES = 1_000
MAX_QUEUED_BYTES = 512 * 1024
"""What may wait for one client; past either it is too slow."""

HEARTBEAT_SECONDS = 15.0
"""A comment goes out when nothing else did: proxies cut what is silent for long."""

RETRY_MILLISECONDS = 2_000
"""When a client that lost its stream comes back."""

HEARTBEAT = b": \n\n"
_LINE_END = re.compile(rb"\r\n|\r|\n")
_EVENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,79}|")


def opening(id: str, *, is_resumed: bool) -> bytes:
    """A stream's first frames: an id, so that a client that comes back says so, and to one that did, to refresh."""
    first = f"id: {id}\nretry: {RETRY_MILLISECONDS}\n\n".encode()
    return first + framed(REFRESH) if is_resumed else first


def framed(event: str, data: bytes = b"", *, id: str = "", retry: bool = False) -> bytes:
    """A message in the stream's format (WHATWG HTML, server-sent events). Every frame has data: without, browsers ignore it.

    Raises:
        ValueError: the event's name has characters that the format doesn't take.
    """
    if not _EVENT_NAME.fullmatch(event):
        raise ValueError(f"{event!r} is no name for an event; try recognition.given")
    lines = [f"id: {id}".encode()] if id else []
    if event:
        lines.append(f"event: {event}".encode())
    if retry:
        # Beside an event: htmx reads no retry that stands alone.
        lines.append(f"retry: {RETRY_MILLISECONDS}".encode())
    lines += [b"data: " + line for line in _LINE_END.split(data)]
    return b"\n".join(lines) + b"\n\n"


class Watcher:
    """One open stream: what waits to be sent on it. Used on the event loop only."""

    def __init__(self, topics: frozenset[str], *, member_id: UUID, session_id: UUID, first: bytes = b"") -> None:
        self.topics = topics
        self.member_id = member_id
        self.session_id = session_id
        self._frames: deque[bytes] = deque([first] if first else [])
        self._queued_bytes = len(first)
        self._is_ended = False
        self._woken = asyncio.Event()

    @property
    def is_ended(self) -> bool:
        return self._is_ended

    def put(self, frame: bytes) -> bool:
        """Queue a frame; False if the client is too slow: then the stream ends with a word on when to come back."""
        if self._is_ended:
            return True
        if len(self._frames) >= MAX_QUEUED_MESSAGES or self._queued_bytes + len(frame) > MAX_QUEUED_BYTES:
            self._frames.clear()
            self.end(framed(DROPPED, retry=True))
            return False
        self._frames.append(frame)
        self._queued_bytes += len(frame)
        self._woken.set()
        return True

    def end(self, last: bytes = b"") -> None:
        """Let the stream end after what is queued, and a last frame."""
        self._is_ended = True
        if last:
            self._frames.append(last)
        self._woken.set()

    async def next(self, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> bytes | None:
        """What to send next, waited for: all that is queued, a heartbeat in silence, or None at the end."""
        if not self._frames and not self._is_ended:
            self._woken.clear()
            try:
                async with asyncio.timeout(heartbeat_seconds):
                    await self._woken.wait()
            except TimeoutError:
                return HEARTBEAT
        if not self._frames:
            return None
        ready = b"".join(self._frames)
        self._frames.clear()
        self._queued_bytes = 0
        return ready
