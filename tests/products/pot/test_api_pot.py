"""The pot, its rounds and their proofs, limits and rules, over HTTP."""

import orjson
import pytest
from sqlalchemy import QueuePool

from laurels.products.pot.queries import proofs
from products.pot.chatting import post, said
from products.pot.parlour import FIRST_SEED, Parlour
from support.site import API, refused


def test_a_contribution_fills_the_pot_and_counts_against_the_day(served: Parlour) -> None:
    served.begin(daily_limit=40)
    ana = served.make_member()
    answer = post(served, ana, "/pot/contribute", amount=30)
    assert (answer.status_code, answer.json()) == (201, {"amount": 30, "balance": 70, "pot": 30, "round": 1})
    problem = refused(post(served, ana, "/pot/contribute", amount=11), 409, "limit-reached")
    assert (problem["limit"], problem["used"], problem["left"], problem["resets_at"]) == (40, 30, 10, "2026-11-21T00:00:00+00:00")
    now = served.read(ana, "/pot")
    assert (now["pot"], now["contributed"], now["messages"], now["paid"]) == (30, 30, 0, 0)


def test_an_admin_resets_the_pot_on_record_for_all_to_read(served: Parlour) -> None:
    served.begin()
    ana, admin = served.make_member(), served.make_member(role="admin")
    promised = served.read(ana, "/pot")["commitment"]
    assert post(served, ana, "/pot/contribute", amount=30).status_code == 201
    answer = post(served, admin, "/pot/reset", reason="The term has ended")
    assert (answer.status_code, answer.json()) == (201, {"round": 1, "amount": 30, "current_round": 2})
    assert answer.headers["location"] == f"{API}/pot/rounds/1"
    ended = served.read(ana, "/pot/rounds/1")
    assert (ended["ended_by"], ended["winner"], ended["reason"], ended["amount"]) == ("reset", None, "The term has ended", 30)
    assert (ended["seed"], ended["commitment"]) == (FIRST_SEED.hex(), promised)
    assert served.read(ana, "/pot")["commitment"] != promised


def test_rounds_and_draws_come_in_pages(served: Parlour) -> None:
    served.begin()
    ana, admin = served.make_member(), served.make_member(role="admin")
    dull = served.unlucky(ana, until=3)
    sent = [said(served, ana, client_seed=dull) for _ in range(3)]
    for _ in range(4):
        assert post(served, admin, "/pot/reset", reason="Again").status_code == 201
    rounds = served.pages(ana, "/pot/rounds", limit=3)
    assert [one["round"] for one in rounds] == [4, 3, 2, 1]
    assert rounds[-1] == served.read(ana, "/pot/rounds/1")
    draws = served.pages(ana, "/pot/rounds/1/draws", limit=2)
    assert [(one["number"], one["message_id"], one["price"], one["client_seed"]) for one in draws] == [
        (place, one["message_id"], one["price"], dull) for place, one in enumerate(sent, start=1)
    ]
    for path in ("/pot/rounds/5", "/pot/rounds/5/proof"):
        refused(served.get(ana, path), 409, "round-goes-on")
    assert served.read(ana, "/pot/rounds/5/draws")["items"] == []
    for path in ("/pot/rounds/6", "/pot/rounds/6/proof", "/pot/rounds/6/draws"):
        refused(served.get(ana, path), 404, "not-found")
    for wrong in ("0", "-1", "x", "1.0", "+1", str(2**31)):
        refused(served.get(ana, f"/pot/rounds/{wrong}"), 422, "validation-failed")
    for path in ("/pot/rounds", "/pot/rounds/1/draws"):
        refused(served.get(ana, path, cursor="bm9uZQ"), 422, "cursor-invalid")


def test_a_proof_is_a_file_with_all_draws(served: Parlour) -> None:
    served.begin(price={"kind": "capped", "step": 1, "most": 1})
    ana, bo = served.make_member(), served.make_member()
    dull = served.unlucky(ana, until=20)
    for _ in range(20):
        said(served, ana, client_seed=dull)
    said(served, bo, client_seed=served.lucky(bo, wins_at=21))
    answer = served.get(ana, "/pot/rounds/1/proof")
    assert answer.headers["content-disposition"] == 'attachment; filename="round-1.json"'
    assert answer.headers["content-type"] == "application/json"
    proof, round = answer.json(), served.read(ana, "/pot/rounds/1")
    same = ("round", "label", "params", "params_hash", "commitment", "seed", "ended_by", "amount")
    assert {name: proof[name] for name in same} == {name: round[name] for name in same}
    assert (proof["pot"], proof["winner"], round["winner"]["member_id"]) == ("main", str(bo.id), str(bo.id))
    assert [one["number"] for one in proof["draws"]] == list(range(1, 22))
    assert [one["prize"] for one in proof["draws"]] == [0] * 20 + [21]


def test_a_lower_limit_holds_at_once_and_a_higher_one_from_tomorrow(served: Parlour) -> None:
    served.begin(daily_limit=1_000)
    ana = served.make_member()
    assert served.read(ana, "/pot/limits") == {
        "daily_limit": 1_000,
        "community_limit": 1_000,
        "own_limit": None,
        "later_limit": None,
        "later_from": None,
        "paid_today": 0,
        "left_today": 1_000,
        "resets_at": "2026-11-21T00:00:00+00:00",
        "paused_until": None,
    }
    lower = served.ask(ana, "PUT", "/pot/limits", json={"daily_limit": 12}, key="k")
    assert (lower.json()["daily_limit"], lower.json()["own_limit"]) == (12, 12)
    assert served.ask(ana, "PUT", "/pot/limits", json={"daily_limit": 12}, key="k").headers["idempotency-replayed"] == "true"
    assert post(served, ana, "/pot/contribute", amount=8).status_code == 201
    refused(post(served, ana, "/pot/contribute", amount=5), 409, "limit-reached")
    none = served.ask(ana, "PUT", "/pot/limits", json={"daily_limit": None}).json()
    assert (none["daily_limit"], none["left_today"], none["later_limit"], none["later_from"]) == (12, 4, None, "2026-11-21")
    served.later(days=1)
    told = served.read(ana, "/pot/limits")
    assert (told["daily_limit"], told["own_limit"], told["later_from"], told["left_today"]) == (1_000, None, None, 1_000)


def test_a_pause_keeps_out_and_isnt_shortened(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    assert post(served, ana, "/pot/pause", days=7).json()["paused_until"] == "2026-11-27T10:00:00+00:00"
    assert post(served, ana, "/pot/pause", days=1).json()["paused_until"] == "2026-11-27T10:00:00+00:00"
    problem = refused(post(served, ana, "/pot/contribute", amount=1), 409, "paused")
    assert problem["paused_until"] == "2026-11-27T10:00:00+00:00"
    assert served.read(ana, "/currency/balance")["paused_until"] == "2026-11-27T10:00:00+00:00"
    served.later(days=7)
    assert post(served, ana, "/pot/contribute", amount=1).status_code == 201
    assert served.read(ana, "/pot/limits")["paused_until"] is None


def test_rules_are_read_by_all_and_changed_by_staff_for_a_version(served: Parlour) -> None:
    served.begin()
    ana, staff = served.make_member(), served.make_member(role="staff")
    answer = served.get(ana, "/pot/rules")
    tag, rules = answer.headers["etag"], answer.json()
    assert (tag, rules["starting_coins"], rules["price"]) == ('"1"', 100, {"kind": "linear", "step": 5})
    unchanged = served.http.get(f"{API}/pot/rules", headers=served.headers(ana) | {"If-None-Match": tag})
    assert unchanged.status_code == 304
    wanted = {**rules, "daily_limit": 20, "price": {"kind": "linear", "step": 7}}
    path = f"{API}/pot/rules"
    refused(served.http.put(path, json=wanted, headers=served.headers(ana) | {"If-Match": tag}), 403, "forbidden")
    refused(served.http.put(path, json=wanted, headers=served.headers(staff)), 428, "precondition-required")
    changed = served.http.put(path, json=wanted, headers=served.headers(staff) | {"If-Match": tag})
    assert (changed.status_code, changed.headers["etag"], changed.json()) == (200, '"2"', wanted)
    refused(served.http.put(path, json=rules, headers=served.headers(staff) | {"If-Match": tag}), 412, "precondition-failed")
    assert served.read(ana, "/pot/limits")["daily_limit"] == 20, "all but the draw holds at once"
    assert served.read(ana, "/messaging/quote")["price"] == 5, "the round keeps what it began with"
    said(served, ana, client_seed=served.lucky(ana, wins_at=1))
    assert served.read(ana, "/messaging/quote")["price"] == 14, "the second message, by the new round's step"


def test_a_preview_tells_what_rules_would_mean_and_changes_nothing(served: Parlour) -> None:
    served.begin()
    ana, staff = served.make_member(), served.make_member(role="staff")
    before, row = served.heads(), served.pot()
    wanted = {"price": {"kind": "capped", "step": 20, "most": 50}, "odds": {"kind": "falling", "ppm": 100_000}}
    refused(post(served, ana, "/pot/rules/preview", **wanted), 403, "forbidden")
    seen = post(served, staff, "/pot/rules/preview", **wanted).json()
    assert (seen["from_round"], seen["now"]["prices"]) == (2, [5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
    assert seen["then"]["prices"] == [20, 40, *[50] * 8]
    chances = [(one["pot"], one["odds_ppm"]) for one in seen["then"]["chances"]]
    assert chances == [
        (0, 100_000),
        (50, 100_000),
        (500, 34_615),
        (5_000, 3_585),
    ]
    assert (served.heads(), served.pot()) == (before, row)


def test_strangers_see_nothing_of_the_pot(served: Parlour) -> None:
    served.begin()
    for path in ("/pot", "/pot/rounds", "/pot/rounds/1", "/pot/rounds/1/draws", "/pot/rounds/1/proof", "/pot/stream", "/pot/rules"):
        refused(served.get({}, path), 401, "unauthenticated")
    for path in ("/currency/statement", "/currency/statement.csv", "/messaging/history", "/messaging/messages/x", "/pot/limits"):
        refused(served.get({}, path), 401, "unauthenticated")


def test_who_reads_a_proof_slowly_holds_no_connection(parlour: Parlour, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "DRAWS_IN_A_PIECE", 2)
    parlour.begin()
    ana = parlour.make_member()
    for place in range(1, 6):
        parlour.send(ana, client_seed=parlour.lucky(ana, wins_at=5) if place == 5 else parlour.unlucky(ana, until=5))
    pool = parlour.database.read.pool
    assert isinstance(pool, QueuePool)
    parlour.writer.stop()  # it has one of its own
    text = b""
    for piece in proofs.proof_of(parlour.database, 1):
        text += piece
        assert pool.checkedout() == 0
    assert [draw["number"] for draw in orjson.loads(text)["draws"]] == [1, 2, 3, 4, 5]
