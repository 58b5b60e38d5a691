"""The layer around every request: its id, where it comes from, how large it is, what its answer must carry.

One pure ASGI layer instead of five, and no object of its own per request: it
is on the way of every gift. What goes wrong outside of any endpoint is
answered here, as a problem like all others.
"""

import logging
import re
from time import perf_counter
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from laurels.core.errors import DomainError
from laurels.core.ids import new_id
from laurels.core.logging import FIELDS, current_request_id
from laurels.web.answers import ADDED_HEADERS, REQUEST_ID
from laurels.web.csrf import SAFE_METHODS, require_same_origin
from laurels.web.idempotency import release_key
from laurels.web.paths import is_api
from laurels.web.problems import MAX_BODY_BYTES, ContentTooLarge, answer, answer_unexpected, max_body_bytes, problem_of

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""For pages: nothing inline, nothing from elsewhere."""

HSTS = (b"strict-transport-security", b"max-age=31536000")

_PAGE = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
]
_DATA = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
]
_PRIVATE = (b"cache-control", b"no-store")

_SANE_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

access_log = logging.getLogger("laurels.access")


class Edge:
    """The outermost layer that is ours.

    Args:
        max_file_bytes: the largest file that an upload may bring.
    """

    def __init__(self, app: ASGIApp, *, is_behind_tls: bool = False, max_file_bytes: int = MAX_BODY_BYTES) -> None:
        self._app = app
        self._is_behind_tls = is_behind_tls
        self._max_file_bytes = max_file_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._is_behind_tls:
            # The operator says so: a proxy that forgets to must not make cookies insecure.
            scope["scheme"] = "https"
        began = perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        sent_id = headers.get(b"x-request-id")
        identifier = sent_id if sent_id and _SANE_REQUEST_ID.fullmatch(sent_id) else new_id().hex.encode()
        scope[REQUEST_ID] = identifier.decode()
        mark = current_request_id.set(scope[REQUEST_ID])
        path: str = scope["path"]
        if path[-1:] == "/" and path != "/":
            scope["path"] = path.rstrip("/") or "/"
        status = 0
        is_head = scope["method"] == "HEAD" and not is_api(path)
        if is_head:
            # Answered as GET, without its body; in a copy, because the server goes by its own.
            scope = {**scope, "method": "GET"}

        async def send_framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _framed(scope, message, identifier)
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        try:
            try:
                if scope["method"] not in SAFE_METHODS:
                    require_same_origin(scope, headers)
                    receive = _limit_body(max_body_bytes(path, self._max_file_bytes), headers, receive)
                await self._app(scope, receive, send_framed)
            except DomainError as refusal:
                request = Request(scope)
                await answer(request, problem_of(request, refusal))(scope, receive, send_framed)
            except Exception as error:
                if status:
                    raise  # the answer has begun: all that is left is to cut it off
                await answer_unexpected(Request(scope), error)(scope, receive, send_framed)
        finally:
            release_key(scope)
            if access_log.isEnabledFor(logging.INFO):
                _log_access(scope, status, perf_counter() - began)
            current_request_id.reset(mark)


def _limit_body(limit_bytes: int, headers: dict[bytes, bytes], receive: Receive) -> Receive:
    """Refuse a body that says it is too large, and count one that doesn't say."""
    length = headers.get(b"content-length")
    if length is None:
        return _counted(receive, limit_bytes)
    if not length.isdigit() or len(length) > 15 or int(length) > limit_bytes:
        raise ContentTooLarge(limit_bytes=limit_bytes)
    return receive


def _counted(receive: Receive, limit_bytes: int) -> Receive:
    total = 0

    async def receive_counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit_bytes:
            # FastAPI lets only this exception pass while it reads a body.
            raise HTTPException(413)
        return message

    return receive_counted


def _framed(scope: Scope, message: Message, identifier: bytes) -> list[tuple[bytes, bytes]]:
    headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
    is_page = is_private = False
    for name, value in headers:
        if name == b"content-type":
            is_page = value.startswith(b"text/html")
        elif name == b"cache-control":
            is_private = True
    headers += _PAGE if is_page else _DATA
    headers.append((b"x-request-id", identifier))
    if not is_private and is_api(scope["path"]):
        headers.append(_PRIVATE)
    if scope["scheme"] == "https":
        headers.append(HSTS)
    added = scope.get(ADDED_HEADERS)
    if added:
        headers += added
    return headers


def _log_access(scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    fields = {"method": scope["method"], "route": getattr(route, "path", "-"), "status": status, "ms": round(seconds * 1000, 1)}
    access_log.info("request", extra={FIELDS: fields})
