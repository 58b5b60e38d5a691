"""Against requests that another site makes a member's browser send.

Two checks, and each alone suffices: where an unsafe request comes from
(`require_same_origin`, for all that carry no bearer token), and a token that
only our own pages hold (`FormToken`, for every form). Calls with a bearer
token are exempt: no browser sends one by itself.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii
from collections.abc import AsyncIterator
from hashlib import sha256
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request

from laurels.core.errors import DomainError, Kind
from laurels.web.answers import add_header
from laurels.web.caller import session_cookie_name

FIELD = "csrf_token"
"""The form field that carries the token; scripts may send it as `X-CSRF-Token`."""

FORM_COOKIE = "laurels_form"
"""Ties the forms of a visitor who isn't signed in to their browser."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

_NONCE_BYTES = 8
_SIGNATURE_BYTES = 16
_DRAWN = "laurels.drawn_form_cookie"


class ForgedRequest(DomainError):
    """The request came from another site, or doesn't say that it came from ours."""

    code = "cross-site-request"
    kind = Kind.DENIED
    detail = "This came from another site, so nothing was done. Send it from a page of this one, or with a bearer token."


class FormExpired(DomainError):
    """The form's token isn't of this session: it was open too long, or isn't ours."""

    code = "form-expired"
    kind = Kind.DENIED
    detail = "This form was open for too long, so nothing was done. Load the page again and send it once more."


def require_same_origin(scope: Any, headers: dict[bytes, bytes]) -> None:
    """Check where an unsafe request comes from, before anything else of it is read.

    Browsers say so by Sec-Fetch-Site, old ones by Origin. A request with neither
    isn't a browser's; it may pass if it carries no cookie that could be abused.

    Raises:
        ForgedRequest: from another site, or unclear.
    """
    if scope["method"] in SAFE_METHODS or headers.get(b"authorization", b"")[:7].lower() == b"bearer ":
        return
    site = headers.get(b"sec-fetch-site")
    if site is not None:
        if site not in (b"same-origin", b"none"):
            raise ForgedRequest()
        return
    origin = headers.get(b"origin")
    if origin is not None:
        if not _is_own(origin, headers.get(b"host", b"")):
            raise ForgedRequest()
    elif b"cookie" in headers:
        raise ForgedRequest()


def token_for(request: Request) -> str:
    """A token for the forms of this page; another at every render, so that compression can't leak it."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return urlsafe_b64encode(nonce + _sign(request, nonce, _binding(request) or _draw_binding(request))).decode().rstrip("=")


def is_token_valid(request: Request, token: str) -> bool:
    """Whether a token was made for this browser and session."""
    binding = _binding(request)
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return False
    if binding is None or len(raw) != _NONCE_BYTES + _SIGNATURE_BYTES:
        return False
    nonce, signature = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    return hmac.compare_digest(signature, _sign(request, nonce, binding))


async def require_form_token(request: Request) -> AsyncIterator[None]:
    """Check the token of a form, and close the files that it brings at the end; the dependency of every page's router.

    Raises:
        FormExpired: it is missing or another's.
    """
    if request.method in SAFE_METHODS:
        yield
        return
    try:
        sent = request.headers.get("x-csrf-token") or (await request.form()).get(FIELD)
        if not isinstance(sent, str) or not is_token_valid(request, sent):
            raise FormExpired()
        yield
    finally:
        await request.close()


FormToken = Depends(require_form_token)
"""For `APIRouter(dependencies=[FormToken])`."""


def _is_own(origin: bytes, host: bytes) -> bool:
    return urlsplit(origin.decode("latin-1")).netloc == host.decode("latin-1")


def _binding(request: Request) -> str | None:
    """What a token is tied to: the session, or the browser of somebody not signed in."""
    cookies = request.cookies
    return cookies.get(session_cookie_name(request)) or cookies.get(FORM_COOKIE) or request.scope.get(_DRAWN)


def _draw_binding(request: Request) -> str:
    drawn = secrets.token_urlsafe(16)
    request.scope[_DRAWN] = drawn
    secure = "; Secure" if request.url.scheme == "https" else ""
    add_header(request.scope, b"set-cookie", f"{FORM_COOKIE}={drawn}; Path=/; HttpOnly; SameSite=Lax{secure}".encode())
    return drawn


def _sign(request: Request, nonce: bytes, binding: str) -> bytes:
    key: bytes = request.app.state.context.form_key
    return hmac.new(key, nonce + binding.encode("utf-8", "surrogatepass"), sha256).digest()[:_SIGNATURE_BYTES]
