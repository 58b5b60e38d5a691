from fastapi import APIRouter, FastAPI
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from laurels.web.app import build_app
from laurels.web.caller import Open
from web.conftest import MakeContext


def client_of(make_context: MakeContext, *routers: APIRouter) -> TestClient:
    return TestClient(build_app(make_context(), api=routers))


def test_nested_routers_keep_prefix_and_dependencies(make_context: MakeContext) -> None:
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/outer", dependencies=[Open])

    @inner.get("/{name}")
    async def read(name: str) -> dict[str, str]:
        return {"name": name}

    outer.include_router(inner)
    assert client_of(make_context, outer).get("/api/v1/outer/inner/ada").json() == {"name": "ada"}


def test_prefix_that_is_there_isnt_put_twice(make_context: MakeContext) -> None:
    router = APIRouter(prefix="/api/v1/things")

    @router.get("")
    async def read() -> str:
        return "things"

    assert client_of(make_context, router).get("/api/v1/things").json() == "things"


def test_fixed_address_wins_over_one_with_parameters(make_context: MakeContext) -> None:
    router = APIRouter()

    @router.get("/things/{name}")
    async def read(name: str) -> str:
        return name

    @router.get("/things/all")
    async def read_all() -> str:
        return "every one"

    @router.get("/things/{name}/parts/{part:path}")
    async def read_part(name: str, part: str) -> list[str]:
        return [name, part]

    client = client_of(make_context, router)
    assert client.get("/api/v1/things/all").json() == "every one"
    assert client.get("/api/v1/things/one").json() == "one"
    assert client.get("/api/v1/things/one/parts/a/b").json() == ["one", "a/b"]
    assert client.get("/api/v1/things/one/parts").status_code == 404
    assert client.post("/api/v1/things/one").status_code == 405


def test_fixed_address_is_never_taken_for_a_parameter(make_context: MakeContext) -> None:
    router = APIRouter()

    @router.get("/things/all")
    async def read_all() -> str:
        return "every one"

    @router.delete("/things/{name}")
    async def delete(name: str) -> str:
        return name

    client = client_of(make_context, router)
    answer = client.delete("/api/v1/things/all")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert client.delete("/api/v1/things/one").json() == "one"


def test_fixed_end_is_never_taken_for_a_parameter(make_context: MakeContext) -> None:
    router = APIRouter()

    @router.post("/shelves/{shelf}/all")
    async def fill(shelf: str) -> str:
        return shelf

    @router.get("/shelves/{shelf}/{book}")
    async def read(shelf: str, book: str) -> list[str]:
        return [shelf, book]

    client = client_of(make_context, router)
    for method in ("GET", "DELETE", "OPTIONS"):
        answer = client.request(method, "/api/v1/shelves/1/all")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST"), method
    assert client.post("/api/v1/shelves/1/all").json() == "1"
    assert client.get("/api/v1/shelves/1/2").json() == ["1", "2"]
    assert client.get("/api/v1/shelves/all/2").json() == ["all", "2"]


def test_declared_slash_is_refused(make_context: MakeContext) -> None:
    router = APIRouter()
    router.add_api_route("/things/", lambda: None)
    with pytest.raises(ValueError, match="without the slash"):
        client_of(make_context, router)


def test_what_isnt_an_endpoint_is_refused(make_context: MakeContext) -> None:
    router = APIRouter()
    router.mount("/files", FastAPI())
    with pytest.raises(TypeError, match="isn't an API route"):
        client_of(make_context, router)


def test_web_socket_finds_nobody(make_context: MakeContext) -> None:
    with pytest.raises(WebSocketDisconnect), client_of(make_context).websocket_connect("/api/v1/things"):
        pass
