"""The examples of the OpenAPI document are true: they fit their schemas, and what they show to send is accepted."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
import re
from typing import Any

from jsonschema_rs import Draft202012Validator
import pytest
from starlette.testclient import TestClient

from api.conftest import mark_as_migrated
from api.contract import USES_UP
from api.pot import open_round
from api.settings import add_topics, open_settings
from api.study import open_chat, open_class, open_removal
from api.town import PROGRAM
from laurels.core.clock import FixedClock
from laurels.core.database import open_database
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.main import create_app
from laurels.web.openapi import is_endless, operations
from support.applications import make_app_with
from support.databases import fresh_database
from support.members import MemberMaker, sign_in_with
from support.run import open_folder

SECRET = "s" * 64
PASSWORD = "seven quiet lanterns"
"""Every example's."""

NEEDS_MORE = {
    "POST /api/v1/messaging/messages/{message_id}/retry",
    "POST /api/v1/chat/sessions/{session_id}/messages/{message_id}/stop",
    "POST /api/v1/documents/{doc_id}/reprocess",
    "GET /api/v1/documents/{doc_id}/pages/{number}",
}
"""What can be done only after a model has failed, while it writes, or once a document is read: its own tests see to that. So do those of
streams."""

OTHERS = {
    "DELETE /api/v1/auth/account": "ana",
    "DELETE /api/v1/programs/{program_id}/membership": "ana",
    "POST /api/v1/programs/{program_id}/join": "bo",
    "DELETE /api/v1/classes/{class_id}/membership": "ana",
}
"""What the admin can't do: the last one stays, has joined, has points reserved, and owns the class."""


def read_document() -> dict[str, Any]:
    """The document; made without a database."""
    home = open_folder() / "document"
    app = create_app(Settings(_env_file=None, home=home, secret_key=SECRET))  # type: ignore[arg-type]
    document: dict[str, Any] = app.openapi()
    app.state.context.database.dispose()
    return document


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return read_document()


def test_every_operation_shows_what_it_takes_and_gives(document: dict[str, Any]) -> None:
    bare = [
        f"{name} {where}"
        for name, operation in operations(document)
        for where, content in contents(operation)
        if not list(examples(document, content))
    ]
    assert bare == []


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    wrong = []
    for name, operation in operations(document):
        for where, content in contents(operation):
            validator = Draft202012Validator({**content["schema"], "components": document["components"]}, validate_formats=True)
            wrong += [f"{name} {where}: {error.message}" for shown in examples(document, content) for error in validator.iter_errors(shown)]
    assert wrong == []


def test_every_request_shown_is_accepted(document: dict[str, Any], clock: FixedClock, tmp_path: Path) -> None:
    reading, changing = [], []
    for name, operation in operations(document):
        if is_endless(operation) or name in NEEDS_MORE:
            continue
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        requests = [(name, shown) for shown in examples(document, body)] if body else [(name, None)]
        (reading if name.startswith("GET") else changing).extend(requests)
    refused = send_to_new_town(reading, clock, tmp_path)
    refused += send_to_new_town([request for request in changing if leaves_the_rest(request[0])], clock, tmp_path)
    for request in changing:
        if not leaves_the_rest(request[0]):
            refused += send_to_new_town([request], clock, tmp_path)
    assert refused == [], "\n".join(refused)


def leaves_the_rest(name: str) -> bool:
    """Whether an operation only adds something, so that others can follow it in the same town."""
    return name.startswith("POST") and name not in USES_UP and "/auth/" not in name


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(where, media type object) of what is sent and of each answer."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"request {kind}", content
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            yield f"{status} {kind}", content


def examples(document: dict[str, Any], content: dict[str, Any]) -> Iterator[Any]:
    """What a media type shows: its own examples, else those of its schema, else one put together from its parts."""
    if "example" in content:
        yield content["example"]
    elif "examples" in content:
        yield from (example["value"] for example in content["examples"].values())
    else:
        yield from schema_examples(document, content["schema"])


def schema_examples(document: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    """The examples of a schema; of a list or page of shown things, one with each once."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "examples" in schema:
        return list(schema["examples"])
    if forms := schema.get("anyOf") or schema.get("oneOf"):
        return [shown for form in forms for shown in schema_examples(document, form)]
    if schema.get("type") == "array":
        return [schema_examples(document, schema["items"])]
    parts = {name: schema_examples(document, part) for name, part in schema.get("properties", {}).items()}
    return [{name: shown[0] for name, shown in parts.items()}] if parts and all(parts.values()) else []


def send_to_new_town(requests: list[tuple[str, Any]], clock: FixedClock, folder: Path) -> list[str]:
    """Send examples to a community that knows none of them yet; gives those that were refused."""
    with fresh_database("sqlite", folder) as url:
        values: dict[str, Any] = {"home": folder, "database_url": url, "secret_key": SECRET, "rate_limits": False, "worker": "outside"}
        settings = Settings(_env_file=None, **values)
        database = open_database(url)
        mark_as_migrated(database)
        make_member, sign_in = MemberMaker(database, clock), sign_in_with(database, settings, clock)
        people = {who: make_member(role=role, password=PASSWORD) for who, role in (("admin", "admin"), ("ana", "member"), ("bo", "member"))}
        headers = {who: sign_in(person).headers for who, person in people.items()}
        with TestClient(make_app_with(settings, clock)()) as http:
            town = Town(http, people, headers)
            answers = [(name, example, town.send(name, example)) for name, example in requests]
        database.dispose()
    return [f"{name} {example}: {answer.status_code} {answer.text[:300]}" for name, example, answer in answers if answer.status_code >= 300]


class Town:
    """Who and what is there before an example is sent."""

    def __init__(self, http: TestClient, people: dict[str, Any], headers: dict[str, dict[str, str]]) -> None:
        self._http = http
        self._people = people
        self._headers = headers
        gift = {"receiver_id": str(people["bo"].id), "credits": 50, "message": "Thanks"}
        to_admin = {**gift, "receiver_id": str(people["admin"].id)}
        self._http.put("/api/v1/recognitions/values/Teamwork", json={}, headers=headers["admin"]).raise_for_status()
        self._recognition = self._post("ana", "/recognitions", gift)["recognition_id"]
        self._post("ana", "/recognitions", to_admin)
        self._redemption = self._post("admin", "/redemptions", {"credits": 1})["redemption_id"]
        self._webhook = self._post("admin", "/webhooks", {"url": "https://shop.example.org/hooks"})["webhook_id"]
        self._delivery = self._post("admin", f"/webhooks/{self._webhook}/test", {})["delivery_id"]
        self._loyalty = self._open_program()
        add_topics(self._ask_as_admin)
        self._progress = open_settings(self._ask_as_admin, self._people["ana"].student_id)
        points = {"event_id": "points-for-a-freeze", "member": self._people["admin"].student_id, "amount": 500, "activity_type": "referral"}
        self._post("admin", "/progress/awards", points)
        self._card = self._post("admin", "/progress/cards", {})["token"]
        self._pot = open_round(self._ask_as_admin, self._ask_as_admin)
        self._study = open_class(self._ask_as_admin, partial(self._ask, "ana"))
        self._chat = open_chat(self._ask_as_admin, self._study["class_id"])
        self._document = self._upload(f"/api/v1/documents/classes/{self._study['class_id']}/upload").json()["id"]
        self._removed = open_removal(self._ask_as_admin, partial(self._ask, "bo"), self._study["class_id"])

    def _open_program(self) -> dict[str, str]:
        """A program with a catalogue; the admin has joined it, earned and burned. Ana helps to run it and has joined, Bo may."""
        program = self._post("admin", "/programs", {**PROGRAM, "currency": "EUR"})["id"]
        path, admin = f"/programs/{program}", self._headers["admin"]
        for part in ("admins", "invitations"):
            self._http.put(f"/api/v1{path}/{part}/{self._people['ana'].id}", headers=admin).raise_for_status()
        [campaign] = self._http.get(f"/api/v1{path}/campaigns", headers=admin).json()["items"]
        tour, dinner = self._http.get(f"/api/v1{path}/rewards", headers=admin).json()["items"]
        for who in ("admin", "ana"):
            self._post(who, f"{path}/join", {})
        ref = self._people["admin"].student_id
        sent = {"member": ref, "amount": 90_000_000, "currency": "EUR", "occurred_at": "2026-11-20T09:00:00+00:00"}
        event = self._post("admin", f"{path}/earn", {**sent, "transaction_id": "T-0"}, prefer="wait")["event_id"]
        back = {"return_id": "R-0", "transaction_id": "T-0", "amount": 100, "currency": "EUR", "occurred_at": "2026-11-20T09:30:00+00:00"}
        returned = self._post("admin", f"{path}/returns", back, prefer="wait")["event_id"]
        burn = self._post("admin", f"{path}/burn", {"reward_id": tour["id"]})["burn_id"]
        key = self._post("admin", f"{path}/keys", {"name": "till", "scopes": ["read"]})["id"]
        return {
            "program_id": program,
            "campaign_id": campaign["id"],
            "reward_id": dinner["id"],
            "key_id": key,
            "event_id": event,
            "return_id": returned,
            "burn_id": burn,
            "version": "1",
        }

    def send(self, name: str, example: Any) -> Any:
        """Send an example as an admin; what the last admin may not do, as a member. Ids in it become ids that are there."""
        method, path = name.split()
        if path.endswith("/upload"):
            return self._upload(self._place(path))
        headers = self._headers[OTHERS.get(name, "admin")] | {"If-Match": "*"}
        return self._http.request(method, self._place(path), json=self._fill(name, example), headers=headers)

    def _upload(self, path: str) -> Any:
        """Send a file as an admin: another one each time."""
        files = {"file": ("notes.txt", f"Light bends where it enters glass: {new_id()}".encode())}
        return self._http.post(path, files=files, headers=self._headers["admin"]).raise_for_status()

    def _place(self, path: str) -> str:
        """The path, with what is there."""
        there = {
            "member_id": self._people["ana"].id,
            "recognition_id": self._recognition,
            "redemption_id": self._redemption,
            "session_id": self._session,
            "name": "Teamwork",
            "webhook_id": self._webhook,
            "delivery_id": self._delivery,
            **self._progress,
            **self._loyalty,
            **self._pot,
            "member": self._people["ana"].student_id,
            "board": "all_time",
            "token": self._card,
            "class_id": self._study["class_id"],
            "user_id": self._removed if "/removals/" in path else self._study["user_id"],
        }
        if "/classes/{class_id}/keys/" in path:
            there["key_id"] = self._study["key_id"]
        if "/chat/" in path or "/documents/" in path:
            there |= self._chat | {"doc_id": self._document}
        if "/progress/keys/" in path:
            there["key_id"] = self._progress["key_id"]
        if "/returns/" in path:
            there["event_id"] = self._loyalty["return_id"]
        return re.sub(r"\{(\w+)\}", lambda found: str(there[found[1]]), path) + ("?q=mem" if path.endswith("/search") else "")

    def _fill(self, name: str, example: Any) -> Any:
        """The example; ids and tokens of others become those of this town."""
        if name.endswith("/refresh"):
            signed_in = self._http.post("/api/v1/auth/login", json={"username": self._people["ana"].username, "password": PASSWORD})
            return {"refresh_token": signed_in.json()["refresh_token"]}
        if name.endswith("/login"):
            return {**example, "username": self._people["ana"].email}
        if not isinstance(example, dict):
            return example
        own = {
            "receiver_id": str(self._people["bo"].id),
            "member_id": str(self._people["ana"].id),
            "reward_id": self._loyalty["reward_id"],
            "member": self._people["admin"].student_id,
            "class_code": self._study["class_code"],
            "class_id": self._study["class_id"],
            "user_id": self._study["user_id"],
            "user_ids": [self._study["user_id"]],
        }
        return example | {field: own[field] for field in own.keys() & example.keys()}

    @property
    def _session(self) -> str:
        found = self._http.get("/api/v1/auth/sessions", headers=self._headers["admin"]).json()["items"]
        return str(next(one["id"] for one in found if not one["is_current"]))

    def _ask_as_admin(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        return self._ask("admin", method, path, body)

    def _ask(self, who: str, method: str, path: str, body: dict[str, Any] | None) -> Any:
        answer = self._http.request(method, f"/api/v1{path}", json=body, headers=self._headers[who]).raise_for_status()
        return answer.json() if answer.content else None

    def _post(self, who: str, path: str, body: dict[str, Any], *, prefer: str = "") -> Any:
        headers = self._headers[who] | ({"Prefer": prefer} if prefer else {})
        return self._http.post(f"/api/v1{path}", json=body, headers=headers).raise_for_status().json()
