"""The admins' pages for webhooks, without scripts."""

import re

from fastapi import FastAPI
import pytest
from starlette.testclient import TestClient

from laurels.webhooks.console_pages import FAILURE_WORDS, PATH, REASON_WORDS, STATUS_WORDS
from laurels.webhooks.rules import DeliveryStatus, DisabledReason, Failure
from support.applications import MakeApp
from support.members import MemberMaker, SignIn
from webhooks.receiver import Receiver

pytestmark = pytest.mark.any_database


@pytest.fixture
def app(make_app: MakeApp) -> FastAPI:
    return make_app(webhooks_allow_http=True, webhooks_allow_private=True)


class Pages:
    """A member's pages."""

    def __init__(self, app: FastAPI, cookies: dict[str, str]) -> None:
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        self._http = TestClient(app, headers=headers, cookies=cookies, follow_redirects=False)

    def get(self, path: str = "", *, whole: str = "", status: int = 200) -> str:
        """Open a page, by its path below webhooks or its whole one; gives its text."""
        answer = self._http.get(whole or f"{PATH}{path}")
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, *, answers: int = 303, **fields: object) -> str:
        """Send a form; gives where it leads, or the page that answers."""
        token = re.search(r'name="csrf-token" content="([^"]+)"', self._http.get(PATH).text)
        assert token is not None
        answer = self._http.post(f"{PATH}{path}", data={"csrf_token": token[1], **fields})
        assert answer.status_code == answers, answer.text
        return answer.headers["location"].removeprefix(PATH) if answers == 303 else answer.text


@pytest.fixture
def pages(app: FastAPI, client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> Pages:
    return Pages(app, sign_in(make_member(role="admin")).cookies)


def create(pages: Pages, url: str, **fields: object) -> str:
    """Create an endpoint; gives its path."""
    page = pages.post("/new", url=url, answers=201, **fields)
    assert re.search(r"<code>whsec_[A-Za-z0-9+/=]{44}</code>", page)
    found = re.search(rf'href="{PATH}(/[0-9a-f-]{{36}})"', page)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("role", ["member", "staff"])
def test_pages_are_for_admins(app: FastAPI, client: TestClient, make_member: MemberMaker, sign_in: SignIn, role: str) -> None:
    theirs = Pages(app, sign_in(make_member(role=role)).cookies)
    theirs.get(status=403)
    theirs.get("/new", status=403)


def test_only_admins_are_led_there(app: FastAPI, client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> None:
    for role, is_led in (("staff", False), ("admin", True)):
        browser = TestClient(app, headers={"Accept": "text/html"}, cookies=sign_in(make_member(role=role)).cookies)
        assert (f'href="{PATH}"' in browser.get("/console").text) is is_led


def test_endpoint_is_created_tested_and_shown(app: FastAPI, pages: Pages, receiver: Receiver) -> None:
    assert "No webhooks yet" in pages.get()
    assert 'value="recognition.given"' in pages.get("/new")
    path = create(pages, receiver.url, description="The <shop>", event_types=["recognition.given", "redemption.issued"])
    listed = pages.get()
    assert "The &lt;shop&gt;" in listed and "2 types" in listed and "Never" in listed
    shown = pages.get(path)
    assert "whsec_" not in shown and 'value="recognition.given" checked' in shown and 'value="recognition.endorsed" checked' not in shown
    delivery = pages.post(f"{path}/test")
    assert "Waiting" in pages.get(path) and "None yet." in pages.get(delivery)
    receiver.status, receiver.body = 500, b"<b>broken</b>"
    app.state.webhooks.sender.send_due(app.state.context)
    assert "Will be tried again" in pages.get(path) and "Failing" in pages.get(path)
    told = pages.get(delivery)
    assert "&lt;b&gt;broken" in told and "The answer wasn&#39;t a success" in told and "webhook.test" in told
    receiver.status = 200
    assert pages.post(f"{delivery}/replay") == delivery
    app.state.webhooks.sender.send_due(app.state.context)
    assert "Delivered" in pages.get(delivery)
    assert "webhook.test" in pages.get(f"{path}?status=delivered") and "Nothing here" in pages.get(f"{path}?status=dead")
    assert "webhook.test" in pages.get(f"{path}?status=nonsense")


def test_wrong_url_is_told_beside_its_field(pages: Pages) -> None:
    page = pages.post("/new", url="https://169.254.169.254/", description="Mine", answers=422)
    assert 'id="url-error"' in page and "Send a URL of a public address." in page and 'value="Mine"' in page
    assert 'id="url-error"' in pages.post("/new", answers=422)
    assert 'id="event_types-error"' in pages.post("/new", url="https://shop.example.org/", event_types="no.such", answers=422)
    assert 'id="subject-error"' in pages.post("/new", url="https://shop.example.org/", subject="wine", answers=422)


def test_endpoint_is_changed_disabled_enabled_rotated_and_deleted(app: FastAPI, pages: Pages, receiver: Receiver) -> None:
    path = create(pages, receiver.url, event_types="recognition.given")
    assert pages.post(path, url="https://shop.example.org/new") == path
    page = pages.get(path)
    assert 'value="https://shop.example.org/new"' in page and "checked" not in page
    assert 'id="url-error"' in pages.post(path, url="ftp://x", answers=422)
    assert pages.post(path, status="disabled") == path
    assert "An admin disabled it." in pages.get(path)
    assert pages.post(path, status="active") == path
    assert "An admin disabled it." not in pages.get(path)
    told = pages.post(f"{path}/rotation", answers=200)
    assert re.search(r"<code>whsec_", told) and "24 hours more" in told
    assert "Two secrets sign until" in pages.get(path)
    assert pages.post(f"{path}/replays") == path
    assert "Nothing failed." in pages.get(path)
    assert pages.post(f"{path}/deletion") == ""
    pages.get(path, status=404)


def test_gone_endpoint_is_told_to_the_admins_and_mended(app: FastAPI, pages: Pages, receiver: Receiver) -> None:
    receiver.status = 410
    path = create(pages, receiver.url)
    pages.post(f"{path}/test")
    app.state.webhooks.sender.send_due(app.state.context)
    assert "1 webhook was disabled because nothing arrives there." in pages.get()
    assert "1 webhook was disabled: nothing arrives there" in pages.get(whole="/console")
    page = pages.get(path)
    assert "Its server said that it is gone for good (410)." in page and "Given up" in page and "Send a test" not in page
    assert "Enable it first" in pages.post(f"{path}/test", answers=409)
    receiver.status = 200
    pages.post(path, status="active")
    assert pages.post(f"{path}/replays") == path
    assert "Sending again: 1." in pages.get(path)
    app.state.webhooks.sender.send_due(app.state.context)
    assert "Delivered" in pages.get(path)
    assert "disabled because" not in pages.get() and "webhook was disabled" not in pages.get(whole="/console")


def test_every_word_that_pages_need_is_there() -> None:
    assert set(STATUS_WORDS) == set(DeliveryStatus)
    assert set(REASON_WORDS) == set(DisabledReason)
    assert set(FAILURE_WORDS) == set(Failure)


def test_long_lists_are_paged(pages: Pages, receiver: Receiver) -> None:
    path = create(pages, receiver.url)
    for _ in range(26):
        pages.post(f"{path}/test")
    first = pages.get(path)
    following = re.search(rf'href="{PATH}{path}(\?cursor=[^"]+)"', first)
    assert following is not None
    assert pages.get(f"{path}{following[1]}").count("<code>webhook.test</code>") == 1
