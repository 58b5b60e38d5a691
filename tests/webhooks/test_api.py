"""/api/v1/webhooks, from outside: for admins alone; and from a thanks to its receiver."""

from datetime import timedelta
from threading import Event
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
import httpx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.errors import DomainError
from laurels.jobs.readers import drain
from laurels.reactions import timetable
from laurels.webhooks.tables import webhook_attempt, webhook_delivery
from support.applications import MakeApp
from support.members import MemberMaker, SignIn
from webhooks.receiver import Receiver

API = "/api/v1/webhooks"
NOBODY = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
"""An id that names nothing."""
PATHS = (
    ("GET", ""),
    ("POST", ""),
    ("GET", "/event-types"),
    ("GET", f"/{NOBODY}"),
    ("PATCH", f"/{NOBODY}"),
    ("DELETE", f"/{NOBODY}"),
    ("POST", f"/{NOBODY}/rotation"),
    ("POST", f"/{NOBODY}/test"),
    ("GET", f"/{NOBODY}/deliveries"),
    ("GET", f"/{NOBODY}/deliveries/{NOBODY}"),
    ("POST", f"/{NOBODY}/deliveries/{NOBODY}/replay"),
    ("POST", f"/{NOBODY}/replays"),
)
BODIES: dict[str, dict[str, Any]] = {
    "": {"url": "https://shop.example.org/hooks"},
    "rotation": {},
    "replays": {"since": "2026-11-20T00:00:00+00:00", "until": "2026-11-21T00:00:00+00:00"},
}


@pytest.fixture
def app(make_app: MakeApp) -> FastAPI:
    return make_app(webhooks_allow_http=True, webhooks_allow_private=True)


class Admin:
    """An admin's requests."""

    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self._client = client
        self._headers = headers

    def __call__(self, method: str, path: str, body: object = None, *, status: int = 200, query: dict[str, Any] | None = None) -> Any:
        """Ask; gives the answer's JSON."""
        answer = self._client.request(method, f"{API}{path}", json=body, params=query, headers=self._headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def admin(client: TestClient, make_member: MemberMaker, sign_in: SignIn) -> Admin:
    return Admin(client, sign_in(make_member(role="admin")).headers)


def ask(client: TestClient, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    body = BODIES.get(path.rpartition("/")[2], {}) if method in ("POST", "PATCH") else None
    return client.request(method, f"{API}{path}", json=body, headers=headers)


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_webhooks_are_for_admins(client: TestClient, make_member: MemberMaker, sign_in: SignIn, method: str, path: str) -> None:
    assert ask(client, method, path, {}).status_code == 401
    for role in ("member", "staff"):
        refused = ask(client, method, path, sign_in(make_member(role=role)).headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    let = ask(client, method, path, sign_in(make_member(role="admin")).headers)
    assert let.status_code in ((404,) if path.count("/") and "event-types" not in path else (200, 201))


def run(app: FastAPI) -> None:
    """Run what the worker would: tell the facts, and see all that is due sent, by this thread or by the one that the job wakes."""
    context = app.state.context
    made = timetable(context.settings, app.state.vouchers, app.state.webhooks, app.state.pot, app.state.study)
    (reader,) = [one for one in made.readers if one.name == "webhooks.deliver"]
    drain(context, reader, Event())
    begun, ended = select(func.sum(webhook_delivery.c.tries)), select(func.count()).select_from(webhook_attempt)
    pause = Event()
    for _ in range(2_000):
        app.state.webhooks.sender.send_due(context)
        with context.database.read.connect() as connection:
            if connection.scalar(begun) == connection.scalar(ended):
                return
        pause.wait(0.01)
    raise AssertionError("a request has no end")


def test_thanks_and_vouchers_reach_a_receiver(
    app: FastAPI, client: TestClient, admin: Admin, receiver: Receiver, make_member: MemberMaker, sign_in: SignIn
) -> None:
    made = admin("POST", "", {"url": receiver.url, "description": "The shop"}, status=201)
    ana, bo = make_member(), make_member()
    body = {"receiver_id": str(bo.id), "credits": 10, "message": "You stayed until the demo ran."}
    given = client.post("/api/v1/recognitions", json=body, headers=sign_in(ana).headers).json()
    redeemed = client.post("/api/v1/redemptions", json={"credits": 4}, headers=sign_in(bo).headers).json()
    staff = sign_in(make_member(role="staff")).headers
    path = f"/api/v1/recognitions/{given['recognition_id']}"
    client.post(f"{path}/endorsements", headers=staff)
    client.post(f"{path}/reversal", json={"reason": "By mistake."}, headers=staff)
    run(app)
    said = {got.said["type"]: got.said["data"] for got in receiver.got}
    parties = {"recognition_id": given["recognition_id"], "sender_id": str(ana.id), "receiver_id": str(bo.id)}
    voucher = {
        "redemption_id": redeemed["redemption_id"],
        "member_id": str(bo.id),
        "credits_redeemed": 4,
        "voucher_value_minor": 2000,
        "currency": "INR",
    }
    assert said["recognition.given"] == parties | {"credits_transferred": 10}
    assert said["recognition.reversed"] == parties
    assert said["redemption.requested"] == said["redemption.issued"] == voucher
    assert set(said) == {"recognition.given", "recognition.endorsed", "recognition.reversed", "redemption.requested", "redemption.issued"}
    everything = b" ".join(got.body for got in receiver.got).decode()
    assert redeemed["voucher_code"] not in everything and "demo" not in everything and ana.display_name not in everything
    listed = admin("GET", f"/{made['webhook_id']}/deliveries")
    assert {one["status"] for one in listed["items"]} == {"delivered"} and len(listed["items"]) == 5


def test_every_type_that_recognition_declares_is_listed_with_what_it_says(admin: Admin) -> None:
    listed = {one["name"]: one for one in admin("GET", "/event-types")["items"]}
    assert {"recognition.given", "recognition.reversed", "redemption.issued", "redemption.failed"} <= set(listed)
    assert listed["recognition.given"]["example"]["credits_transferred"] == 10


def test_secret_is_shown_at_creation_and_rotation_alone(admin: Admin) -> None:
    made = admin("POST", "", {"url": "https://shop.example.org/hooks", "event_types": ["recognition.given"]}, status=201)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    path = f"/{made['webhook_id']}"
    assert admin("GET", path) == made
    assert admin("GET", "")["items"] == [made]
    turned = admin("POST", f"{path}/rotation", {})
    assert turned["secret"].startswith("whsec_") and turned["secret"] != secret
    assert turned["old_secret_until"] == "2026-11-21T10:00:00+00:00"
    assert "secret" not in admin("GET", path)
    assert admin("POST", f"{path}/rotation", {"keep_hours": 0})["old_secret_until"] is None
    assert admin("PATCH", path, {"status": "disabled"})["disabled_reason"] == "staff"
    assert admin("PATCH", path, {"status": "active", "event_types": None})["event_types"] is None
    assert admin("DELETE", path, status=204) is None
    assert admin("GET", path, status=404)["code"] == "not-found"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"url": "https://169.254.169.254/"}, "webhook-url-refused"),
        ({"url": "https://user:pass@shop.example.org/"}, "webhook-url-refused"),
        ({"url": "https://shop.example.org/", "event_types": ["no.such"]}, "unknown-event-type"),
        ({"url": "https://shop.example.org/", "event_types": []}, "validation-failed"),
        ({"url": "https://shop.example.org/", "subject": "wine"}, "validation-failed"),
        ({"url": "https://shop.example.org/", "secret": "whsec_mine"}, "validation-failed"),
        ({"url": ""}, "validation-failed"),
        ({}, "validation-failed"),
    ],
)
def test_endpoint_that_cant_be_is_refused(admin: Admin, body: dict[str, Any], code: str) -> None:
    assert admin("POST", "", body, status=422)["code"] == code


def test_deliveries_are_paged_filtered_and_told_attempt_by_attempt(app: FastAPI, admin: Admin, receiver: Receiver) -> None:
    made = admin("POST", "", {"url": receiver.url}, status=201)
    path = f"/{made['webhook_id']}"
    receiver.statuses, receiver.body = [503], b"in a minute"
    queued = [admin("POST", f"{path}/test", status=202) for _ in range(3)]
    assert {one["status"] for one in queued} == {"pending"}
    app.state.webhooks.sender.send_due(app.state.context)
    first = admin("GET", f"{path}/deliveries", query={"limit": 2})
    second = admin("GET", f"{path}/deliveries", query={"limit": 2, "cursor": first["next_cursor"]})
    assert [one["delivery_id"] for one in first["items"] + second["items"]] == [one["delivery_id"] for one in reversed(queued)]
    assert second["next_cursor"] is None
    (failed,) = admin("GET", f"{path}/deliveries", query={"status": "failed"})["items"]
    assert len(admin("GET", f"{path}/deliveries", query={"status": "delivered"})["items"]) == 2
    told = admin("GET", f"{path}/deliveries/{failed['delivery_id']}")
    assert told["payload"] == {"type": "webhook.test", "timestamp": "2026-11-20T10:00:00+00:00", "data": {"webhook_id": made["webhook_id"]}}
    (attempt,) = told["attempts"]
    assert (attempt["status"], attempt["error"], attempt["excerpt"]) == (503, "status", "in a minute")
    again = admin("POST", f"{path}/deliveries/{failed['delivery_id']}/replay", status=202)
    assert (again["status"], again["tries"]) == ("pending", 0)
    app.state.webhooks.sender.send_due(app.state.context)
    assert admin("GET", f"{path}/deliveries/{failed['delivery_id']}")["status"] == "delivered"
    assert admin("GET", f"{path}/deliveries/{uuid4()}", status=404)["code"] == "not-found"


def test_failures_of_a_span_are_replayed(app: FastAPI, admin: Admin, receiver: Receiver, clock: FixedClock) -> None:
    made = admin("POST", "", {"url": receiver.url}, status=201)
    path = f"/{made['webhook_id']}"
    receiver.status = 410
    admin("POST", f"{path}/test", status=202)
    app.state.webhooks.sender.send_due(app.state.context)
    assert admin("GET", path)["disabled_reason"] == "gone"
    span = {"since": clock.now().isoformat(), "until": (clock.now() + timedelta(seconds=1)).isoformat()}
    assert admin("POST", f"{path}/replays", span, status=409)["code"] == "webhook-disabled"
    assert admin("POST", f"{path}/test", status=409)["code"] == "webhook-disabled"
    admin("PATCH", path, {"status": "active"})
    assert admin("POST", f"{path}/replays", span, status=202) == {"replayed": 1, "has_more": False}
    receiver.status = 200
    app.state.webhooks.sender.send_due(app.state.context)
    assert [one["status"] for one in admin("GET", f"{path}/deliveries")["items"]] == ["delivered"]


def test_changes_are_on_record_without_the_urls_secrets(
    client: TestClient, admin: Admin, make_member: MemberMaker, sign_in: SignIn
) -> None:
    made = admin("POST", "", {"url": "https://shop.example.org/hooks?token=hush"}, status=201)
    path = f"/{made['webhook_id']}"
    admin("POST", f"{path}/rotation", {})
    admin("PATCH", path, {"status": "disabled"})
    admin("DELETE", path, status=204)
    headers = sign_in(make_member(role="admin")).headers
    log = client.get("/api/v1/audit", params={"subject": f"webhook/{made['webhook_id']}"}, headers=headers)
    assert [row["action"] for row in log.json()["items"]] == [
        "webhook.deleted",
        "webhook.changed",
        "webhook.secret_rotated",
        "webhook.created",
    ]
    assert "hush" not in log.text and "shop.example.org" in log.text and "whsec" not in log.text


def test_server_that_does_the_jobs_sends_a_test_at_once(
    make_app: MakeApp, receiver: Receiver, make_member: MemberMaker, sign_in: SignIn
) -> None:
    """The whole of it, with nobody nudging but the endpoint itself."""
    inside = make_app(webhooks_allow_http=True, webhooks_allow_private=True, worker="inside")
    headers = sign_in(make_member(role="admin")).headers
    with TestClient(inside) as opened:
        made = opened.post(API, json={"url": receiver.url}, headers=headers).json()
        opened.post(f"{API}/{made['webhook_id']}/test", headers=headers)
        assert receiver.reached.wait(20)
    assert receiver.got[0].said["type"] == "webhook.test"


def test_refusals_are_documented() -> None:
    assert {"webhook-url-refused", "unknown-event-type", "too-many-webhooks", "webhook-disabled"} <= set(DomainError.registry)
