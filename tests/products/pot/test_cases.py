"""The acceptance cases of the pot, one test each, over HTTP and on both databases."""

import httpx
import pytest

from laurels.identity.tables import Member
from laurels.products.pot.rules import commitment_of, draw, threshold, wins
from products.pot.chatting import post, public, said, say
from products.pot.parlour import FIRST_SEED, Parlour
from support.site import refused

CERTAIN = {"odds": {"kind": "flat", "ppm": 1_000_000}}
PASSWORD = "seven quiet lanterns"
SENDERS, EACH = 10, 5
"""Fifty messages: each member's five cost 5, 10, 15, 20 and 25, whatever they win."""
PRICES = 75


def test_c01_a_refused_send_leaves_price_count_and_pot(served: Parlour) -> None:
    served.begin(daily_limit=30)
    ana, bo, cy = served.make_member(), served.make_member(), served.make_member()
    said(served, ana, client_seed=served.unlucky(ana, until=1))
    assert post(served, bo, "/pot/contribute", amount=28).status_code == 201
    assert post(served, cy, "/pot/pause", days=1).status_code == 200
    served.give(ana, -90)
    seen = [(served.read(who, "/messaging/quote"), served.read(who, "/currency/balance")) for who in (ana, bo, cy)]
    before = served.heads()
    refused(say(served, ana, max_price=9), 409, "price-moved")
    refused(say(served, ana), 409, "insufficient-balance")
    refused(say(served, bo), 409, "limit-reached")
    refused(say(served, cy), 409, "paused")
    refused(say(served, ana, " "), 422, "validation-failed")
    assert [(served.read(who, "/messaging/quote"), served.read(who, "/currency/balance")) for who in (ana, bo, cy)] == seen
    assert (served.heads(), served.read(ana, "/pot")["messages"], served.in_pot()) == (before, 1, 33)


def test_c02_a_price_that_moved_is_refused_with_the_new_one_unless_max_price_allows_it(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    dull = served.unlucky(ana, until=3)
    price = served.read(ana, "/messaging/quote")["price"]
    said(served, ana, client_seed=dull)  # from another tab
    problem = refused(say(served, ana, max_price=price, client_seed=dull), 409, "price-moved")
    assert (problem["price"], problem["max_price"]) == (10, 5)
    assert said(served, ana, max_price=problem["price"], client_seed=dull)["price"] == 10
    assert said(served, ana, max_price=1_000, client_seed=dull)["price"] == 15, "no more than it costs"


def test_c03_of_50_parallel_sends_the_debits_are_the_pots_rise_and_the_payouts(wide: Parlour) -> None:
    wide.begin()
    members = [wide.make_member() for _ in range(SENDERS)]
    for member in members:
        wide.headers(member)
    answers = wide.together(*[lambda member=member: say(wide, member) for member in members * EACH])
    check_sums(wide, members, answers)


def check_sums(parlour: Parlour, members: list[Member], answers: list[httpx.Response]) -> None:
    """Check that nothing was lost or made: every coin that was paid is in the pot or was won, and every place was taken once."""
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    done = [answer.json() for answer in answers]
    paid, won = sum(one["price"] for one in done), sum(one["prize"] for one in done)
    assert paid == SENDERS * PRICES
    assert paid == parlour.in_pot() + won
    assert sum(parlour.coins(member) for member in members) == SENDERS * 100 - paid + won
    for member in members:
        lines = parlour.postings(member)
        assert [-amount for kind, amount, _ in lines if kind == "message"] == [5, 10, 15, 20, 25]
        assert sum(amount for _, amount, _ in lines) == parlour.coins(member)
    messages = parlour.messages()
    ended = {one.number: one for one in parlour.rounds()}
    for number in range(1, parlour.pot().round + 1):
        places = [one.number for one in messages if one.round == number]
        assert places == list(range(1, len(places) + 1))
        prizes = [one.prize for one in messages if one.round == number and one.prize]
        assert prizes == ([ended[number].amount] if number in ended else []), "a round is won once, by its last message"
        assert sum(one.price for one in messages if one.round == number) == (sum(prizes) or parlour.in_pot())


def test_c04_of_two_winners_the_second_gets_the_new_rounds_pot(wide: Parlour) -> None:
    wide.begin(**CERTAIN)
    ana, bo, cy = wide.make_member(), wide.make_member(), wide.make_member()
    assert post(wide, cy, "/pot/contribute", amount=40).status_code == 201
    for member in (ana, bo):
        wide.headers(member)
    answers = wide.together(lambda: say(wide, ana), lambda: say(wide, bo))
    first, second = sorted((answer.json() for answer in answers), key=lambda one: int(one["round"]))
    assert (first["round"], first["number"], first["prize"]) == (1, 1, 45)
    assert (second["round"], second["number"], second["prize"]) == (2, 1, 5)
    assert sorted([wide.coins(ana), wide.coins(bo)]) == [100, 140]
    assert (wide.in_pot(), [one.amount for one in wide.rounds()]) == (0, [45, 5])


def test_c05_a_winning_send_that_is_retried_is_paid_once(wide: Parlour) -> None:
    wide.begin(**CERTAIN)
    ana, bo = wide.make_member(), wide.make_member()
    assert post(wide, bo, "/pot/contribute", amount=40).status_code == 201
    wide.headers(ana)
    answers = wide.together(*[lambda: say(wide, ana, key="one")] * 8)
    won = [answer.json() for answer in answers if answer.status_code == 201]
    assert won, [answer.text for answer in answers]
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} <= {"idempotency-key-in-flight"}
    again = say(wide, ana, key="one")
    assert (again.status_code, again.headers["idempotency-replayed"], again.json()) == (201, "true", won[0])
    assert all(one == won[0] for one in won)
    assert (won[0]["is_winner"], won[0]["prize"], wide.coins(ana), wide.in_pot()) == (True, 45, 140, 0)
    assert [kind for kind, _, _ in wide.postings(ana)] == ["start", "message", "prize"]
    assert wide.read(ana, "/currency/balance")["message_count"] == 1


def test_c06_the_revealed_seed_verifies_every_draw_and_the_commitment_predicts_none(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    promised = served.read(ana, "/pot")
    for place in (1, 2, 3, 4):
        who = ana if place % 2 else bo
        assert not said(served, who, client_seed=served.unlucky(who, until=6))["is_winner"]
    told = public(served, ana)
    assert FIRST_SEED.hex() not in told
    assert served.pot().seed_sealed not in told
    refused(served.get(ana, "/pot/rounds/1"), 409, "round-goes-on")
    refused(served.get(ana, "/pot/rounds/1/proof"), 409, "round-goes-on")
    assert said(served, ana, client_seed=served.lucky(ana, wins_at=5))["prize"] == 45
    proof = served.read(bo, "/pot/rounds/1/proof")
    assert (proof["commitment"], proof["params"], proof["params_hash"]) == tuple(
        promised[name] for name in ("commitment", "params", "params_hash")
    )
    seed, label = bytes.fromhex(proof["seed"]), proof["label"]
    assert commitment_of(label, proof["params_hash"], seed) == promised["commitment"]
    guess = bytes.fromhex(promised["commitment"])
    for one in proof["draws"]:
        drawn = (label, one["number"], one["member"], one["client_seed"])
        assert wins(seed, *drawn, ppm=one["ppm"]) == (one["prize"] > 0) == (draw(seed, *drawn) < threshold(one["ppm"]))
        assert draw(guess, *drawn) != draw(seed, *drawn)
    assert [(one["number"], one["price"], one["prize"]) for one in proof["draws"]] == [
        (1, 5, 0),
        (2, 5, 0),
        (3, 10, 0),
        (4, 10, 0),
        (5, 15, 45),
    ]


def test_c07_a_negative_or_unfunded_contribution_and_a_reset_by_a_non_admin_are_refused(served: Parlour) -> None:
    served.begin()
    ana, staff = served.make_member(), served.make_member(role="staff")
    assert post(served, ana, "/pot/contribute", amount=10).status_code == 201
    before = served.heads()
    for amount in (-1, 0):
        refused(post(served, ana, "/pot/contribute", amount=amount), 422, "validation-failed")
    problem = refused(post(served, ana, "/pot/contribute", amount=91), 409, "insufficient-balance")
    assert (problem["available"], problem["needed"]) == (90, 91)
    for who in (ana, staff):
        refused(post(served, who, "/pot/reset", reason="Mine."), 403, "forbidden")
    assert (served.heads(), served.in_pot(), served.pot().round) == (before, 10, 1)


def test_c08_without_a_win_five_messages_cost_75_and_the_sixth_is_too_much(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    dull = served.unlucky(ana, until=6)
    assert [said(served, ana, client_seed=dull)["price"] for _ in range(5)] == [5, 10, 15, 20, 25]
    problem = refused(say(served, ana, client_seed=dull), 409, "insufficient-balance")
    assert (problem["available"], problem["needed"]) == (25, 30)
    balance = served.read(ana, "/currency/balance")
    assert (balance["balance"], balance["message_count"], balance["next_price"]) == (25, 5, 30)
    assert served.read(ana, "/pot")["pot"] == 75


def test_c09_after_the_first_message_there_are_95_and_5_in_the_pot(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    done = said(served, ana, client_seed=served.unlucky(ana, until=1))
    assert (done["balance"], done["pot"], done["next_price"]) == (95, 5, 10)
    assert (served.read(ana, "/currency/balance")["balance"], served.read(ana, "/pot")["pot"]) == (95, 5)
    assert served.postings(ana) == [("start", 100, 100), ("message", -5, 95)]


@pytest.mark.parametrize("field", ["username", "student_id"])
def test_c10_a_duplicate_name_is_409_and_a_wrong_password_401(served: Parlour, field: str) -> None:
    newcomer = {"student_id": "C-1", "username": "cleo", "email": "cleo@example.org", "full_name": "Cleo Park", "password": PASSWORD}
    assert served.ask({}, "POST", "/auth/register", json=newcomer).status_code < 300
    other = {"student_id": "C-2", "username": "other", "email": "other@example.org", "full_name": "O. Park", "password": PASSWORD}
    refused(served.ask({}, "POST", "/auth/register", json={**other, field: newcomer[field]}), 409, "name-taken")
    refused(served.ask({}, "POST", "/auth/login", json={"username": "cleo", "password": "not her password"}), 401, "wrong-credentials")
    assert served.ask({}, "POST", "/auth/login", json={"username": "cleo", "password": PASSWORD}).status_code == 200
