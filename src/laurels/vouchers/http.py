"""An issuer behind HTTP.

    POST <url>
    Idempotency-Key: <redemption id>
    {"redemption_id": "...", "value_minor": 5000, "currency": "INR"}

    200 or 201 {"code": "..."}

The issuer must give the same code for the same redemption id. 408, 425, 429,
every 5xx, a redirect, no answer and one that can't be read: asked again later.
Any other status: refused, and the credits go back.
"""

import json
from typing import Any

import httpx

from laurels.vouchers.issuers import IssuerRefused, IssuerUnavailable, Order

TIMEOUT_SECONDS = 10.0
"""Longest wait for a connection, and for each piece of the answer."""

MAX_ANSWER_BYTES = 16 * 1024
MAX_CODE = 200
"""Most characters of a code from outside."""

_NO_URL = "LAURELS_VOUCHER_ISSUER_URL must be like https://vouchers.example.org/issue"
_ASK_AGAIN = {408, 425, 429}


class HttpIssuer:
    """Asks a server for codes. A user and password in its URL are sent as Basic authentication.

    Raises:
        ValueError: the URL isn't one of HTTP.
    """

    is_local = False

    def __init__(self, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        try:
            self._url = httpx.URL(url)
        except httpx.InvalidURL:
            raise ValueError(_NO_URL) from None
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise ValueError(_NO_URL)
        self._client = httpx.Client(timeout=timeout_seconds, follow_redirects=False, trust_env=False)
        self.name = self._url.host

    def issue(self, order: Order) -> str:
        body = {"redemption_id": str(order.id), "value_minor": order.value_minor, "currency": order.currency}
        try:
            with self._client.stream("POST", self._url, json=body, headers={"Idempotency-Key": str(order.id)}) as answer:
                _check_status(answer.status_code)
                return _read_code(_read_body(answer))
        except httpx.HTTPError as error:
            raise IssuerUnavailable(f"no answer: {type(error).__name__}") from error

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _check_status(status: int) -> None:
    if status in (200, 201):
        return
    if 400 <= status < 500 and status not in _ASK_AGAIN:
        raise IssuerRefused(f"status {status}")
    raise IssuerUnavailable(f"status {status}")


def _read_body(answer: httpx.Response) -> bytes:
    read = bytearray()
    for piece in answer.iter_bytes():
        read += piece
        if len(read) > MAX_ANSWER_BYTES:
            raise IssuerUnavailable("the answer is too long")
    return bytes(read)


def _read_code(body: bytes) -> str:
    try:
        answer: Any = json.loads(body)
    except ValueError:
        raise IssuerUnavailable("the answer isn't JSON") from None
    code = answer.get("code") if isinstance(answer, dict) else None
    if not isinstance(code, str) or not 1 <= len(code) <= MAX_CODE or not code.isprintable():
        raise IssuerUnavailable("the answer has no code")
    return code
