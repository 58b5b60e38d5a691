"""Balances, statements, and coins that staff add or take, over HTTP."""

from datetime import UTC, datetime

import pytest

from laurels.identity.tables import staff_action
from laurels.products.pot.tables import coin_change
from products.pot.chatting import post, said
from products.pot.parlour import Parlour
from support.site import refused


def test_a_balance_tells_coins_messages_limits_and_what_comes(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    said(served, ana, client_seed=served.unlucky(ana, until=1))
    assert served.read(ana, "/currency/balance") == {
        "member_id": str(ana.id),
        "balance": 95,
        "message_count": 1,
        "next_price": 10,
        "daily_limit": 10_000,
        "paid_today": 5,
        "resets_at": "2026-11-21T00:00:00+00:00",
        "paused_until": None,
        "allowance": {"amount": 50, "up_to": 200, "next_at": "2026-11-23T00:00:00+00:00"},
    }
    served.clock.set(datetime(2026, 11, 23, tzinfo=UTC))
    later = served.read(ana, "/currency/balance")
    assert (later["balance"], later["paid_today"]) == (145, 0), "the week's allowance is there before anything touches it"
    assert later["allowance"]["next_at"] == "2026-11-30T00:00:00+00:00"


def test_a_statement_tells_every_movement_in_pages_and_as_a_table(served: Parlour) -> None:
    served.begin()
    ana, staff = served.make_member(), served.make_member(role="staff")
    done = said(served, ana, client_seed=served.unlucky(ana, until=1))
    for path, amount, reason in (("top-up", 30, "=HYPERLINK(1)"), ("deduct", 10, "Too many")):
        assert post(served, staff, f"/currency/{path}", member_id=str(ana.id), amount=amount, reason=reason).status_code == 201
    items = served.pages(ana, "/currency/statement", limit=2)
    assert [(one["kind"], one["amount"], one["balance_after"], one["reason"]) for one in items] == [
        ("deduction", -10, 115, "Too many"),
        ("top_up", 30, 125, "=HYPERLINK(1)"),
        ("message", -5, 95, None),
        ("start", 100, 100, None),
    ]
    assert items[2]["reference"] == done["message_id"]
    table = served.get(ana, "/currency/statement.csv")
    assert (table.headers["content-type"], table.headers["content-disposition"]) == (
        "text/csv; charset=utf-8",
        'attachment; filename="coins.csv"',
    )
    lines = table.text.splitlines()
    assert lines[0] == "created_at,kind,amount,balance_after,reference,reason"
    assert [line.split(",")[1] for line in lines[1:]] == ["deduction", "top_up", "message", "start"]
    assert lines[2].endswith(",'=HYPERLINK(1)"), "no formula"
    assert served.read(staff, "/currency/statement")["items"] == [], "each sees their own"
    refused(served.get(ana, "/currency/statement", cursor="bm9uZQ"), 422, "cursor-invalid")


def test_staff_add_and_take_coins_on_record(served: Parlour) -> None:
    served.begin()
    ana, staff = served.make_member(), served.make_member(role="staff")
    added = post(served, staff, "/currency/top-up", member_id=str(ana.id), amount=50, reason="Helped out")
    assert (added.status_code, added.json()) == (201, {"member_id": str(ana.id), "amount": 50, "balance": 150})
    taken = post(served, staff, "/currency/deduct", member_id=str(ana.id), amount=150, reason="By mistake")
    assert taken.json() == {"member_id": str(ana.id), "amount": -150, "balance": 0}
    problem = refused(post(served, staff, "/currency/deduct", member_id=str(ana.id), amount=1, reason="More"), 409, "insufficient-balance")
    assert (problem["available"], problem["needed"]) == (0, 1)
    assert (served.count(coin_change), served.count(staff_action)) == (2, 2)
    assert served.postings(ana) == [("start", 100, 100), ("top_up", 50, 150), ("deduction", -150, 0)]


def test_only_staff_add_or_take_coins(served: Parlour) -> None:
    served.begin()
    ana = served.make_member()
    for path in ("top-up", "deduct"):
        body = {"member_id": str(ana.id), "amount": 5, "reason": "Mine"}
        refused(post(served, ana, f"/currency/{path}", **body), 403, "forbidden")
        refused(served.ask({}, "POST", f"/currency/{path}", json=body), 401, "unauthenticated")
    assert served.coins(ana) == 0


@pytest.mark.parametrize("path", ["top-up", "deduct"])
def test_a_change_for_nobody_is_refused(served: Parlour, path: str) -> None:
    served.begin()
    staff = served.make_member(role="staff")
    before = served.heads()
    for unknown in ("nobody", "01a1f890-e37a-73f9-9bad-95b6014a4f20"):
        refused(post(served, staff, f"/currency/{path}", member_id=unknown, amount=5, reason="Why"), 404, "not-found")
    assert served.heads() == before


def test_a_suspended_member_gets_no_coins_and_may_lose_some(served: Parlour) -> None:
    served.begin()
    ana, staff = served.make_member(), served.make_member(role="staff")
    served.suspend(ana)
    body = {"member_id": str(ana.id), "amount": 5, "reason": "Why"}
    refused(post(served, staff, "/currency/top-up", **body), 409, "member-inactive")
    assert post(served, staff, "/currency/deduct", **body).json()["balance"] == 95


def test_what_is_done_once_is_answered_alike_when_it_comes_again(served: Parlour) -> None:
    served.begin()
    ana, admin = served.make_member(), served.make_member(role="admin")
    for who, path, body in (
        (admin, "/currency/top-up", {"member_id": str(ana.id), "amount": 5, "reason": "Why"}),
        (admin, "/currency/deduct", {"member_id": str(ana.id), "amount": 5, "reason": "Why"}),
        (ana, "/pot/contribute", {"amount": 7}),
        (admin, "/pot/reset", {"reason": "The term has ended"}),
        (ana, "/pot/pause", {"days": 3}),
    ):
        first = post(served, who, path, key="k", **body)
        assert first.status_code in (200, 201), first.text
        before = served.heads()
        again = post(served, who, path, key="k", **body)
        assert (again.status_code, again.json()) == (first.status_code, first.json()), path
        assert again.headers["idempotency-replayed"] == "true", path
        assert served.heads() == before, path
        assert again.headers.get("location") == first.headers.get("location")
