"""Request keys: the same request twice has one outcome.

A caller may send `Idempotency-Key`, bare or quoted (draft-ietf-httpapi-
idempotency-key-header-07 quotes it). The ledger's writer remembers what became
of it for thirty days; here the header is read, the request is fingerprinted,
and a second request with a key that this process is still working on is told
so. One that reaches another process waits at the ledger, and is a replay.

    @router.post("/recognitions", dependencies=[limited("give", per_minute=30, book=BOOK)])
    async def create(..., key: Annotated[RequestKey | None, keyed("give")], request: Request):
        posted = await actions.give(..., request=key)
        tell_replay(request, posted)
"""

from collections.abc import Callable
from hashlib import sha256
import re
from typing import Any, TypeAlias

from fastapi import Depends, Request
import orjson
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from laurels.core.errors import DomainError, Kind
from laurels.ledger import KeyInFlight
from laurels.ledger.reader import is_request_known
from laurels.ledger.writer import Posted, RequestKey
from laurels.web import csrf
from laurels.web.answers import mark_replay
from laurels.web.caller import AnyCaller, require_any_caller

HEADER = "Idempotency-Key"
FORM_FIELD = "request_key"
"""The hidden field of a page's form that does the header's work."""

MAX_KEY = 255

BookOf: TypeAlias = str | Callable[[Request], str]
"""The book that an operation is decided in, or how to read it from the request."""

PRINTABLE = r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?"
"""What a key is made of: printable ASCII, no blank at either end."""

_KEY_IN_FLIGHT = "laurels.key_in_flight"
_PIECE_BYTES = 64 * 1024
"""Of a file that was sent: read piece by piece."""
_PRINTABLE = re.compile(PRINTABLE)


class KeyMalformed(DomainError):
    """The Idempotency-Key header can't be read."""

    code = "idempotency-key-malformed"
    kind = Kind.INVALID
    detail = "Send an Idempotency-Key of 1 to {max_length} printable ASCII characters, such as a random UUID."

    def __init__(self, *, max_length: int = MAX_KEY) -> None:
        super().__init__(max_length=max_length)


class KeysInFlight:
    """The keys that this process is working on. Only its event loop touches it.

    A key is remembered book by book, so here a path is part of its name: with
    one key a caller may join two programs at once.
    """

    def __init__(self) -> None:
        self._keys: set[tuple[str, str, str]] = set()

    def begin(self, scope: Any, key: RequestKey) -> None:
        """Take a key for a request, until its answer is sent.

        Raises:
            KeyInFlight: another request has it.
        """
        name = (key.scope, key.key, _plain_path(scope["path"]))
        if name in self._keys:
            raise KeyInFlight()
        self._keys.add(name)
        scope[_KEY_IN_FLIGHT] = (self._keys, name)


def release_key(scope: Any) -> None:
    """Give back the key that a request holds, if it does. Called when its answer is sent, however it ended."""
    held = scope.get(_KEY_IN_FLIGHT)
    if held is not None:
        keys, name = held
        keys.discard(name)


def keyed(operation: str) -> Any:
    """A route's parameter: its caller's `RequestKey`, or None where none was sent.

    `operation` separates keys: one member may use the same key to give and to redeem.
    """
    return Depends(Keyed(operation))


class Keyed:
    """The dependency behind `keyed`; OpenAPI finds routes that have one."""

    def __init__(self, operation: str) -> None:
        self._operation = operation

    async def __call__(self, request: Request) -> RequestKey | None:
        sent = await _sent_key(request)
        if sent is None:
            return None
        caller = await require_any_caller(request)
        key = RequestKey(key_scope(caller, self._operation), sent, fingerprint(request.scope["path"], await _asked(request)))
        request.app.state.context.keys_in_flight.begin(request.scope, key)
        return key


def read_key(request: Request) -> str | None:
    """The Idempotency-Key header, without its quotes.

    Raises:
        KeyMalformed: it is empty, too long, or holds what isn't printable ASCII.
    """
    sent = request.headers.get(HEADER)
    return None if sent is None else _checked(sent)


def _checked(sent: str) -> str:
    if len(sent) > 1 and sent[0] == sent[-1] == '"':
        sent = sent[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if len(sent) > MAX_KEY or not _PRINTABLE.fullmatch(sent):
        raise KeyMalformed()
    return sent


def key_scope(caller: AnyCaller, operation: str) -> str:
    """Whose key it is, and for what."""
    return f"{caller.partition}:{operation}"


def fingerprint(path: str, asked: bytes) -> str:
    """A digest of a request: where it was sent, and what it asks for in its canonical form."""
    return sha256(_plain_path(path).encode("utf-8", "surrogatepass") + b"\n" + asked).hexdigest()


def _plain_path(path: str) -> str:
    """A path, the same whether or not it was sent with a slash at its end."""
    return path.rstrip("/")


def tell_replay(request: Request, posted: Posted[Any]) -> None:
    """Say in the answer whether this was decided before. A refusal that is replayed says so by itself."""
    if posted.is_replay:
        mark_replay(request.scope)


async def is_known(request: Request, caller: AnyCaller, operation: str, book: str) -> bool:
    """Whether the ledger remembers this request's key."""
    sent = await _sent_key(request)
    if sent is None:
        return False
    key = RequestKey(key_scope(caller, operation), sent, fingerprint="")
    database = request.app.state.context.database

    def look_up() -> bool:
        with database.read.connect() as connection:
            return is_request_known(connection, book, key)

    return await run_in_threadpool(look_up)


async def _sent_key(request: Request) -> str | None:
    if HEADER in request.headers or not _is_form(request):
        return read_key(request)  # a program that uploads a file sends a form, and its key as ever
    sent = (await request.form()).get(FORM_FIELD)
    return _checked(sent) if isinstance(sent, str) else None


async def _asked(request: Request) -> bytes:
    """What a request asks for, without what differs each time that it is sent."""
    if not _is_form(request):
        return _canonical(await request.body())
    sent = [(name, await _told(value)) for name, value in (await request.form()).multi_items() if name not in (FORM_FIELD, csrf.FIELD)]
    return orjson.dumps(sorted(sent))


async def _told(value: UploadFile | str) -> str:
    """A field's value; of a file its name and its digest."""
    if isinstance(value, str):
        return value
    digest = sha256()
    await value.seek(0)
    while piece := await value.read(_PIECE_BYTES):
        digest.update(piece)
    await value.seek(0)
    return f"{value.filename} {digest.hexdigest()}"


def _is_form(request: Request) -> bool:
    return request.headers.get("content-type", "").startswith(("application/x-www-form-urlencoded", "multipart/form-data"))


def _canonical(body: bytes) -> bytes:
    """JSON whatever its spacing and the order of its fields; anything else as it is."""
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return body  # what validation is about to refuse
