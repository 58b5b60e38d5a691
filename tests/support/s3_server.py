"""A server that speaks as much of S3's protocol as storing files takes, over real HTTP on a free port.

    with an_s3_server() as server:
        settings = Settings(**server.settings)
        ...
        assert server.objects["2026-11-20/abc"] == b"words"
        server.fails = 503                      # every request gets this, until None

It keeps one bucket, in memory, and takes a request only with a right signature:
AWS Signature Version 4, computed anew from what arrived (docs.aws.amazon.com,
"Create a signed AWS API request"), over a body whose hash is the one that was signed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
import hmac
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import re
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from pydantic import SecretStr

BUCKET = "originals"
ACCESS_KEY = "AKIATEST"
SECRET_KEY = "s3-test-9d2e71"
REGION = "us-east-1"
PAGE = 3
"""Keys that one answer lists, so that a test needs few files for several."""

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8}/[^/]+/s3/aws4_request), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)


@dataclass
class S3Server:
    """What it keeps, and what it got.

    Attributes:
        objects: bodies by their keys.
        got: method and path of each request, in their order.
        fails: the status of every answer, while it is set.
        cuts: whether a file breaks off in its middle.
    """

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    got: list[tuple[str, str]] = field(default_factory=list)
    fails: int | None = None
    cuts: bool = False

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of a process that keeps its files here."""
        secret = SecretStr(SECRET_KEY)
        return {"s3_bucket": BUCKET, "s3_endpoint": self.url, "s3_access_key": ACCESS_KEY, "s3_secret_key": secret, "s3_region": REGION}

    def list(self, asked: dict[str, str]) -> bytes:
        """A page of keys, as XML."""
        prefix, after = asked.get("prefix", ""), asked.get("continuation-token", "")
        found = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
        page = found[:PAGE]
        more = f"<NextContinuationToken>{page[-1]}</NextContinuationToken>" if len(found) > PAGE else ""
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-20T10:00:00.000Z</LastModified>"
            f"<ETag>&quot;1&quot;</ETag><Size>{len(self.objects[key])}</Size></Contents>"
            for key in page
        )
        told = f"<Name>{BUCKET}</Name><KeyCount>{len(page)}</KeyCount><IsTruncated>{str(bool(more)).lower()}</IsTruncated>{more}{contents}"
        return f'<?xml version="1.0"?><ListBucketResult>{told}</ListBucketResult>'.encode()


@contextmanager
def an_s3_server() -> Iterator[S3Server]:
    """Answer while the block runs."""
    told = S3Server()

    class Handler(_Handler):
        server_told = told

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="s3-server")
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_told: S3Server

    def do_PUT(self) -> None:
        if (key := self._admitted()) is not None:
            self.server_told.objects[key] = self._body
            self._send(200, headers={"ETag": '"1"'})

    def do_GET(self) -> None:
        if (key := self._admitted()) is None:
            return
        if not key:
            self._send(200, self.server_told.list(self._query))
        elif key not in self.server_told.objects:
            self._refuse(404, "NoSuchKey")
        else:
            self._send(200, self.server_told.objects[key], is_cut=self.server_told.cuts)

    def do_HEAD(self) -> None:
        if (key := self._admitted()) is not None:
            self._send(200 if key in self.server_told.objects else 404, self.server_told.objects.get(key, b""))

    def do_DELETE(self) -> None:
        if (key := self._admitted()) is not None:
            self.server_told.objects.pop(key, None)
            self._send(204)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _admitted(self) -> str | None:
        """The key of a request that may come in, "" for the bucket itself; one that may not is answered."""
        self._body = self.rfile.read(int(self.headers.get("content-length", 0)))
        split = urlsplit(self.path)
        self._query = dict(parse_qsl(split.query, keep_blank_values=True))
        self.server_told.got.append((self.command, self.path))
        bucket, _, key = unquote(split.path).removeprefix("/").partition("/")
        if self.server_told.fails:
            self._refuse(self.server_told.fails, "SlowDown")
        elif wrong := self._wrong_signature():
            self._refuse(403, wrong)
        elif bucket != BUCKET:
            self._refuse(404, "NoSuchBucket")
        else:
            return key
        return None

    def _wrong_signature(self) -> str | None:
        match = _AUTHORIZATION.fullmatch(self.headers.get("authorization", ""))
        if match is None:
            return "AccessDenied"
        access_key, scope, signed, signature = match.groups()
        if access_key != ACCESS_KEY:
            return "InvalidAccessKeyId"
        if self.headers["x-amz-content-sha256"] != sha256(self._body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        return None if hmac.compare_digest(signature, self._signature(scope, signed)) else "SignatureDoesNotMatch"

    def _signature(self, scope: str, signed: str) -> str:
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(self._query.items()))
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in signed.split(";"))
        hashed = self.headers["x-amz-content-sha256"]
        request = "\n".join([self.command, urlsplit(self.path).path, query, headers, signed, hashed])
        told = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, sha256(request.encode()).hexdigest()])
        key = b"AWS4" + SECRET_KEY.encode()
        for part in [*scope.split("/"), told]:
            key = hmac.digest(key, part.encode(), "sha256")
        return key.hex()

    def _refuse(self, status: int, code: str) -> None:
        said = f"The key {ACCESS_KEY} asked {self.path}"
        self._send(status, f"<Error><Code>{code}</Code><Message>{escape(said)}</Message></Error>".encode())

    def _send(self, status: int, body: bytes = b"", *, headers: dict[str, str] | None = None, is_cut: bool = False) -> None:
        self.send_response(status)
        for name, value in {"Last-Modified": "Fri, 20 Nov 2026 10:00:00 GMT", "ETag": '"1"', **(headers or {})}.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if is_cut else body)
        self.close_connection = self.close_connection or is_cut
