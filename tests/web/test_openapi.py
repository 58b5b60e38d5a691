from typing import Any

from fastapi import APIRouter, FastAPI
import pytest
from starlette.testclient import TestClient

from laurels.web.app import build_app
from laurels.web.caller import Open
from laurels.web.openapi import build_document, find_gaps
from laurels.web.pagination import Page
from web.conftest import Given, MakeContext


@pytest.fixture
def document(web_app: FastAPI) -> dict[str, Any]:
    return build_document(web_app)


def test_document_is_served_as_built(web: TestClient, document: dict[str, Any]) -> None:
    assert web.get("/openapi.json").json() == document
    assert document["openapi"].startswith("3.1")


def test_pages_and_slashes_arent_in_it(document: dict[str, Any]) -> None:
    assert "/form" not in document["paths"]
    assert [path for path in document["paths"] if path.endswith("/")] == []


def test_docstring_is_summary_and_description(document: dict[str, Any]) -> None:
    give = document["paths"]["/api/v1/gifts"]["post"]
    assert (give["summary"], give["description"]) == ("Give credits", "To a peer.")


def test_endpoint_for_members_says_so(document: dict[str, Any]) -> None:
    give = document["paths"]["/api/v1/gifts"]["post"]
    assert give["security"] == [{"bearer": []}, {"cookie": []}]
    assert {"201", "401", "403", "409", "413", "422", "503"} <= give["responses"].keys()
    assert "security" not in document["paths"]["/api/v1/gifts"]["get"]


def test_refusals_come_with_the_real_thing_as_example(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v1/gifts"]["post"]["responses"]["409"]["content"]["application/problem+json"]
    example = content["examples"]["insufficient-balance"]["value"]
    assert (example["status"], example["available"], example["needed"]) == (409, 5, 10)
    assert example["detail"] == "There are 5 available and 10 are needed. Choose a smaller amount."


def test_invalid_requests_are_documented_as_they_are_answered(document: dict[str, Any]) -> None:
    unprocessable = document["paths"]["/api/v1/gifts"]["post"]["responses"]["422"]
    assert list(unprocessable["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_limited_endpoint_tells_its_headers(document: dict[str, Any]) -> None:
    responses = document["paths"]["/api/v1/limited"]["post"]["responses"]
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= responses["429"]["headers"].keys()
    assert "RateLimit" in responses["200"]["headers"]


def test_gaps_are_found(make_context: MakeContext) -> None:
    router = APIRouter(dependencies=[Open])

    @router.post("/bare")
    async def take(body: dict[str, str]) -> dict[str, str]:
        return body

    gaps = find_gaps(build_document(build_app(make_context(), api=[router])))
    assert gaps == [
        "POST /api/v1/bare: no description",
        "POST /api/v1/bare: no tags",
        "POST /api/v1/bare: the body has no example",
        "POST /api/v1/bare: the answer 200 (application/json) has no example",
    ]


def test_documented_endpoint_has_no_gap(document: dict[str, Any]) -> None:
    assert [gap for gap in find_gaps(document) if " /api/v1/gifts" in gap] == []


def test_list_of_documented_things_is_documented(make_context: MakeContext) -> None:
    router = APIRouter(dependencies=[Open], tags=["Tests"])

    @router.get("/lists")
    async def list_given() -> list[Page[Given]]:
        """List.

        Them.
        """
        return []

    assert find_gaps(build_document(build_app(make_context(), api=[router]))) == []
