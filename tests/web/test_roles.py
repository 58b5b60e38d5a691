"""Every endpoint of the whole application, asked by everyone."""

import asyncio
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
import re
from typing import Any

from fastapi import FastAPI, Request
import pytest

from laurels.core.ids import new_id
from laurels.web.caller import AnyCaller, Caller, Role, ServiceCaller
from laurels.web.csrf import FORM_COOKIE, token_for
from laurels.web.openapi import find_gaps
from laurels.web.paths import SIGN_IN, is_api
from laurels.web.roles import ANYONE, UNDECLARED, roles_table, split_role

DOCS = Path(__file__).parents[2] / "docs"
ASKERS = ("anonymous", "member", "staff", "admin")
SERVICE = "service"
ANSWER_WITHIN_SECONDS = 20
STREAM_SECONDS = 0.5


@dataclass(frozen=True)
class Answered:
    """What came back."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def is_turned_away(self) -> bool:
        """Whether for want of a role, or of any caller."""
        led_to_sign_in = self.status == 303 and self.headers.get(b"location", b"").startswith(SIGN_IN.encode())
        return self.status == 401 or led_to_sign_in or (self.status == 403 and b"forbidden" in self.body)


def test_every_endpoint_declares_a_role(make_app: Any) -> None:
    assert [row for row in roles_table(make_app()) if row[2] == UNDECLARED] == []


def test_every_endpoint_answers_each_role_as_its_row_says(make_app: Any) -> None:
    app: FastAPI = make_app()
    app.state.context.authenticate = by_header
    assert asyncio.run(wrong_answers(app)) == []


def test_every_operation_is_documented(make_app: Any) -> None:
    assert find_gaps(make_app().openapi()) == []


@pytest.mark.parametrize("name", ["roles.md", "problems.md", "data-model.md"])
def test_made_documents_are_what_is_committed(name: str) -> None:
    spec = spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert generate.make_documents()[name] == (DOCS / name).read_text(), "run: python docs/generate.py"


async def by_header(request: Request) -> AnyCaller | None:
    role = request.headers["x-test-role"]
    if role == "anonymous":
        return None
    if role == SERVICE:
        return ServiceCaller(new_id(), "nothing", frozenset(), "till")
    return Caller(new_id(), Role(role), new_id(), "2041", "Ada", "UTC", "en", "bearer")


async def wrong_answers(app: FastAPI) -> list[str]:
    wrong = []
    async with app.router.lifespan_context(app):
        for method, path, needed in roles_table(app):
            service, of_member = split_role(needed)
            for asker in (*ASKERS, SERVICE):
                answered = await ask(app, method, re.sub(r"\{[^}]*\}", str(new_id()), path), asker)
                if asker == SERVICE:
                    is_as_told = is_right_for_key(answered, is_open=of_member == ANYONE, is_for_keys=bool(service))
                else:
                    may = of_member == ANYONE or ASKERS.index(asker) >= ASKERS.index(of_member)
                    is_as_told = is_right(answered, path, of_member, asker, may=may)
                if not is_as_told:
                    wrong.append(f"{method} {path} for {needed}, asked by {asker}: {answered.status} {answered.body[:200]!r}")
    return wrong


def is_right(answered: Answered, path: str, needed: str, asker: str, *, may: bool) -> bool:
    if answered.status == 500:
        return False
    if may:
        # An open endpoint turns away for reasons of its own: a wrong password, a sign-out that leads to sign-in.
        return needed == ANYONE or not answered.is_turned_away
    if asker == "anonymous":
        return answered.status == (401 if is_api(path) else 303) and answered.is_turned_away
    return answered.status == 403 and answered.is_turned_away


def is_right_for_key(answered: Answered, *, is_open: bool, is_for_keys: bool) -> bool:
    """Whether a key of nothing was answered rightly: it is sent away from what is for members, and told why."""
    is_sent_away = answered.status == 403 and b"members-only" in answered.body
    if is_open or is_for_keys:
        return answered.status != 500 and not is_sent_away
    return is_sent_away


async def ask(app: FastAPI, method: str, path: str, role: str) -> Answered:
    """Send a request with no body and a valid form token; of a stream take the beginning."""
    headers = [
        (b"host", b"testserver"),
        (b"accept", b"text/html" if role == "anonymous" else b"application/json"),
        (b"sec-fetch-site", b"same-origin"),
        (b"x-test-role", role.encode()),
        (b"cookie", f"{FORM_COOKIE}=visitor".encode()),
    ]
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
        "app": app,
    }
    headers.append((b"x-csrf-token", token_for(Request(dict(scope))).encode()))
    messages: list[Any] = []
    ended = asyncio.Event()

    async def receive() -> Any:
        if not messages:
            await asyncio.sleep(0)  # a stream listens for its end from the beginning: let it begin
            return {"type": "http.request", "body": b"", "more_body": False}
        await ended.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        messages.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            ended.set()

    task = asyncio.create_task(app(scope, receive, send))
    await asyncio.wait([task], timeout=ANSWER_WITHIN_SECONDS if not path.startswith("/events") else STREAM_SECONDS)
    ended.set()
    if not task.done():
        task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return Answered(messages[0]["status"], dict(messages[0]["headers"]), body)
