"""Routes that service keys may use: who is let in, how often, and what is remembered."""

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, FastAPI, Request
import pytest
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.errors import Missing
from laurels.ledger.writer import Proposal, RequestKey, Writer
from laurels.web.app import build_app
from laurels.web.caller import (
    AdminOnly,
    AnyCaller,
    Open,
    Role,
    ServiceOrAdmin,
    ServiceOrSigned,
    Signed,
    require_scope,
    sent_service_key,
    service_or,
)
from laurels.web.context import Ctx
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.key_refusals import ScopeMissing
from laurels.web.limits import SERVICE_PER_MINUTE, RateLimiter, limited
from laurels.web.openapi import build_document, find_gaps
from laurels.web.reference.operations import read_reference
from laurels.web.roles import roles_table, split_role
from web.conftest import MEMBER, SERVICE, Given, MakeContext
from web.test_idempotency import BOOK, Coins, Mint

KEY = {"X-Test-Role": "service"}
PERSON = {"X-Test-Role": "member"}
PATH = "/api/v1/earned"

api = APIRouter(tags=["Tests"])


@api.post("/earned", dependencies=[limited("earn", per_minute=1, service_per_minute=3, book=BOOK)])
async def earn(
    request: Request,
    body: Coins,
    caller: ServiceOrSigned,
    context: Ctx,
    key: Annotated[RequestKey | None, keyed("earn")],
) -> dict[str, int]:
    """Mint coins."""
    posted = await context.writer.post(Proposal(Mint(body.amount), at=context.clock.now(), actor=caller.actor, request=key))
    tell_replay(request, posted)
    return {"entry": posted.entry}


@api.get("/scoped")
async def read_scoped(caller: Annotated[AnyCaller, service_or(Role.STAFF, scope="read")]) -> Given:
    """Read what needs a scope.

    Or a role.
    """
    return Given(credits=1)


@api.get("/kept")
async def read_kept(caller: ServiceOrAdmin) -> Given:
    """Read what a key may.

    Or an admin.
    """
    return Given(credits=1)


@api.post("/guarded", dependencies=[limited("guard", per_minute=1), Open])
async def guard() -> None:
    """What an address may try once a minute, such as a password."""


@api.get("/both")
async def read_both(caller: ServiceOrSigned, admin: AdminOnly) -> Given:
    """Read what asks twice.

    The narrower counts.
    """
    return Given(credits=1)


@api.get("/mine")
async def read_mine(caller: Signed, key: Annotated[RequestKey | None, keyed("mine")]) -> Given:
    """Read what is a member's."""
    return Given(credits=1)


@pytest.fixture
def earning(make_context: MakeContext, database: Database, clock: FixedClock) -> Iterator[FastAPI]:
    """The endpoints of this file on a real ledger, with limits on."""
    writer = Writer(database, clock)
    writer.start()
    yield build_app(make_context(database=database, writer=writer, limiter=RateLimiter(clock)), api=[api])
    writer.stop()


@pytest.fixture
def program(earning: FastAPI) -> TestClient:
    """A program that calls."""
    return TestClient(earning)


def send(client: TestClient, who: dict[str, str], key: str | None = None, amount: int = 5) -> Any:
    return client.post(PATH, json={"amount": amount}, headers=who | ({"Idempotency-Key": key} if key else {}))


def test_route_lets_in_keys_and_whom_else_it_says(program: TestClient) -> None:
    def statuses(path: str) -> dict[str, int]:
        return {who: program.get(path, headers={"X-Test-Role": who}).status_code for who in ("", "member", "staff", "admin", "service")}

    assert statuses("/api/v1/kept") == {"": 401, "member": 403, "staff": 403, "admin": 200, "service": 200}
    assert statuses("/api/v1/scoped") == {"": 401, "member": 403, "staff": 200, "admin": 200, "service": 403}
    assert statuses("/api/v1/mine") == {"": 401, "member": 200, "staff": 200, "admin": 200, "service": 403}
    assert statuses("/api/v1/both") == {"": 401, "member": 403, "staff": 403, "admin": 200, "service": 403}


def test_refusals_say_what_is_missing(program: TestClient) -> None:
    lacking = program.get("/api/v1/scoped", headers=KEY).json()
    assert (lacking["code"], lacking["scope"]) == ("scope-missing", "read")
    assert program.get("/api/v1/mine", headers=KEY).json()["code"] == "members-only"
    assert program.get("/api/v1/kept", headers={"Authorization": "Bearer lk_x"}).json()["code"] == "service-key-refused"
    assert program.get("/api/v1/kept", headers={"Authorization": "Bearer x"}).json()["code"] == "unauthenticated"


def test_scope_is_of_a_subject() -> None:
    require_scope(SERVICE, "program/7", "earn", what="program")
    require_scope(MEMBER, "program/8", "burn", what="program")
    with pytest.raises(ScopeMissing):
        require_scope(SERVICE, "program/7", "burn", what="program")
    for scope in ("earn", "burn"):
        with pytest.raises(Missing):
            require_scope(SERVICE, "program/8", scope, what="program")
    assert not SERVICE.allows("program/70", "earn") and not SERVICE.allows("program/7", "ear")


@pytest.mark.parametrize(
    ("authorization", "token"),
    [("Bearer lk_a", "lk_a"), ("bearer  lk_a ", "lk_a"), ("Bearer a", None), ("Basic lk_a", None), ("lk_a", None), ("", None)],
)
def test_key_is_seen_by_its_beginning(authorization: str, token: str | None) -> None:
    request = Request({"type": "http", "headers": [(b"authorization", authorization.encode())]})
    assert sent_service_key(request) == token


def test_key_has_a_quota_of_its_own(program: TestClient) -> None:
    assert [send(program, KEY).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [send(program, PERSON).status_code for _ in range(2)] == [200, 429]
    assert send(program, {"X-Test-Role": "staff"}).headers["ratelimit-policy"] == '"earn";q=1;w=60'
    refused = send(program, KEY)
    assert (refused.headers["ratelimit-policy"], refused.json()["limit"]) == ('"earn";q=3;w=60', 3)
    assert SERVICE_PER_MINUTE == 6_000


def test_key_widens_no_limit_that_isnt_made_for_it(program: TestClient) -> None:
    """Whoever holds a key could else try passwords more often than an address may."""
    assert [program.post("/api/v1/guarded", headers=who).status_code for who in (KEY, {}, KEY)] == [200, 429, 429]


def test_keys_request_is_done_once_and_told_so(program: TestClient) -> None:
    first, second = send(program, KEY, "k1"), send(program, KEY, "k1")
    assert first.json() == second.json() == {"entry": 1}
    assert ("idempotency-replayed" in first.headers, second.headers["idempotency-replayed"]) == (False, "true")
    assert send(program, KEY, "k1", amount=6).json()["code"] == "idempotency-key-reused"


def test_replay_of_a_key_costs_nothing_and_is_never_refused(program: TestClient) -> None:
    """The quota is three: replays before it is used up give their time back, later ones are let through."""
    assert [send(program, KEY, key).status_code for key in ("k1", "k1", "k1", "k2", "k3", "k4")] == [200, 200, 200, 200, 200, 429]
    replay = send(program, KEY, "k1")
    assert (replay.status_code, replay.headers["idempotency-replayed"]) == (200, "true")


def test_key_and_member_never_share_a_request_key_or_a_quota(program: TestClient) -> None:
    assert SERVICE.key_id == MEMBER.member_id
    assert [send(program, who, "k1").json() for who in (KEY, PERSON)] == [{"entry": 1}, {"entry": 2}]


def test_stranger_has_no_request_key(program: TestClient) -> None:
    assert send(program, {"X-Test-Role": uuid4().hex}, "k1").status_code == 401


def test_roles_table_tells_of_keys(earning: FastAPI) -> None:
    table = {path: role for _, path, role in roles_table(earning)}
    assert table[PATH] == "service key or member"
    assert table["/api/v1/scoped"] == "service key (read) or staff"
    assert table["/api/v1/kept"] == "service key or admin"
    assert (table["/api/v1/both"], table["/api/v1/mine"]) == ("admin", "member")
    assert split_role("service key (read) or staff") == ("service key (read)", "staff")
    assert split_role("staff") == ("", "staff")


def test_document_tells_of_keys(earning: FastAPI) -> None:
    document = build_document(earning)
    scheme = document["components"]["securitySchemes"]["service_key"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "lk_<id>_<secret>")
    scoped, mine = (document["paths"][path]["get"] for path in ("/api/v1/scoped", "/api/v1/mine"))
    assert scoped["security"] == [{"service_key": []}, {"bearer": []}, {"cookie": []}]
    assert mine["security"] == [{"bearer": []}, {"cookie": []}]

    def codes(operation: dict[str, Any], status: str) -> set[str]:
        return set(operation["responses"][status]["content"]["application/problem+json"]["examples"])

    assert codes(scoped, "403") == {"scope-missing", "forbidden"}
    assert codes(scoped, "401") == {"unauthenticated", "service-key-refused"}
    assert codes(mine, "403") == {"members-only"}
    assert [gap for gap in find_gaps(document) if "scoped" in gap] == []


def test_reference_shows_who_may_call(earning: FastAPI) -> None:
    reference = read_reference(build_document(earning), roles_table(earning), address="http://localhost")
    shown = {operation.path: operation for group in reference.groups for operation in group.operations}
    assert (shown["/api/v1/scoped"].service, shown["/api/v1/scoped"].role) == ("service key (read)", "staff")
    assert (shown["/api/v1/mine"].service, shown["/api/v1/mine"].role) == ("", "member")
