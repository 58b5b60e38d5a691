from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
import threading
from typing import Annotated, Any, ClassVar
from uuid import UUID

from fastapi import APIRouter, FastAPI, Form, Request
import httpx
import pytest
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.ledger import BusinessKey, Draft, InsufficientBalance, Needs, system
from laurels.ledger.writer import Proposal, RequestKey, Writer
from laurels.web.app import build_app
from laurels.web.caller import Anyone, Signed
from laurels.web.context import Ctx
from laurels.web.csrf import token_for
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.limits import RateLimiter, limited
from laurels.web.schemas import Body
from support.servers import serving
from web.conftest import MakeContext

BOOK = "tests"
MINT = system(BOOK, "coin", "issued")
SINK = system(BOOK, "coin", "lapsed")
PATH = "/api/v1/coins"
SIGNED = {"X-Test-Role": "member"}
STARTED, LET_GO = threading.Event(), threading.Event()


@dataclass(frozen=True, slots=True)
class Minted:
    """What minting answers."""

    amount: int


@dataclass(frozen=True, slots=True)
class Mint:
    """Moves coins out of nowhere; 13 are refused."""

    name: ClassVar[str] = "mint"
    answers: ClassVar[type] = Minted

    amount: int
    book: str = BOOK
    key: BusinessKey | None = None
    reference: UUID | None = None

    def needs(self) -> Needs:
        return Needs([MINT, SINK])

    def decide(self, draft: Draft) -> Minted:
        if self.amount == 13:
            raise InsufficientBalance(available=0, needed=13, purse="issued")
        draft.move(MINT, SINK, self.amount, "mint")
        return Minted(self.amount)


class Coins(Body):
    """How many."""

    amount: int
    note: str = ""


api = APIRouter(tags=["Tests"])
pages = APIRouter()


@api.post("/coins", dependencies=[limited("mint", per_minute=2, book=BOOK)])
async def mint(
    request: Request, body: Coins, caller: Signed, context: Ctx, key: Annotated[RequestKey | None, keyed("mint")]
) -> dict[str, int]:
    """Mint coins."""
    posted = await context.writer.post(Proposal(Mint(body.amount), at=context.clock.now(), request=key))
    tell_replay(request, posted)
    return {"amount": posted.answer.amount, "entry": posted.entry}


@api.post("/slow/{book}")
async def wait(book: str, caller: Signed, context: Ctx, key: Annotated[RequestKey | None, keyed("slow")]) -> None:
    """Wait until the test lets go."""
    STARTED.set()
    await run_in_threadpool(LET_GO.wait, 30)


@pages.get("/mint")
async def show_mint(request: Request, caller: Anyone) -> Response:
    """The form's token."""
    return HTMLResponse(token_for(request))


@pages.post("/mint")
async def mint_by_form(
    request: Request,
    caller: Signed,
    context: Ctx,
    key: Annotated[RequestKey | None, keyed("mint")],
    amount: Annotated[int, Form()],
) -> Response:
    """Mint coins from a page."""
    posted = await context.writer.post(Proposal(Mint(amount), at=context.clock.now(), request=key))
    tell_replay(request, posted)
    return HTMLResponse(str(posted.entry))


@pytest.fixture
def minting(make_context: MakeContext, database: Database, clock: FixedClock) -> Iterator[FastAPI]:
    """The endpoints of this file on a real ledger, with limits on."""
    writer = Writer(database, clock)
    writer.start()
    context = make_context(database=database, writer=writer, limiter=RateLimiter(clock))
    yield build_app(context, api=[api], pages=[pages])
    writer.stop()


@pytest.fixture
def mints(minting: FastAPI) -> TestClient:
    """A member who mints."""
    return TestClient(minting, headers=SIGNED)


def send(client: TestClient, key: str | None, amount: int = 5, **changes: Any) -> Any:
    headers = {"Idempotency-Key": key} if key is not None else {}
    return client.post(PATH, json={"amount": amount, **changes}, headers=headers)


def test_same_key_gives_the_same_answer_and_says_so(mints: TestClient) -> None:
    first, second = send(mints, "k1"), send(mints, "k1")
    assert first.json() == second.json() == {"amount": 5, "entry": 1}
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


def test_no_key_is_a_new_request_each_time(mints: TestClient) -> None:
    assert [send(mints, None).json()["entry"] for _ in range(2)] == [1, 2]


def test_quotes_around_a_key_dont_matter(mints: TestClient) -> None:
    send(mints, "k1")
    assert send(mints, '"k1"').headers["idempotency-replayed"] == "true"


def test_spacing_and_order_of_the_body_dont_matter(mints: TestClient) -> None:
    send(mints, "k1", note="x")
    headers = {"Idempotency-Key": "k1", "Content-Type": "application/json"}
    answer = mints.post(PATH + "/", content=b' { "note": "x",\n"amount":5 }', headers=headers)
    assert answer.headers["idempotency-replayed"] == "true"


def test_same_key_with_another_body_is_refused(mints: TestClient) -> None:
    send(mints, "k1")
    answer = send(mints, "k1", amount=6)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_refusal_is_replayed_and_says_so(mints: TestClient) -> None:
    first, second = send(mints, "k1", amount=13), send(mints, "k1", amount=13)
    assert first.status_code == second.status_code == 409
    without_id = [{name: value for name, value in answer.json().items() if name != "request_id"} for answer in (first, second)]
    assert without_id[0] == without_id[1]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


def test_other_member_may_use_the_same_key(mints: TestClient) -> None:
    send(mints, "k1")
    other = mints.post(PATH, json={"amount": 5}, headers={"Idempotency-Key": "k1", "X-Test-Role": "staff"})
    assert other.json()["entry"] == 2


def test_replay_isnt_counted_against_the_rate(mints: TestClient) -> None:
    """The quota is two: replays before it is used up give their time back."""
    assert [send(mints, key).status_code for key in ("k1", "k1", "k1", "k2", "k3")] == [200, 200, 200, 200, 429]


def test_replay_past_the_rate_is_answered(mints: TestClient) -> None:
    send(mints, "k1")
    send(mints, "k2")
    assert send(mints, "k3").status_code == 429
    replay = send(mints, "k1")
    assert (replay.status_code, replay.headers["idempotency-replayed"]) == (200, "true")
    assert send(mints, None).status_code == 429


@pytest.mark.parametrize("key", ["", '""', " ", "x" * 256, "caf\u00e9", '"' + "x" * 256 + '"'])
def test_malformed_key_is_refused(mints: TestClient, key: str) -> None:
    answer = mints.post(PATH, json={"amount": 1}, headers={b"Idempotency-Key": key.encode()})
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-malformed")


def test_longest_key_is_taken(mints: TestClient) -> None:
    assert send(mints, "x" * 255).status_code == 200


def test_key_in_flight_is_refused_and_free_afterwards(minting: FastAPI) -> None:
    STARTED.clear()
    LET_GO.clear()
    headers = {**SIGNED, "Idempotency-Key": "k1"}
    with serving(minting) as address, ThreadPoolExecutor() as threads:
        first = threads.submit(httpx.post, f"{address}/api/v1/slow/1", headers=headers)
        assert STARTED.wait(10)
        for path in ("/api/v1/slow/1", "/api/v1/slow/1/"):
            second = httpx.post(address + path, headers=headers)
            assert (second.status_code, second.json()["code"]) == (409, "idempotency-key-in-flight")
        LET_GO.set()
        assert first.result().status_code == 200
        assert httpx.post(f"{address}/api/v1/slow/1", headers=headers).status_code == 200


def test_key_in_flight_in_one_book_is_free_in_another(minting: FastAPI) -> None:
    """Each book remembers its own keys: a caller may join two programs with one key at the same moment."""
    STARTED.clear()
    LET_GO.clear()
    headers = {**SIGNED, "Idempotency-Key": "k1"}
    with serving(minting) as address, ThreadPoolExecutor() as threads:
        first = threads.submit(httpx.post, f"{address}/api/v1/slow/1", headers=headers)
        assert STARTED.wait(10)
        STARTED.clear()
        second = threads.submit(httpx.post, f"{address}/api/v1/slow/2", headers=headers)
        has_begun = STARTED.wait(10)
        LET_GO.set()
        assert has_begun
        assert [answer.result().status_code for answer in (first, second)] == [200, 200]


def test_key_is_free_after_a_failure(mints: TestClient) -> None:
    assert mints.post(PATH, json={"amount": "no"}, headers={"Idempotency-Key": "k1"}).status_code == 422
    assert send(mints, "k1").status_code == 200


def test_forms_key_does_the_same(minting: FastAPI) -> None:
    browser = TestClient(minting, headers={**SIGNED, "Sec-Fetch-Site": "same-origin"})
    answers = [browser.post("/mint", data={"csrf_token": browser.get("/mint").text, "request_key": "f1", "amount": "5"}) for _ in range(2)]
    assert [answer.text for answer in answers] == ["1", "1"]
    assert answers[1].headers["idempotency-replayed"] == "true"
    other = browser.post("/mint", data={"csrf_token": browser.get("/mint").text, "request_key": "f1", "amount": "6"})
    assert other.status_code == 422


def test_document_tells_of_the_key(minting: FastAPI) -> None:
    operation = minting.openapi()["paths"][PATH]["post"]
    assert [parameter["name"] for parameter in operation["parameters"]] == ["Idempotency-Key"]
    contents = [content for response in operation["responses"].values() for content in response.get("content", {}).values()]
    problems = {code for content in contents for code in content.get("examples", {})}
    assert {"idempotency-key-reused", "idempotency-key-in-flight", "idempotency-key-malformed", "too-many-requests"} <= problems
    assert "Idempotency-Replayed" in operation["responses"]["200"]["headers"]
