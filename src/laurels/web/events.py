"""The stream behind live pages: GET /events?topics=recognition,me

One stream a page carries all its topics: browsers keep six connections to a
site over HTTP/1.1, and a second stream a page would use them up at three tabs.
"""

import asyncio
from collections.abc import Awaitable, Callable
import re
from time import monotonic
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from laurels.core.errors import DomainError, Invalid, Missing
from laurels.web.caller import Caller, Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.live import Live, member_topic
from laurels.web.sse import Watcher

MAX_TOPICS = 12

MAX_STREAM_SECONDS = 600.0
"""A stream ends after ten minutes and comes back, to a process that has a place."""

CHECK_SECONDS = 15.0
"""How often it is asked again whether the caller may watch: whoever was signed out, suspended or demoted, in any process, doesn't."""

OWN = "me"
"""Stands for the caller's own topic."""

First: TypeAlias = Callable[[], Awaitable[bytes]]
"""Makes the frame that a stream begins with."""

_TOPIC = re.compile(r"[a-z0-9][a-z0-9._:-]{0,99}")

router = APIRouter()


@router.get("/events", include_in_schema=False)
async def follow_events(
    request: Request,
    context: Ctx,
    caller: Signed,
    topics: Annotated[str, Query(max_length=1_500)],
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Follow topics as server-sent events, until either side has enough."""
    return await open_stream(request, context, caller, topics, is_resumed=last_event_id is not None)


async def open_stream(
    request: Request, context: Context, caller: Caller, topics: str, *, is_resumed: bool, first: First | None = None
) -> "EventStream":
    """An answer that follows topics, for as long as the caller may watch them.

    Args:
        topics: a comma-separated list.
        is_resumed: whether the client comes back, and so may have missed something.
        first: makes a frame to begin with, such as what is now. It is asked for once nothing is missed any more.

    Raises:
        Invalid, Missing: what `topics_for` refuses.
        TooManyStreams, Unavailable: there is no place for another stream.
    """
    wanted = topics_for(caller, topics)
    watcher = await context.live.follow(wanted, member_id=caller.member_id, session_id=caller.session_id, is_resumed=is_resumed)

    async def is_welcome() -> bool:
        try:
            now = await context.authenticate(request)
            return isinstance(now, Caller) and topics_for(now, topics) == wanted
        except DomainError:
            return False

    if first is not None:
        try:
            watcher.put(await first())
        except BaseException:
            context.live.leave(watcher)  # or its place would be taken for ever
            raise
    return EventStream(context.live, watcher, is_welcome)


def topics_for(caller: Caller, listed: str) -> frozenset[str]:
    """The topics of a comma-separated list, if the caller may watch them all.

    Raises:
        Invalid: there are none, too many, or one that is no topic.
        Missing: one is another member's, or the staff's.
    """
    topics = {topic.strip() for topic in listed.split(",")}
    if len(topics) > MAX_TOPICS or not all(_TOPIC.fullmatch(topic) for topic in topics):
        raise Invalid(field="topics", reason=f"send 1 to {MAX_TOPICS} topics, separated by commas")
    own = member_topic(caller.member_id)
    wanted = frozenset(own if topic == OWN else topic for topic in topics)
    for topic in wanted:
        is_anothers = topic.startswith("member:") and topic != own
        is_for_staff = topic == "staff" or topic.startswith("staff:")
        if is_anothers or (is_for_staff and not caller.role.covers(Role.STAFF)):
            raise Missing(what="topic")
    return wanted


class EventStream(Response):
    """An answer that goes on until the client leaves, isn't welcome any more, the watcher ends, or its time is over."""

    media_type = "text/event-stream"

    def __init__(self, live: Live, watcher: Watcher, is_welcome: Callable[[], Awaitable[bool]]) -> None:
        # X-Accel-Buffering: nginx would collect what is to be seen at once.
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._live = live
        self._watcher = watcher
        self._is_welcome = is_welcome

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what comes, and notice at once when the client leaves: a silent stream would keep its place."""
        leaving = asyncio.create_task(_until_left(receive, self._watcher))
        try:
            await self._send_all(send)
        finally:
            leaving.cancel()
            self._live.leave(self._watcher)

    async def _send_all(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        ends_at = monotonic() + MAX_STREAM_SECONDS
        check_at = monotonic() + CHECK_SECONDS
        while monotonic() < ends_at:
            ready = await self._watcher.next()  # in silence a heartbeat: so the check below comes in time
            if ready is None:
                break
            if monotonic() >= check_at:
                if not await self._is_welcome():
                    break
                check_at = monotonic() + CHECK_SECONDS
            await send({"type": "http.response.body", "body": ready, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_left(receive: Receive, watcher: Watcher) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    watcher.end()
