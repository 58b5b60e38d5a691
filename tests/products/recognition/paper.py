"""A browser without scripts, for tests of pages: it reads HTML and posts forms."""

import re
from typing import Any, Protocol

from fastapi import FastAPI
import httpx
from starlette.testclient import TestClient

from laurels.identity.tables import Member
from support.members import SignIn

SCRIPTED = {"HX-Request": "true", "HX-Request-Type": "partial"}
"""What htmx adds to its requests."""


class Served(Protocol):
    """What is served in process."""

    app: FastAPI


class Paper:
    """A member's pages."""

    def __init__(self, community: Served, sign_in: SignIn, who: Member) -> None:
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        self._http = TestClient(community.app, headers=headers, cookies=sign_in(who).cookies, follow_redirects=False)

    def get(self, path: str, *, scripted: bool = False, **query: Any) -> httpx.Response:
        """Open a page."""
        return self._http.get(path, params=query or None, headers=SCRIPTED if scripted else {})

    def post(
        self, path: str, *, scripted: bool = False, page: str = "/statement", files: dict[str, Any] | None = None, **fields: Any
    ) -> httpx.Response:
        """Send a form, with the token of a page, and files."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self.get(page).text)
        assert token is not None
        return self._http.post(path, data={"csrf_token": token[1], **fields}, files=files, headers=SCRIPTED if scripted else {})

    def told(self, path: str) -> str:
        """What a page flashes."""
        toast = re.search(r'id="toast"[^>]*>([^<]*)<', self.get(path).text)
        assert toast is not None
        return toast[1]


def errors_in(answer: httpx.Response) -> dict[str, str]:
    """The errors beside a form's fields."""
    return dict(re.findall(r'id="(\w+)-error">.*?<span>(.*?)</span>', answer.text, re.DOTALL))


def names_in(answer: httpx.Response) -> list[str]:
    """Whom the composer offers to choose."""
    return re.findall(r"</span>([^<]+) <small", answer.text)
