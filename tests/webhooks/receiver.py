"""A real receiver of webhooks on a free port, which answers as a test says."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
import ssl
from threading import Event, Thread
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True)
class Request:
    """What arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Its webhook-id."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        """Its body."""
        said: dict[str, Any] = json.loads(self.body)
        return said

    def verify(self, secret: str) -> dict[str, Any]:
        """What the standardwebhooks package takes it for; raises where the signature isn't right."""
        verified: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return verified


@dataclass
class Receiver:
    """What it answers, and what it got.

    Attributes:
        statuses: of the next answers, in order; then `status`.
        waits: where it waits for before it answers.
    """

    status: int = 200
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    waits: Event | None = None
    url: str = ""
    port: int = 0
    got: list[Request] = field(default_factory=list)
    reached: Event = field(default_factory=Event)

    @property
    def ids(self) -> list[str]:
        """The webhook-ids that arrived, in order."""
        return [one.id for one in self.got]


@contextmanager
def a_receiver(*, tls: ssl.SSLContext | None = None, **behaviour: Any) -> Iterator[Receiver]:
    """Receive while the block runs."""
    receiver = Receiver(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append(Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            receiver.reached.set()
            if receiver.waits is not None:
                receiver.waits.wait(60)
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A sender that hung up is no error of ours."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    receiver.port = server.server_port
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/hooks?shop=1"
    try:
        yield receiver
    finally:
        if receiver.waits is not None:
            receiver.waits.set()
        server.shutdown()
        thread.join()
        server.server_close()
