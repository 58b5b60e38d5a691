"""The acceptance cases of loyalty about burning and returning, one test each, over HTTP and on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from laurels.identity.tables import Member
from laurels.ledger.writer import Proposal
from laurels.products.loyalty.actions.deciding import Manner, decide_events
from laurels.products.loyalty.actions.telling import purchase_row
from laurels.products.loyalty.decisions.memberships import JoinProgram
from laurels.products.loyalty.rules import Purchase
from laurels.products.loyalty.tables import burn
from products.loyalty.till import open_till
from products.loyalty.town import Town
from support.site import API, refused

MONTH = {"expiry": {"kind": "months", "months": 1}}


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """An instant, in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_l09_of_parallel_burns_of_the_whole_balance_one_succeeds(wide: Town) -> None:
    till, ana = open_till(wide)
    till.earned(ana, 20_000, "T-1")
    wide.headers(ana)
    answers = wide.together(*[lambda: till.burn(ana, 10, at_once=True), lambda: till.burn(ana, 10)] * 4)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"insufficient-balance"}
    assert (wide.held(till.program, ana).get("points", 0), wide.count(burn)) == (0, 1)


def test_l10_pending_points_cant_be_burned(served: Town) -> None:
    till, ana = open_till(served, {"pending_days": 14})
    till.earned(ana, 20_000, "T-1")
    for final in (True, False):
        problem = refused(till.burn(ana, 1, at_once=final), 409, "insufficient-balance")
        assert (problem["available"], problem["needed"]) == (0, 1)
    balance = till.balance(ana)
    assert (balance["pending"], balance["active"], balance["balance"]) == (10, 0, 10)
    served.later(days=14)
    assert till.burn(ana, 10, at_once=True).status_code == 201


def test_l11_what_expires_on_1_may_goes_before_what_expires_on_9_may(served: Town) -> None:
    served.at(2026, 4, 20)
    till, ana = open_till(served, MONTH)
    till.earned(ana, 20_000, "T-1", at=at(2026, 4, 8))
    till.earned(ana, 20_000, "T-2", at=at(2026, 3, 31))
    assert [lot.expires_at for lot in till.counter.lots(ana)] == [at(2026, 5, 1, 0), at(2026, 5, 9, 0)]
    assert till.burn(ana, 4, at_once=True).status_code == 201
    assert till.counter.left(ana) == [6, 10]
    assert till.burn(ana, 7, at_once=True).status_code == 201
    assert [(lot.left, lot.expires_at) for lot in till.counter.lots(ana)] == [(9, at(2026, 5, 9, 0))]


def test_l12_at_the_instant_of_expiry_points_are_expired(served: Town) -> None:
    served.at(2026, 4, 20)
    till, ana = open_till(served, MONTH)
    till.earned(ana, 20_000, "T-1", at=at(2026, 3, 31))
    served.clock.set(at(2026, 5, 1, 0) - timedelta(microseconds=1))
    assert till.burn(ana, 1, at_once=True).status_code == 201
    served.clock.set(at(2026, 5, 1, 0))
    assert refused(till.burn(ana, 1, at_once=True), 409, "insufficient-balance")["available"] == 0
    assert till.balance(ana)["balance"] == 0


def test_l13_three_returns_of_a_third_take_no_more_than_was_earned(served: Town) -> None:
    till, ana = open_till(served)
    till.earned(ana, 500_000, "T-0")
    till.earned(ana, 10_000, "T-1")
    taken = [till.give_back(3_333, f"R-{number}", of="T-1").json()["points"] for number in range(3)]
    assert (sum(taken), taken) == (5, [2, 2, 1])
    assert till.give_back(10_000, "R-3", of="T-1").json()["points"] == 0
    assert till.balance(ana)["balance"] == 250


@pytest.mark.parametrize(
    ("policy", "returned", "shown", "after"),
    [
        ("within_balance", {"points": 10, "taken": 3, "owed": 7}, 0, 8),
        ("only_pending", {"points": 0, "taken": 0, "owed": 0}, 3, 18),
        ("allow_negative", {"points": 10, "taken": 3, "owed": 7}, -7, 8),
    ],
)
def test_l14_a_return_after_spending_goes_by_the_policy(
    served: Town, policy: str, returned: dict[str, int], shown: int, after: int
) -> None:
    till, ana = open_till(served, {"return_policy": policy})
    till.earned(ana, 20_000, "T-1")
    assert till.burn(ana, 7, at_once=True).status_code == 201
    answer = till.give_back(20_000, "R-1", of="T-1").json()
    assert {name: answer[name] for name in returned} == returned
    balance = till.balance(ana)
    assert (balance["balance"], balance["owed"]) == (shown, returned["owed"])
    next_one = till.earn(ana, 30_000, "T-2").json()
    assert (next_one["points"], next_one["repaid"]) == (15, returned["owed"])
    assert (till.balance(ana)["balance"], till.balance(ana)["owed"]) == (after, 0)


@pytest.mark.parametrize("waits", [True, False])
def test_l15_a_return_twice_or_before_its_purchase_counts_once(served: Town, waits: bool) -> None:
    till, ana = open_till(served)
    first = till.give_back(4_000, "R-1", of="T-1", waits=waits)
    till.work()
    assert (first.status_code, till.read(first)["status"]) == (202, "waiting")
    till.earn(ana, 10_000, "T-1", waits=waits)
    till.work()
    told = till.read(first)
    assert (told["status"], told["points"], till.balance(ana)["balance"]) == ("applied", 2, 3)
    again = till.give_back(4_000, "R-1", of="T-1", waits=waits)
    assert (again.json()["is_replay"], again.json()["status"], again.json()["points"]) == (True, "applied", 2)
    till.work()
    assert till.balance(ana)["balance"] == 3
    refused(till.give_back(5_000, "R-1", of="T-1", waits=waits), 409, "return-conflict")


def test_l16_what_a_cancelled_burn_gives_back_after_expiry_lives_for_the_grace(served: Town) -> None:
    served.at(2026, 4, 20)
    till, ana = open_till(served, MONTH, grace_days=7, confirm_minutes=60 * 24 * 30)
    till.earned(ana, 20_000, "T-1", at=at(2026, 3, 31))
    reserved = till.burn(ana, 6).json()
    assert reserved["status"] == "reserved"
    served.at(2026, 5, 2)
    assert till.balance(ana)["balance"] == 0, "the four that weren't reserved have expired"
    answer = served.ask(ana, "POST", f"{till.path}/burn/{reserved['burn_id']}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert till.balance(ana)["balance"] == 6
    [lot] = [lot for lot in till.counter.lots(ana) if lot.expires_at and lot.expires_at > served.clock.at]
    assert (lot.left, lot.expires_at) == (6, at(2026, 5, 9))
    served.at(2026, 5, 9)
    assert till.balance(ana)["balance"] == 0
    refused(till.burn(ana, 1, at_once=True), 409, "insufficient-balance")


def test_l17_the_sixth_try_within_a_minute_waits_and_a_replay_doesnt_count(town: Town) -> None:
    with town.open(rate_limits=True):
        till, ana = open_till(town)
        admin = town.make_member(role="admin")
        for number in range(6):
            assert till.earned(ana, 20_000, f"T-{number}") == 10, "keys of shops have a limit of their own"
        first = till.burn(ana, 1, key="one")
        for _ in range(8):
            again = till.burn(ana, 1, key="one")
            assert (again.status_code, again.json(), again.headers["idempotency-replayed"]) == (201, first.json(), "true")
        assert [till.burn(ana, 1, key=f"more-{number}").status_code for number in range(4)] == [201] * 4
        answer = till.burn(ana, 1, key="sixth")
        assert refused(answer, 429, "too-many-requests")["limit"] == 5
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert till.burn(ana, 1, key="one").json() == first.json(), "also when the limit is used up"
        assert [till.earn(ana, 1, f"by-hand-{number}", by=admin).status_code for number in range(6)] == [200] * 5 + [429]
        assert town.count(burn) == 5
        town.later(seconds=60)
        assert till.burn(ana, 1, key="sixth").status_code == 201


def test_l25_of_1000_parallel_burns_100_get_the_100_pieces(wide: Town) -> None:
    till, _ = open_till(wide)
    reward = till.counter.reward(10, stock=100, per_member=1)
    crowd = [wide.make_member() for _ in range(1_000)]
    version, now = till.counter.basis().version, wide.clock.at
    joins = (JoinProgram(till.program.id, who.id, version, needs_invitation=False) for who in crowd)
    assert not [one for one in wide.writer.post_all(Proposal(join, now, "test") for join in joins) if isinstance(one, Exception)]
    bought = [purchase_row(till.program.id, Purchase(f"T-{who.student_id}", who.student_id, 20_000, "GBP", now), now=now) for who in crowd]
    assert sum(one.points for one in decide_events(wide.place, till.program.id, bought, Manner("test", now))) == 10_000

    async def storm() -> list[httpx.Response]:
        # The client's own queue goes through all that wait for each that is done: most of the time would be its.
        turns = asyncio.Semaphore(100)

        async def take(client: httpx.AsyncClient, who: Member) -> httpx.Response:
            async with turns:
                body = {"member": who.student_id, "reward_id": str(reward), "at_once": True}
                return await client.post(f"{API}{till.path}/burn", json=body)

        async with httpx.AsyncClient(base_url=str(wide.http.base_url), headers=till.key, timeout=120) as client:
            return await asyncio.gather(*[take(client, who) for who in crowd])

    answers = asyncio.run(storm())
    assert sorted(answer.status_code for answer in answers) == [201] * 100 + [409] * 900
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"reward-sold-out"}
    codes = [answer.json()["voucher_code"] for answer in answers if answer.status_code == 201]
    assert (len(set(codes)), till.counter.stock(reward), wide.count(burn)) == (100, 0, 100)
    left = sum(wide.held(till.program, who).get("points", 0) for who in crowd[:20])
    assert left == 200 - 10 * sum(answer.status_code == 201 for answer in answers[:20])
