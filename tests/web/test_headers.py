import logging

from fastapi import FastAPI
import pytest
from starlette.testclient import TestClient

from laurels.web.headers import CSP


def test_request_id_is_drawn_and_differs(web: TestClient) -> None:
    first, second = (web.get("/api/v1/anyone").headers["x-request-id"] for _ in range(2))
    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize("sent", ["short", "x" * 65, "with space in it", 'quote"quote', "line\\nbreak", "-begins-badly"])
def test_odd_request_id_is_replaced(web: TestClient, sent: str) -> None:
    assert web.get("/api/v1/anyone", headers={"X-Request-Id": sent}).headers["x-request-id"] != sent


def test_sane_request_id_is_kept(web: TestClient) -> None:
    assert web.get("/api/v1/anyone", headers={"X-Request-Id": "trace.1234-abcd"}).headers["x-request-id"] == "trace.1234-abcd"


def test_page_has_a_strict_policy(person: TestClient) -> None:
    headers = person.get("/form").headers
    assert headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")


def test_api_answer_runs_nothing_and_is_kept_by_nobody(web: TestClient) -> None:
    headers = web.get("/api/v1/anyone").headers
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"


def test_errors_carry_the_same_headers(web: TestClient) -> None:
    for path in ("/api/v1/refused", "/api/v1/broken", "/api/v1/nowhere"):
        headers = web.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-request-id"]


def test_hsts_only_over_tls(web_app: FastAPI) -> None:
    assert "strict-transport-security" not in TestClient(web_app).get("/api/v1/anyone").headers
    headers = TestClient(web_app, base_url="https://testserver").get("/form").headers
    assert headers["strict-transport-security"] == "max-age=31536000"
    assert "; Secure" in headers["set-cookie"]


def test_slash_at_the_end_is_no_other_address(web: TestClient) -> None:
    for path in ("/api/v1/anyone/", "/api/v1/anyone//"):
        assert web.get(path).json() == {"role": "nobody"}
    assert web.post("/api/v1/limited/").status_code == 200


def test_request_is_logged_without_what_was_asked(web: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="laurels.access"):
        web.get("/api/v1/gifts/01a1f890-e37a-73f9-9bad-95b6014a4f20?name=Ada")
    (record,) = (record for record in caplog.records if record.name == "laurels.access")
    fields = record.__dict__["fields"]
    assert (fields["method"], fields["route"], fields["status"]) == ("GET", "/api/v1/gifts/{gift_id}", 200)
    assert "Ada" not in str(record.__dict__)


def test_head_of_a_page_is_its_headers(person: TestClient) -> None:
    full, head = person.get("/nowhere"), person.head("/nowhere")
    assert (head.status_code, head.headers["content-type"], head.content) == (404, full.headers["content-type"], b"")
    assert person.head("/healthz").headers["content-length"] == person.get("/healthz").headers["content-length"]
