import asyncio
from datetime import timedelta

from fastapi import APIRouter, FastAPI
import pytest
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock, SystemClock
from laurels.web import limits
from laurels.web.app import build_app
from laurels.web.caller import Open
from laurels.web.limits import MemoryWindow, Policy, RateLimiter, StoredWindow, limited
from web.conftest import MakeContext

PATH = "/api/v1/limited"


def test_answers_tell_where_one_stands(web: TestClient) -> None:
    headers = web.post(PATH).headers
    assert headers["ratelimit-policy"] == '"try";q=2;w=60'
    assert headers["ratelimit"] == '"try";r=1;t=60'


def test_time_past_the_quota_is_refused_with_when_to_come(web: TestClient, clock: FixedClock) -> None:
    web.post(PATH)
    clock.advance(timedelta(seconds=10))
    web.post(PATH)
    answer = web.post(PATH)
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-requests")
    assert answer.headers["retry-after"] == "50"
    assert answer.headers["ratelimit"] == '"try";r=0;t=50'
    assert (answer.json()["limit"], answer.json()["retry_after_seconds"]) == (2, 50)


def test_window_moves(web: TestClient, clock: FixedClock) -> None:
    web.post(PATH)
    clock.advance(timedelta(seconds=59))
    web.post(PATH)
    clock.advance(timedelta(seconds=1))
    assert web.post(PATH).status_code == 200
    assert web.post(PATH).status_code == 429


def test_each_member_has_a_quota_of_their_own(web: TestClient, clock: FixedClock) -> None:
    for _ in range(3):
        web.post(PATH)
    assert web.post(PATH, headers={"X-Test-Role": "member"}).status_code == 200


def test_addresses_are_counted_apart_and_ipv6_by_its_network(web_app: FastAPI) -> None:
    def statuses(host: str) -> int:
        return TestClient(web_app, client=(host, 1)).post(PATH).status_code

    assert [statuses(host) for host in ("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2")] == [200, 200, 429, 200]
    assert [statuses(f"2001:db8:1:2::{host}") for host in (1, 2, 3)] == [200, 200, 429]
    assert statuses("2001:db8:1:3::1") == 200
    assert [statuses(host) for host in ("2001:db8::1", "2001:db8::2", "2001:db8:0:0:a:b:c:d")] == [200, 200, 429]
    assert [statuses(host) for host in ("::ffff:10.9.0.1", "10.9.0.1", "::ffff:a09:1", "::ffff:10.9.0.2")] == [200, 200, 429, 200]


def test_limits_can_be_off(make_context: MakeContext, clock: FixedClock) -> None:
    router = APIRouter()

    @router.post("/often", dependencies=[limited("often", per_minute=1), Open])
    async def act() -> None: ...

    client = TestClient(build_app(make_context(limiter=RateLimiter(clock, is_on=False)), api=[router]))
    answers = [client.post("/api/v1/often") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "ratelimit" not in answers[0].headers


@pytest.mark.parametrize(("name", "per_minute"), [("", 1), ('a"b', 1), ("give", 0)])
def test_policy_that_makes_no_sense_is_refused(name: str, per_minute: int) -> None:
    with pytest.raises(ValueError, match="limit needs"):
        Policy(name, per_minute)


def test_given_back_hit_doesnt_count(clock: FixedClock) -> None:
    window = MemoryWindow(clock)
    window.hit("a", 1)
    window.give_back("a")
    window.give_back("never-seen")
    assert window.hit("a", 1).is_allowed
    assert not window.hit("a", 1).is_allowed


def test_memory_is_bounded(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_PARTITIONS", 3)
    window = MemoryWindow(clock)
    for name in "abcde":
        window.hit(name, 1)
    assert not window.hit("e", 1).is_allowed
    assert window.hit("a", 1).is_allowed
    clock.advance(timedelta(seconds=61))
    assert window.hit("e", 1).is_allowed


def test_shared_store_counts_alike() -> None:
    """The same adapter as for Redis, over the store of its library that needs no server."""
    window = StoredWindow("memory://", clock=SystemClock())
    standings = [window.hit("a", 2) for _ in range(3)]
    assert [(standing.is_allowed, standing.left) for standing in standings] == [(True, 1), (True, 0), (False, 0)]
    assert 1 <= standings[2].resets_in_seconds <= 60
    assert window.hit("b", 2).is_allowed


def test_limiter_takes_the_shared_store_by_its_url() -> None:
    limiter = RateLimiter(SystemClock(), redis_url="memory://")
    policy = Policy("give", 1)

    async def ask() -> list[bool]:
        first, second = await limiter.hit(policy, "ada"), await limiter.hit(policy, "ada")
        limiter.give_back(policy, "ada")
        return [first.is_allowed, second.is_allowed]

    assert asyncio.run(ask()) == [True, False]
