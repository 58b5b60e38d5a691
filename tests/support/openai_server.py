"""A server that speaks OpenAI's protocol for chats and embeddings, over real HTTP on a free port; a test says what it answers.

    with an_openai_server() as server:
        server.say("Hello", " there.")                     # the next answer, in these pieces
        server.say("Slow", waits=threading.Event())         # its first token comes when the event is set
        server.say("Cut", ends=False)                       # breaks off after these pieces
        server.say("Open", hangs=True)                      # stays open after its pieces until the client hangs up
        server.say("No usage", usage=None)
        server.fail(429, code="rate_limit_exceeded", headers={"Retry-After": "7"})
        settings = settings.model_copy(update=server.settings)   # or make_app(**server.settings)
        ...
        assert server.got[0].messages == [{"role": "user", "content": "Hi"}]
        server.places["what lies"] = [1.0, 0.0, ...]        # the vector of a text; else texts that share words lie near each other
        server.embeddings.append(Reply(status=503))         # what the next request for vectors gets instead
        assert server.embedded[0].body["input"] == ["Hi"]

What is queued is answered in its order, whole or as a stream, whichever is
asked for; when nothing is queued, "Hello there.". A wrong key gets a 401, an
unknown model a 404, each with a body like OpenAI's. Requests for vectors are
counted apart (`embedded`) and take nothing of what is queued for chats.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from threading import Event, Thread
from typing import Any

from pydantic import SecretStr

from support.openai_bodies import Asked, Reply, chunks_of, error_of, whole_answer
from support.word_vectors import DIMENSION, word_vector

__all__ = ["EMBEDDER", "KEY", "MODEL", "Asked", "OpenAIServer", "Reply", "an_openai_server"]

KEY = "sk-test-4f1c9a"
MODEL = "gpt-4o-mini"
EMBEDDER = "text-embedding-3-small"
WAIT_SECONDS = 60
"""Longest that an answer waits for its event, so that a test that forgot it ends."""


@dataclass
class OpenAIServer:
    """What it answers, and what it got.

    Attributes:
        key: the only one it takes; None: it looks at no key.
        models: names that it knows.
        url: its base URL, what LAURELS_OPENAI_BASE_URL is set to.
        got: requests in their order.
        reached: set with each request.
        left: set when a client hung up on an answer.
        embedders: names that it knows for vectors; none: it has no such address, like some servers.
        embedded: requests for vectors in their order; they aren't among `got`.
        embeddings: what the next ones get instead of vectors.
        places: vectors of certain texts.
        dimension: how many numbers the other texts' vectors have.
        tells_tokens: whether it says how many tokens texts have: one a word.
    """

    key: str | None = KEY
    models: set[str] = field(default_factory=lambda: {MODEL})
    url: str = ""
    got: list[Asked] = field(default_factory=list)
    reached: Event = field(default_factory=Event)
    left: Event = field(default_factory=Event)
    queued: deque[Reply] = field(default_factory=deque)
    embedders: set[str] = field(default_factory=lambda: {EMBEDDER})
    embedded: list[Asked] = field(default_factory=list)
    embeddings: deque[Reply] = field(default_factory=deque)
    places: dict[str, list[float]] = field(default_factory=dict)
    dimension: int = DIMENSION
    tells_tokens: bool = True

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a process that asks this server."""
        return {"openai_base_url": self.url, "openai_api_key": SecretStr(self.key or ""), "model": MODEL}

    def say(self, *pieces: str, **how: Any) -> None:
        """Queue an answer of these pieces; see `Reply` for the rest."""
        self.queued.append(Reply(pieces, **how))

    def fail(self, status: int, *, code: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        """Queue a refusal or a fault."""
        self.queued.append(Reply(status=status, code=code, headers=headers or {}))

    def send(self, body: bytes) -> None:
        """Queue a body as it is, called JSON or a stream, whichever was asked for."""
        self.queued.append(Reply(raw=body))

    def answer(self, asked: Asked) -> Reply:
        """What a request gets: as queued, unless its address, key or model is wrong."""
        known = {"/v1/chat/completions": self.models, "/v1/embeddings": self.embedders}.get(asked.path)
        if not known:
            return Reply(status=404)
        if self.key is not None and asked.headers.get("authorization") != f"Bearer {self.key}":
            return Reply(status=401, code="invalid_api_key")
        if asked.body["model"] not in known:
            return Reply(status=404, code="model_not_found")
        if asked.is_for_vectors:
            return self.embeddings.popleft() if self.embeddings else Reply(raw=json.dumps(self._vectors(asked.body)).encode())
        return self.queued.popleft() if self.queued else Reply()

    def note(self, asked: Asked) -> None:
        """Keep a request, where its kind belongs."""
        if asked.is_for_vectors:
            self.embedded.append(asked)
        else:
            self.got.append(asked)
            self.reached.set()

    def _vectors(self, body: dict[str, Any]) -> dict[str, Any]:
        vectors = [self.places.get(text) or word_vector(text, self.dimension) for text in body["input"]]
        data = [{"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)]
        tokens = sum(len(text.split()) for text in body["input"])
        usage = {"usage": {"prompt_tokens": tokens, "total_tokens": tokens}} if self.tells_tokens else {}
        return {"object": "list", "model": body["model"], "data": data} | usage


@contextmanager
def an_openai_server(*, key: str | None = KEY) -> Iterator[OpenAIServer]:
    """Answer while the block runs."""
    told = OpenAIServer(key=key)

    class Handler(_Handler):
        server_told = told

    server = _Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="openai-server")
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # many may ask at the same moment

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_told: OpenAIServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        reply = self.server_told.answer(asked)
        self.server_told.note(asked)
        try:
            self._reply(reply, asked)
        except ConnectionError:
            self.server_told.left.set()
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _reply(self, reply: Reply, asked: Asked) -> None:
        if reply.status != 200:
            self._send(reply, json.dumps(error_of(reply, asked)).encode())
        elif reply.raw is not None:
            self._wait(reply)
            self._send(reply, reply.raw, is_stream=asked.is_streamed)
        elif asked.is_streamed:
            self._stream(reply, asked)
        else:
            self._answer(reply, asked)

    def _answer(self, reply: Reply, asked: Asked) -> None:
        self._wait(reply)
        body = json.dumps(whole_answer(reply, asked)).encode()
        if reply.hangs:
            self._begin(reply, "application/json", length=len(body))
            self._hang()
        elif reply.ends:
            self._send(reply, body)
        else:
            self._begin(reply, "application/json", length=len(body))
            self.wfile.write(body[: len(body) // 2])
            self.close_connection = True

    def _stream(self, reply: Reply, asked: Asked) -> None:
        self._begin(reply, "text/event-stream", length=None)
        self._wait(reply)
        for chunk in chunks_of(reply, asked):
            self._event(json.dumps(chunk))
        if reply.hangs:
            self._hang()
        elif reply.ends:
            self._event("[DONE]")
            self._chunk(b"")
        else:
            self.close_connection = True  # without the last chunk: broken off

    def _wait(self, reply: Reply) -> None:
        if reply.waits is not None:
            reply.waits.wait(WAIT_SECONDS)

    def _hang(self) -> None:
        self.wfile.flush()
        self.connection.settimeout(WAIT_SECONDS)
        if self.connection.recv(1) == b"":
            self.server_told.left.set()
        self.close_connection = True

    def _send(self, reply: Reply, body: bytes, *, is_stream: bool = False) -> None:
        self._begin(reply, "text/event-stream" if is_stream else "application/json", length=len(body))
        self.wfile.write(body)

    def _begin(self, reply: Reply, content_type: str, *, length: int | None) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", content_type)
        self.send_header("X-Request-Id", f"req_{len(self.server_told.got)}")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header(*(("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))))
        self.end_headers()

    def _event(self, data: str) -> None:
        self._chunk(f"data: {data}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()
