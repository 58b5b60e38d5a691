"""Laurels' public API, as this client uses it: signing in, and the pot. Nothing of Laurels' own code is imported here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
import ssl
from typing import Any

import httpx

ANSWERS_WITHIN_SECONDS = 30
"""A message's reply is waited for at most 20 of them by Laurels itself."""

CONNECTS_WITHIN_SECONDS = 5
HISTORY_PAGE = 20

UNAUTHENTICATED = 401
IN_FLIGHT = "idempotency-key-in-flight"
"""The code where the same message is on its way already: how it ends isn't known yet."""

_CERTIFICATES = ssl.create_default_context()


class Unreachable(Exception):
    """No answer came, or none that settles anything: whether the request was carried out isn't known."""


class SessionEnded(Exception):
    """The session is over: only signing in again helps."""


class Refused(Exception):
    """Laurels said no, in words for people, and nothing was changed.

    Attributes:
        status: of HTTP.
        problem: all that was said (RFC 9457); its `code` is stable: `price-moved`.
    """

    def __init__(self, words: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(words)
        self.status = status
        self.problem = problem


@dataclass
class Tokens:
    """What a signed-in member's requests carry. They are renewed in place, so every holder has the newest."""

    access: str
    refresh: str


class Laurels:
    """The API over one connection: `with connect(address, tokens) as laurels:`.

    Every call may raise `Unreachable`, and `Refused` where Laurels says no;
    those of a signed-in member `SessionEnded`, too.
    """

    def __init__(self, http: httpx.Client, tokens: Tokens | None) -> None:
        self._http = http
        self._tokens = tokens

    # Signing in and out

    def register(self, *, student_id: str, email: str, password: str, full_name: str) -> str:
        """Register; gives what Laurels says to it. It creates no session: sign in next."""
        body = {"student_id": student_id, "email": email, "password": password} | ({"full_name": full_name} if full_name else {})
        said: str = self._ask("POST", "/auth/register", json=body)["detail"]
        return said

    def sign_in(self, name: str, password: str) -> Tokens:
        """Begin a session, by a username, an email address or a student id."""
        return _tokens(self._ask("POST", "/auth/login", json={"username": name, "password": password}))

    def sign_out(self) -> None:
        """End the session on the server: its tokens open nothing any more."""
        self._call("POST", "/auth/logout")

    def me(self) -> dict[str, Any]:
        """Who is signed in."""
        return self._call("GET", "/auth/me")

    # The pot

    def quote(self) -> dict[str, Any]:
        """What the next message costs, how likely it wins, and whether it may be sent."""
        return self._call("GET", "/messaging/quote")

    def balance(self) -> dict[str, Any]:
        """The member's coins, limits and pause."""
        return self._call("GET", "/currency/balance")

    def pot(self) -> dict[str, Any]:
        """The round that goes on, and who won the last one."""
        return self._call("GET", "/pot")

    def history(self, cursor: str | None = None) -> dict[str, Any]:
        """A page of the member's messages with their replies, newest first; `next_cursor` leads to older ones."""
        return self._call("GET", "/messaging/history", params={"limit": HISTORY_PAGE} | ({"cursor": cursor} if cursor else {}))

    def send(self, *, message: str, max_price: int, client_seed: str, key: str) -> dict[str, Any]:
        """Pay for a message, at most so much. Sent again with the same key it is the same message: it's paid once."""
        body = {"message": message, "max_price": max_price, "client_seed": client_seed}
        return self._call("POST", "/messaging/send", json=body, headers={"Idempotency-Key": key, "Prefer": "wait"})

    def retry(self, message_id: str) -> None:
        """Have the bot asked again for a reply that failed. It costs nothing."""
        self._call("POST", f"/messaging/messages/{message_id}/retry", headers={"Prefer": "wait"})

    # How it is asked

    def _call(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """Ask as the member; once more with new tokens where the old ones have run out."""
        if self._tokens is None:
            raise SessionEnded()
        try:
            return self._ask(method, path, headers=_bearing(self._tokens, headers), **more)
        except Refused as refused:
            if refused.status != UNAUTHENTICATED:
                raise
        self._renew(self._tokens)
        return self._ask(method, path, headers=_bearing(self._tokens, headers), **more)

    def _renew(self, tokens: Tokens) -> None:
        try:
            renewed = _tokens(self._ask("POST", "/auth/refresh", json={"refresh_token": tokens.refresh}))
        except Refused as refused:
            raise SessionEnded() from refused
        tokens.access, tokens.refresh = renewed.access, renewed.refresh

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, f"/api/v1{path}", **more)
            said = answer.json() if answer.content else {}
        except (httpx.RequestError, ValueError) as error:
            raise Unreachable() from error
        if not isinstance(said, dict):
            raise Unreachable()
        if answer.is_success:
            return said
        if answer.is_server_error or said.get("code") in (None, IN_FLIGHT):
            raise Unreachable()
        raise Refused(_words(said), answer.status_code, said)


@contextmanager
def connect(address: str, tokens: Tokens | None) -> Iterator[Laurels]:
    """The API at an address such as `http://127.0.0.1:8000`, for the requests of one moment."""
    limits = httpx.Timeout(ANSWERS_WITHIN_SECONDS, connect=CONNECTS_WITHIN_SECONDS)
    with httpx.Client(base_url=address, timeout=limits, verify=_CERTIFICATES, headers={"Accept-Language": "en"}) as http:
        yield Laurels(http, tokens)


def _tokens(said: dict[str, Any]) -> Tokens:
    return Tokens(access=said["access_token"], refresh=said["refresh_token"])


def _bearing(tokens: Tokens, headers: dict[str, str] | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.access}"} | (headers or {})


def _words(problem: dict[str, Any]) -> str:
    """What to tell a person: the fields that are wrong, where there are any."""
    wrong = [f"{_name(error)}: {error['detail']}" for error in problem.get("errors", [])]
    detail: str = problem.get("detail", "")
    return " ".join(wrong) or detail


def _name(error: dict[str, str]) -> str:
    """A field's name as people read it: `#/student_id` is `Student id`."""
    where = error.get("pointer") or error.get("parameter", "")
    return where.rpartition("/")[2].replace("_", " ").capitalize()
