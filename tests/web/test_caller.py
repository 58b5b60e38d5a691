from fastapi import APIRouter, FastAPI
import pytest
from starlette.testclient import TestClient

from laurels.web.app import build_app
from laurels.web.caller import Role, Signed
from laurels.web.paths import safe_next
from laurels.web.roles import UNDECLARED, roles_table
from web.conftest import MakeContext


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/api/v1/staff", {"": 401, "member": 403, "staff": 200, "admin": 200}),
        ("/api/v1/admin", {"": 401, "member": 403, "staff": 403, "admin": 200}),
        ("/api/v1/anyone", {"": 200, "member": 200, "staff": 200, "admin": 200}),
        ("/page", {"": 401, "member": 200, "staff": 200, "admin": 200}),
    ],
)
def test_route_lets_in_who_may(web: TestClient, path: str, statuses: dict[str, int]) -> None:
    assert {role: web.get(path, headers={"X-Test-Role": role}).status_code for role in statuses} == statuses


def test_roles_are_ordered() -> None:
    assert [[role.covers(needed) for needed in Role] for role in Role] == [[True, False, False], [True, True, False], [True, True, True]]


def test_stranger_on_a_page_is_led_to_sign_in_and_back(person: TestClient) -> None:
    answer = person.get("/page?tab=two&x=%2F")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/page%3Ftab%3Dtwo%26x%3D%252F")
    assert answer.headers["cache-control"] == "no-store"


def test_stranger_in_a_part_of_a_page_is_led_by_the_whole_page(person: TestClient) -> None:
    answer = person.get("/page", headers={"HX-Request": "true", "Referer": "http://testserver/recognition?value=1"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/recognition%3Fvalue%3D1")


def test_way_back_is_never_another_sites(person: TestClient) -> None:
    answer = person.get("/page", headers={"HX-Request": "true", "Referer": "http://evil.example/page"})
    assert answer.headers["hx-redirect"] == "/sign-in"


@pytest.mark.parametrize(
    ("target", "led_to"),
    [
        ("/recognition?value=1", "/recognition?value=1"),
        (None, "/"),
        ("", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/x\\y", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\nb", "/"),
        ("/\t/evil.example", "/"),
        ("/" + "x" * 500, "/"),
    ],
)
def test_next_is_a_path_of_ours(target: str | None, led_to: str) -> None:
    assert safe_next(target) == led_to


def test_caller_is_asked_for_once_a_request(make_context: MakeContext) -> None:
    asked = []

    async def authenticate(request: object) -> None:
        asked.append(request)

    router = APIRouter()

    @router.get("/twice", tags=["Tests"])
    async def read(first: Signed, second: Signed) -> None: ...

    app = build_app(make_context(authenticate=authenticate), api=[router])
    assert TestClient(app).get("/api/v1/twice").status_code == 401
    assert len(asked) == 1


def test_roles_table_reads_the_routes(web_app: FastAPI) -> None:
    table = {(method, path): role for method, path, role in roles_table(web_app)}
    assert table["POST", "/api/v1/gifts"] == "member"
    assert table["GET", "/api/v1/staff"] == "staff"
    assert table["GET", "/api/v1/admin"] == "admin"
    assert table["POST", "/api/v1/limited"] == "anyone"
    assert UNDECLARED not in table.values()


def test_route_that_says_nothing_is_undeclared(make_context: MakeContext) -> None:
    router = APIRouter()

    @router.get("/silent")
    async def read() -> None: ...

    assert ("GET", "/api/v1/silent", UNDECLARED) in roles_table(build_app(make_context(), api=[router]))
