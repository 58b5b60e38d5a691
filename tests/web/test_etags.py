"""Versions in headers."""

from fastapi import APIRouter, FastAPI, Response
import pytest
from starlette.testclient import TestClient

from laurels.web import problems
from laurels.web.caller import Open
from laurels.web.etags import IfMatch, IfNoneMatch, etag_of, tell_version

VERSION = 7
router = APIRouter(dependencies=[Open])


@router.get("/api/v1/thing")
def read(response: Response, if_none_match: IfNoneMatch = None) -> str:
    tell_version(response, etag_of(VERSION, 140), if_none_match)
    return "shown"


@router.patch("/api/v1/thing")
def change(expected: IfMatch) -> str:
    expected.check(VERSION)
    return "changed"


@pytest.fixture(scope="module")
def thing() -> TestClient:
    app = FastAPI()
    problems.install(app)
    app.include_router(router)
    return TestClient(app)


def test_an_answer_tells_its_version_and_what_else_it_shows(thing: TestClient) -> None:
    answer = thing.get("/api/v1/thing")
    assert (answer.status_code, answer.headers["ETag"], answer.json()) == (200, '"7.140"', "shown")
    assert (etag_of(7), etag_of(7, None), etag_of(7, 0)) == ('"7"', '"7.-"', '"7.0"')


@pytest.mark.parametrize("known", ['"7.140"', 'W/"7.140"', '"1", "7.140"', "*"])
def test_a_reader_who_has_it_already_gets_no_body(thing: TestClient, known: str) -> None:
    answer = thing.get("/api/v1/thing", headers={"If-None-Match": known})
    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", '"7.140"')


@pytest.mark.parametrize("known", ['"7"', '"7.139"', "7.140", '"7.1400"', ""])
def test_a_reader_who_has_another_gets_this_one(thing: TestClient, known: str) -> None:
    assert thing.get("/api/v1/thing", headers={"If-None-Match": known}).json() == "shown"


@pytest.mark.parametrize("sent", ['"7.140"', '"7"', '"7.139"', '"3", "7"', "*", " * "])
def test_a_change_made_for_this_version_is_done(thing: TestClient, sent: str) -> None:
    assert thing.patch("/api/v1/thing", headers={"If-Match": sent}).json() == "changed"


@pytest.mark.parametrize(
    "sent", ['"6"', '"8.140"', "7", 'W/"7"', '"7x"', '"-7"', '""', "", '"77"', ", ".join(f'"{one}"' for one in range(20, 40)) + ', "7"']
)
def test_a_change_made_for_another_version_is_refused(thing: TestClient, sent: str) -> None:
    answer = thing.patch("/api/v1/thing", headers={"If-Match": sent})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition-failed")


def test_a_change_that_names_no_version_is_told_to(thing: TestClient) -> None:
    answer = thing.patch("/api/v1/thing")
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition-required")
    assert "If-Match" in answer.json()["detail"]


def test_an_endless_header_is_refused(thing: TestClient) -> None:
    assert thing.patch("/api/v1/thing", headers={"If-Match": '"7"' * 500}).status_code == 422
