"""A real voucher server on a port of its own, which does as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from threading import Thread
from typing import Any


@dataclass
class IssuingServer:
    """What it answers, and what it was asked.

    Attributes:
        statuses: of the next answers, in order; then `status`.
        codes: what it issued, by redemption id: the same id gets the same code.
        body: answered instead of a code, where given.
    """

    status: int = 200
    statuses: list[int] = field(default_factory=list)
    body: bytes | None = None
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)

    def answer(self, sent: dict[str, Any], key: str | None) -> tuple[int, bytes]:
        """What to answer to a request."""
        self.asked.append(sent)
        self.keys.append(key)
        status = self.statuses.pop(0) if self.statuses else self.status
        code = self.codes.setdefault(sent["redemption_id"], f"CODE-{len(self.codes) + 1}")
        return status, self.body if self.body is not None else json.dumps({"code": code}).encode()


@contextmanager
def an_issuer(**behaviour: Any) -> Iterator[IssuingServer]:
    """Serve while the block runs."""
    issuer = IssuingServer(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, body = issuer.answer(sent, self.headers["idempotency-key"])
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_port}/issue"
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
