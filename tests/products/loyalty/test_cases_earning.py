"""The acceptance cases of loyalty about purchases, one test each, over HTTP and on both databases."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import UUID

from fastapi import FastAPI
import httpx
import jwt
import pytest

from laurels.core.secrets import secret_key
from laurels.identity.tokens import Keys, issue_access_token
from laurels.ledger.writer import forget_requests, hold_book
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.tables import purchase
from products.loyalty.terms_paper import rule
from products.loyalty.till import WAIT, Till, open_till
from products.loyalty.town import Town
from support.applications import MakeApp
from support.servers import serving
from support.site import API, refused


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """An instant, in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rules", "amount", "points"),
    [(rule(), 10_000, 5), (rule(), 9_999, 4), (rule(), 1_999, 0), (rule(points=1), 25_000, 2), (rule(accrual="whole_steps"), 9_999, 0)],
)
def test_l01_points_for_amounts_are_rounded_down_and_nothing_is_recorded_too(
    served: Town, rules: dict[str, Any], amount: int, points: int
) -> None:
    till, ana = open_till(served, None, rules)
    answer = till.earn(ana, amount, "T-1")
    assert (answer.status_code, answer.json()["status"], answer.json()["points"]) == (200, "earned", points)
    told = till.read(answer)
    assert (told["status"], told["amount"], told["points"], told["member"]) == ("earned", amount, points, ana.student_id)
    assert served.count(purchase) == 1
    assert till.balance(ana)["balance"] == points


def test_l02_the_same_purchase_under_a_new_key_answers_as_before(served: Town) -> None:
    till, ana = open_till(served)
    first = till.earn(ana, 10_000, "T-1", key="one").json()
    when = served.clock.at
    served.later(days=40)
    for waits in (True, False):
        again = till.earn(ana, 10_000, "T-1", at=when, key=f"two-{waits}", waits=waits)
        assert again.json() == first | {"is_replay": True}
    assert served.postings(till.program, ana) == [("earn", 5, 5)]


def test_l03_the_same_key_with_another_body_is_refused(served: Town) -> None:
    till, ana = open_till(served)
    till.earned(ana, 10_000, "T-1", key="one")
    refused(till.earn(ana, 10_000, "T-2", key="one"), 422, "idempotency-key-reused")
    refused(till.earn(ana, 20_000, "T-1", key="one"), 422, "idempotency-key-reused")
    assert till.balance(ana)["balance"] == 5


def test_l04_a_key_in_flight_is_a_conflict_here_and_waits_in_another_process(wide: Town, make_app: MakeApp) -> None:
    till, ana = open_till(wide)
    body = {
        "transaction_id": "T-1",
        "member": ana.student_id,
        "amount": 10_000,
        "currency": "GBP",
        "occurred_at": wide.clock.at.isoformat(),
    }
    sent = till.key | WAIT | {"Idempotency-Key": "one"}
    elsewhere = make_app()
    answers: list[httpx.Response] = []
    with serving(elsewhere) as address, wide.database.write.begin() as connection:
        hold_book(connection, book_of(till.program.id))
        here = Thread(target=lambda: answers.append(till.earn(ana, 10_000, "T-1", key="one")))
        here.start()
        _wait_for_key(wide.app)
        refused(till.earn(ana, 10_000, "T-1", key="one"), 409, "idempotency-key-in-flight")
        there = Thread(target=lambda: answers.append(httpx.post(f"{address}{API}{till.path}/earn", json=body, headers=sent, timeout=30)))
        there.start()
        _wait_for_key(elsewhere)
        assert answers == [], "neither has an answer while the book is held"
        connection.rollback()
        for waiting in (here, there):
            waiting.join(30)
    assert [(answer.status_code, answer.json()["points"]) for answer in answers] == [(200, 5)] * 2
    assert sorted(answer.json()["is_replay"] for answer in answers) == [False, True]
    assert wide.postings(till.program, ana) == [("earn", 5, 5)]


def _wait_for_key(app: FastAPI) -> None:
    """Wait until an application has a request's key in its hands."""
    pause = Event()
    for _ in range(3_000):
        if app.state.context.keys_in_flight._keys:  # nothing outside tells it
            return
        pause.wait(0.01)
    raise AssertionError("the request never came")


def test_l05_keys_of_other_programs_and_callers_are_apart(served: Town) -> None:
    till, ana = open_till(served)
    beside, bo = open_till(served)
    second = Till(till.counter)
    admin = served.make_member(role="admin")
    assert till.earned(ana, 10_000, "T-1", key="one") == 5
    assert beside.earned(bo, 20_000, "T-1", key="one") == 10
    assert second.earned(ana, 30_000, "T-2", key="one") == 15
    assert till.earned(ana, 40_000, "T-3", key="one", by=admin) == 20
    assert beside.earned(bo, 50_000, "T-2", key="one", by=admin) == 25
    assert (till.balance(ana)["balance"], beside.balance(bo)["balance"]) == (40, 35)


def test_l06_a_crash_after_the_commit_and_the_same_request_again(town: Town) -> None:
    """Nobody heard the first answer; the application that is asked again is another one."""
    with town.open():
        till, ana = open_till(town)
        lost = till.earn(ana, 10_000, "T-1", key="one")
        before = town.heads()
    with town.open():
        again = till.earn(ana, 10_000, "T-1", key="one")
        assert (again.status_code, again.json()["points"]) == (lost.status_code, 5)
        assert again.headers["location"] == lost.headers["location"]
        assert again.json()["event_id"] == lost.json()["event_id"]
        assert town.heads() == before
        assert town.postings(till.program, ana) == [("earn", 5, 5)]


def test_l07_strangers_and_archived_programs_are_refused(served: Town) -> None:
    till, ana = open_till(served, {"unknown_members": "refuse"})
    bo = served.make_member()
    for name in (bo, "nobody", str(bo.id)):
        refused(till.earn(name, 10_000, "T-1"), 409, "unknown-member")
    for body in ({"points": 1}, {"points": 1, "member": bo.student_id}):
        by = bo if "member" not in body else till.key
        refused(till.burn(bo, by=by, **body), 409, "not-a-member" if by is bo else "unknown-member")
    till.counter.become("archived")
    for answer in (till.earn(ana, 10_000, "T-1"), till.earn(ana, 10_000, "T-1", waits=False), till.burn(ana, 1)):
        refused(answer, 409, "program-closed")
    assert served.count(purchase) == 0


def test_l08_the_rules_at_the_purchases_time_count(served: Town) -> None:
    till, ana = open_till(served)
    bought = served.clock.at
    before = till.earn(ana, 10_000, "T-1", waits=False)
    assert (before.status_code, before.json()["status"]) == (202, "accepted")
    served.later(minutes=1)
    till.counter.terms(rule(points=100))
    late = till.earn(ana, 10_000, "T-2", at=bought, waits=False)
    after = till.earn(ana, 10_000, "T-3", waits=False)
    till.work()
    told = [till.read(answer) for answer in (before, late, after)]
    assert [(one["status"], one["points"], one["terms_version"]) for one in told] == [
        ("earned", 5, 1),
        ("earned", 5, 1),
        ("earned", 100, 2),
    ]


def test_l17b_a_refused_key_stays_refused_and_the_purchase_may_come_again(served: Town) -> None:
    till, _ = open_till(served, {"unknown_members": "refuse"})
    bo, when = served.make_member(), served.clock.at
    refused(till.earn(bo, 10_000, "T-1", at=when, key="one"), 409, "unknown-member")
    served.join(till.program, bo)
    for days in (0, 29):
        served.clock.set(when + timedelta(days=days))
        answer = till.earn(bo, 10_000, "T-1", at=when, key="one")
        refused(answer, 409, "unknown-member")
        assert answer.headers["idempotency-replayed"] == "true"
    assert served.held(till.program, bo) == {}
    assert till.earned(bo, 10_000, "T-1", at=when, key="two") == 5
    served.clock.set(when + timedelta(days=30))
    with served.database.write.begin() as connection:
        assert forget_requests(connection, served.clock.at, limit=100) >= 1
    again = till.earn(bo, 10_000, "T-1", at=when, key="one")
    assert (again.status_code, again.json()["points"], again.json()["is_replay"]) == (200, 5, True)
    assert served.held(till.program, bo) == {"points": 5, "earned": 5}


def test_l18_a_members_token_neither_earns_nor_looks_at_others(served: Town) -> None:
    till, ana = open_till(served)
    bo = served.make_member()
    served.join(till.program, bo)
    refused(till.earn(ana, 10_000, "T-1", by=ana), 403, "forbidden")
    assert served.get(ana, f"{till.path}/balance").status_code == 200
    for name in (bo.student_id, str(bo.id)):
        assert served.get(ana, f"{till.path}/balance", member=name).status_code in (403, 404)
    keys = Keys.of(secret_key(served.place.settings))
    good = served.headers(ana)["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(good, options={"verify_signature": False})
    now = served.clock.at - timedelta(hours=2)
    old = issue_access_token(keys, session_id=UUID(claims["sid"]), member_id=ana.id, now=now, minutes=60)
    for token in (old, jwt.encode(claims, "", algorithm="none")):
        for answer in (
            served.get({"Authorization": f"Bearer {token}"}, f"{till.path}/balance"),
            till.earn(ana, 10_000, "T-1", by={"Authorization": f"Bearer {token}"}),
        ):
            assert answer.status_code == 401, answer.text
    assert served.count(purchase) == 0


def test_l19_another_currency_is_refused(served: Town) -> None:
    till, ana = open_till(served)
    problem = refused(till.earn(ana, 10_000, "T-1", currency="EUR"), 422, "wrong-currency")
    assert (problem["expected"], problem["currency"]) == ("GBP", "EUR")
    refused(till.give_back(10_000, "R-1", who=ana, currency="EUR"), 422, "wrong-currency")
    assert served.held(till.program, ana) == {}


def test_l20_two_equal_purchases_with_two_ids_both_earn(served: Town) -> None:
    till, ana = open_till(served)
    assert [till.earned(ana, 10_000, name) for name in ("T-1", "T-2")] == [5, 5]
    assert till.balance(ana)["balance"] == 10


@pytest.mark.parametrize("waits", [True, False])
def test_l21_a_purchases_id_for_another_member_is_a_conflict(wide: Town, waits: bool) -> None:
    till, ana = open_till(wide)
    others = [wide.make_member() for _ in range(5)]
    for who in others:
        wide.join(till.program, who)
    answers = wide.together(*[lambda who=who: till.earn(who, 10_000, "T-1", waits=waits) for who in [ana, *others]])  # type: ignore[misc]  # mypy can't infer this lambda
    assert sorted(answer.status_code for answer in answers) == [200 if waits else 202] + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"purchase-conflict"}
    till.work()
    refused(till.earn(wide.make_member(), 10_000, "T-1", waits=waits), 409, "purchase-conflict")
    assert sum(wide.held(till.program, who).get("points", 0) for who in [ana, *others]) == 5
    assert wide.count(purchase) == 1


@pytest.mark.parametrize(("year", "expires"), [(2027, at(2027, 3, 1, 0)), (2028, at(2028, 3, 1, 0))])
def test_l22_31_january_and_one_month_is_the_end_of_february(served: Town, year: int, expires: datetime) -> None:
    till, ana = open_till(served, {"expiry": {"kind": "months", "months": 1}})
    served.at(year, 1, 31)
    till.earned(ana, 10_000, "T-1")
    served.clock.set(expires - timedelta(seconds=1))
    assert till.balance(ana)["balance"] == 5
    served.clock.set(expires)
    assert till.balance(ana)["balance"] == 0


@pytest.mark.parametrize(("when_full", "points"), [("clip", 10), ("deny", 0)])
def test_l23_a_cap_clips_or_denies_and_a_return_frees_its_room(served: Town, when_full: str, points: int) -> None:
    till, ana = open_till(served, None, rule(spend_per=100, points=1, cap={"points": 250, "window": "month", "when_full": when_full}))
    assert till.earned(ana, 24_000, "T-1") == 240
    assert till.earned(ana, 1_500, "T-2") == points
    assert till.give_back(2_000, "R-1", of="T-1").json()["points"] == 20
    assert till.earned(ana, 1_500, "T-3") == 15
    assert till.balance(ana)["balance"] == 240 + points - 20 + 15


def test_l24_the_oldest_goes_first_whenever_it_was_told(served: Town) -> None:
    till, ana = open_till(served, None, rule(spend_per=1, points=1))
    till.earned(ana, 1_000, "T-1", at=at(2026, 11, 2, 14))
    till.earned(ana, 200, "T-2", at=at(2026, 11, 1, 11))
    assert till.give_back(200, "R-1", who=ana, at=at(2026, 10, 31, 15)).json()["taken"] == 200
    till.earned(ana, 10_000, "T-3", at=at(2026, 11, 1, 14))
    till.earned(ana, 300, "T-4", at=at(2026, 10, 31, 10))
    assert till.burn(ana, 5_000, at_once=True).status_code == 201
    assert [(lot.earned_at, lot.left) for lot in till.counter.lots(ana)] == [(at(2026, 11, 1, 14), 5_300), (at(2026, 11, 2, 14), 1_000)]
    assert till.balance(ana)["balance"] == 6_300
