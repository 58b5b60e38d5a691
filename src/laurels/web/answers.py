"""What a request adds to its answer, whichever answer that will be.

A header set here reaches the client with a success, a refusal and an
unexpected error alike; `laurels.web.headers` writes it out.
"""

from collections.abc import Callable
from typing import Any

ADDED_HEADERS = "laurels.added_headers"
REQUEST_ID = "laurels.request_id"
_UNDO = "laurels.undo_on_replay"


def add_header(scope: Any, name: bytes, value: bytes) -> None:
    """Add a header field (name in lower case) to this request's answer."""
    scope.setdefault(ADDED_HEADERS, []).append((name, value))


def request_id_of(scope: Any) -> str:
    """The id that this request has in the logs and in its answer."""
    identifier: str = scope.get(REQUEST_ID, "")
    return identifier


def on_replay(scope: Any, undo: Callable[[], None]) -> None:
    """Have `undo` called if this request turns out to repeat an earlier one."""
    scope.setdefault(_UNDO, []).append(undo)


def mark_replay(scope: Any) -> None:
    """Say in the answer that it is an earlier request's, and undo what only a new one counts for."""
    add_header(scope, b"idempotency-replayed", b"true")
    for undo in scope.pop(_UNDO, ()):
        undo()
