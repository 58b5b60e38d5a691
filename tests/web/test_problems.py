from collections.abc import Iterator
import json
import logging
from typing import Any

from fastapi import APIRouter, FastAPI
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient

from laurels.core.database import Database
from laurels.web.app import build_app
from laurels.web.caller import Open
from laurels.web.fields import field_errors
from laurels.web.problems import MEDIA_TYPE
from web.conftest import MakeContext

GIFT = {"receiver_id": "01a1f890-e37a-73f9-9bad-95b6014a4f20", "credits": 3, "message": "Thanks"}
SIGNED = {"X-Test-Role": "member"}


def test_refusal_is_a_problem_with_its_fields(web: TestClient) -> None:
    answer = web.get("/api/v1/refused", headers={"X-Request-Id": "request-0001"})
    assert answer.status_code == 409
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert answer.json() == {
        "type": "/docs/problems#insufficient-balance",
        "title": "Insufficient balance",
        "status": 409,
        "detail": "There are 5 available and 10 are needed. Choose a smaller amount.",
        "instance": "/api/v1/refused",
        "code": "insufficient-balance",
        "request_id": "request-0001",
        "available": 5,
        "needed": 10,
        "purse": "allowance",
    }


def test_unavailable_says_when_to_come_again(web: TestClient) -> None:
    answer = web.get("/api/v1/busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")


def test_unauthenticated_names_the_scheme(web: TestClient) -> None:
    answer = web.post("/api/v1/gifts", json=GIFT)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("changes", "pointer", "detail"),
    [
        ({"credits": "3"}, "#/credits", "Send a whole number, without quotes."),
        ({"credits": 1.5}, "#/credits", "Send a whole number, without quotes."),
        ({"credits": True}, "#/credits", "Send a whole number, without quotes."),
        ({"credits": None}, "#/credits", "Send a whole number, without quotes."),
        ({"credits": 0}, "#/credits", "Send 1 or more."),
        ({"credits": -5}, "#/credits", "Send 1 or more."),
        ({"credits": 10**30}, "#/credits", "Send 9007199254740991 or less."),
        ({"credits": 2**53}, "#/credits", "Send 9007199254740991 or less."),
        ({"credits": [3]}, "#/credits", "Send a whole number, without quotes."),
        ({"message": ""}, "#/message", "Send 1 or more characters."),
        ({"message": "  \n "}, "#/message", "Send 1 or more characters."),
        ({"message": "x" * 11}, "#/message", "Send at most 10 characters."),
        ({"message": 7}, "#/message", "Send text, in quotes."),
        ({"message": "a\x00b"}, "#/message", "Send text without control characters."),
        ({"message": "a\u202eb"}, "#/message", "Send text without control characters."),
        ({"message": "\u200b\u200b"}, "#/message", "Send text that can be seen."),
        ({"receiver_id": "nobody"}, "#/receiver_id", "Send an id, as another answer gave it."),
        ({"receiver_id": 5}, "#/receiver_id", "Send an id, as another answer gave it."),
        ({"extra/~field": 1}, "#/extra~1~0field", "Leave this field out: it isn't known here."),
    ],
)
def test_bad_field_is_named_with_what_to_send(web: TestClient, changes: dict[str, Any], pointer: str, detail: str) -> None:
    answer = web.post("/api/v1/gifts", json=GIFT | changes, headers=SIGNED)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert answer.json()["errors"] == [{"in": "body", "pointer": pointer, "detail": detail}]


@pytest.mark.parametrize("field", ["receiver_id", "credits", "message"])
def test_missing_field_is_named(web: TestClient, field: str) -> None:
    answer = web.post("/api/v1/gifts", json={name: value for name, value in GIFT.items() if name != field}, headers=SIGNED)
    assert answer.json()["errors"] == [{"in": "body", "pointer": f"#/{field}", "detail": "Send this field."}]


def test_bad_parameters_are_named_by_place(web: TestClient) -> None:
    assert web.get("/api/v1/gifts?limit=0").json()["errors"] == [{"in": "query", "parameter": "limit", "detail": "Send 1 or more."}]
    assert web.get("/api/v1/gifts/nope").json()["errors"] == [
        {"in": "path", "parameter": "gift_id", "detail": "Send an id, as another answer gave it."}
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nope",
        b"[]",
        b"null",
        b"NaN",
        b"\xff\xfe",
        b'{"credits": NaN}',
        b'{"credits": Infinity}',
        b'{"credits": 1e999}',
        b'{"credits": ' + b"9" * 5000 + b"}",
        b'{"message": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"[" * 100_000,
        b'{"credits": 3, "credits": "4"}',
    ],
)
def test_unreadable_body_is_refused_whatever_it_is(web: TestClient, body: bytes) -> None:
    answer = web.post("/api/v1/gifts", content=body, headers={**SIGNED, "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")


def test_wrong_content_type_is_refused_with_the_right_one(web: TestClient) -> None:
    answer = web.post("/api/v1/gifts", content=json.dumps(GIFT), headers={**SIGNED, "Content-Type": "text/plain"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"] == "Send a JSON object, with Content-Type: application/json."


def test_what_was_sent_is_never_echoed(web: TestClient) -> None:
    answer = web.post("/api/v1/gifts", json={**GIFT, "credits": "hunter2", "secret": 5, "message": ["hunter2"]}, headers=SIGNED)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 3
    assert "hunter2" not in answer.text


def test_thousand_unknown_fields_get_a_short_answer(web: TestClient) -> None:
    answer = web.post("/api/v1/gifts", json=GIFT | {f"x{number}" * 30: 1 for number in range(1000)}, headers=SIGNED)
    assert len(answer.json()["errors"]) == 20
    assert len(answer.content) < 6_000


def test_unknown_address_is_a_problem_for_programs(web: TestClient) -> None:
    answer = web.get("/api/v1/nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-page")


def test_wrong_method_lists_every_right_one(web: TestClient) -> None:
    answer = web.delete("/api/v1/gifts")
    assert (answer.status_code, answer.headers["allow"], answer.json()["allow"]) == (405, "GET, POST", "GET, POST")


def test_body_that_says_it_is_too_large_is_refused_unread(web: TestClient) -> None:
    answer = web.post("/api/v1/gifts", content=b"x" * (1024 * 1024 + 1), headers=SIGNED)
    assert (answer.status_code, answer.json()["code"], answer.json()["limit_bytes"]) == (413, "content-too-large", 1024 * 1024)


def test_body_that_grows_too_large_is_refused(web: TestClient) -> None:
    chunks = (b"x" * 65_536 for _ in range(17))
    answer = web.post("/api/v1/gifts", content=chunks, headers={**SIGNED, "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "content-too-large")


def test_unexpected_error_is_logged_and_not_told(web: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = web.get("/api/v1/broken", headers={"X-Request-Id": "request-0002"})
    assert (answer.status_code, answer.json()["code"], answer.json()["request_id"]) == (500, "internal-error", "request-0002")
    assert "hunter2" not in answer.text
    assert "RuntimeError" in caplog.text


def test_database_errors_tell_the_log_no_values(database: Database) -> None:
    """They'd hold what people wrote."""
    with database.read.connect() as connection, pytest.raises(SQLAlchemyError) as caught:
        connection.execute(text("SELECT :secret FROM nowhere"), {"secret": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_person_gets_a_page(person: TestClient) -> None:
    answer = person.get("/nowhere")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_api_answers_json_to_a_browser_too(person: TestClient) -> None:
    assert person.get("/api/v1/nowhere").headers["content-type"] == MEDIA_TYPE


def test_failing_error_page_falls_back_to_json(web_app: FastAPI, person: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(web_app.state.context.pages, "error_page", fail)
    answer = person.get("/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)


def test_detail_speaks_the_askers_language(web: TestClient) -> None:
    answer = web.get("/api/v1/refused", headers={"Accept-Language": "es-MX,en;q=0.5"})
    assert answer.json()["detail"] != "There are 5 available and 10 are needed. Choose a smaller amount."
    assert "5" in answer.json()["detail"]
    assert answer.json()["title"] != "Insufficient balance"


def test_field_sentences_speak_the_askers_language(web: TestClient) -> None:
    answer = web.get("/api/v1/gifts?limit=0", headers={"Accept-Language": "es"})
    assert answer.json()["errors"][0]["detail"] == "Envía 1 o más."


def test_members_own_language_goes_before_the_browsers(web: TestClient) -> None:
    answer = web.post("/api/v1/gifts", json=GIFT | {"credits": 0}, headers={**SIGNED, "Accept-Language": "es"})
    assert answer.json()["errors"][0]["detail"] == "Send 1 or more."


@pytest.mark.parametrize(
    ("status", "answered", "code"), [(418, 418, "bad-request"), (500, 500, "internal-error"), (502, 500, "internal-error")]
)
def test_frameworks_own_errors_are_problems_too(make_context: MakeContext, status: int, answered: int, code: str) -> None:
    router = APIRouter()

    @router.get("/odd", dependencies=[Open])
    async def refuse_oddly() -> None:
        raise HTTPException(status)

    answer = TestClient(build_app(make_context(), api=[router])).get("/api/v1/odd")
    assert answer.json()["code"] == code
    assert answer.status_code == (400 if code == "bad-request" else answered)


def test_not_modified_has_no_body(make_context: MakeContext) -> None:
    router = APIRouter()

    @router.get("/same", dependencies=[Open])
    async def say_same() -> None:
        raise HTTPException(304, headers={"ETag": "x"})

    answer = TestClient(build_app(make_context(), api=[router])).get("/api/v1/same")
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", "x")


def test_field_with_an_unknown_fault_is_told_in_general() -> None:
    errors = [{"type": "less_than", "loc": ("body", "x"), "ctx": {}}, {"type": "never_seen", "loc": ()}]
    assert [error.detail for error in field_errors(errors, translate=str)] == ["Send a value of the documented form."] * 2


def test_answer_that_breaks_off_is_cut(make_context: MakeContext) -> None:
    """Nothing can be taken back by then, so the connection ends instead of pretending success."""
    router = APIRouter()

    def break_off() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError("broken off")

    @router.get("/stream", dependencies=[Open])
    async def stream() -> Response:
        return StreamingResponse(break_off())

    with pytest.raises(RuntimeError, match="broken off"):
        TestClient(build_app(make_context(), api=[router])).get("/api/v1/stream")
