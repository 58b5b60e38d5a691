"""Purses, quotas, snapshots and the statement, over HTTP."""

from typing import Any

from laurels.identity.tables import Member
from products.recognition.community import Community


def lines(community: Community, who: Member, **query: Any) -> list[tuple[str, str, int, int, str]]:
    """A statement's lines: kind, purse, delta, balance, month."""
    answer = community.get(who, "/me/purse/statement", **query)
    assert answer.status_code == 200, answer.text
    names = ("kind", "purse", "credits_delta", "running_balance", "month_bucket")
    return [tuple(line[name] for name in names) for line in answer.json()["items"]]  # type: ignore[misc]  # five of them


def test_a_fresh_members_purse(served: Community) -> None:
    assert served.purse(served.join()) == {
        "month_bucket": "2026-11",
        "allowance": 100,
        "credits_sent": 0,
        "limit_amount": 100,
        "sendable": 100,
        "received": 0,
        "redeeming": 0,
        "owed": 0,
        "carries": 50,
        "reset_at": "2026-12-01T00:00:00+00:00",
    }
    assert served.heads() == [], "reading writes nothing"


def test_a_purse_after_giving_receiving_and_redeeming(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 30)
    served.gave(bo, ana, 5)
    served.redeem(bo, 10)
    purse = served.purse(bo)
    assert (purse["allowance"], purse["credits_sent"], purse["sendable"], purse["received"]) == (95, 5, 95, 20)
    assert served.purse(ana)["carries"] == 50


def test_a_purse_of_a_month_that_nobody_opened_is_true_all_the_same(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.at(2026, 10, 5)
    served.gave(ana, bo, 80)
    before = served.heads()
    served.at(2026, 11, 1, 0, 0, 0)
    purse = served.purse(ana)
    assert (purse["allowance"], purse["credits_sent"], purse["sendable"]) == (120, 0, 100)
    quota = served.get(ana, "/me/quotas").json()
    assert (quota["carry_forward_applied"], quota["carry_forward_credits"]) == (True, 20)
    assert served.heads() == before


def test_quotas_tell_every_month_its_own(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.at(2026, 9, 5)
    served.gave(ana, bo, 70)
    served.at(2026, 11, 20)
    served.gave(ana, bo, 10)
    quotas = {month: served.get(ana, "/me/quotas", month=month).json() for month in ("2026-08", "2026-09", "2026-10", "2026-11")}
    told = {month: (one["credits_sent"], one["limit_amount"], one["carry_forward_credits"]) for month, one in quotas.items()}
    assert told == {"2026-08": (0, 100, 0), "2026-09": (70, 100, 0), "2026-10": (0, 100, 30), "2026-11": (10, 100, 50)}
    assert quotas["2026-09"]["reset_at"] == "2026-10-01T00:00:00+00:00"
    assert served.get(ana, "/me/quotas").json() == quotas["2026-11"]


def test_snapshots_come_in_pages_also_those_that_nothing_closed_yet(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.at(2026, 7, 5)
    served.gave(ana, bo, 90)
    served.at(2026, 9, 5)
    served.gave(ana, bo, 90)
    served.at(2026, 11, 5)
    months: list[tuple[str, int]] = []
    query: dict[str, Any] = {"limit": 1}
    while True:
        page = served.get(ana, "/me/snapshots", **query).json()
        months += [(one["month_bucket"], one["balance_end"]) for one in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert months == [("2026-10", 150), ("2026-09", 60), ("2026-08", 110), ("2026-07", 10)]


def test_the_statement_names_every_movement(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join(), served.join()
    served.at(2026, 10, 5)
    kept = served.gave(ana, bo, 30)
    served.at(2026, 11, 20)
    taken = served.gave(ana, bo, 20)
    redeemed = served.redeem(bo, 40).json()["redemption_id"]
    served.post(staff, f"/recognitions/{taken}/reversal", {"reason": "By mistake."})
    served.gave(ana, bo, 15)
    assert lines(served, bo)[::-1] == [
        ("RECOGNITION_IN", "received", 30, 30, "2026-10"),
        ("RECOGNITION_IN", "received", 20, 50, "2026-11"),
        ("REDEMPTION", "received", -40, 10, "2026-11"),
        ("REVERSAL", "received", -10, 0, "2026-11"),
        ("RECOGNITION_IN", "received", 15, 15, "2026-11"),
        ("REVERSAL", "received", -10, 5, "2026-11"),
    ]
    assert lines(served, ana)[::-1] == [
        ("RESET", "allowance", 100, 100, "2026-10"),
        ("RECOGNITION_OUT", "allowance", -30, 70, "2026-10"),
        ("CARRY_FORWARD_CAP", "allowance", -20, 50, "2026-10"),
        ("CARRY_FORWARD", "allowance", -50, 0, "2026-10"),
        ("CARRY_FORWARD", "allowance", 50, 50, "2026-11"),
        ("RESET", "allowance", 100, 150, "2026-11"),
        ("RECOGNITION_OUT", "allowance", -20, 130, "2026-11"),
        ("REVERSAL", "allowance", 10, 140, "2026-11"),
        ("REVERSAL", "allowance", 10, 150, "2026-11"),
        ("RECOGNITION_OUT", "allowance", -15, 135, "2026-11"),
    ]
    whole = served.get(bo, "/me/purse/statement").json()["items"]
    assert [line["source_ref"] for line in whole[::-1][:4]] == [kept, taken, redeemed, taken]
    assert whole[-1]["created_at"] == "2026-10-05T12:00:00+00:00"
    assert lines(served, bo, purse="allowance") == []


def test_the_statement_comes_in_pages(served: Community) -> None:
    ana, bo = served.join(), served.join()
    for credits in range(1, 6):
        served.gave(ana, bo, credits)
        served.gave(bo, ana, credits)
    whole = lines(served, ana)
    paged: list[Any] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        paged += lines(served, ana, **query)
        query["cursor"] = served.get(ana, "/me/purse/statement", **query).json()["next_cursor"]
        if query["cursor"] is None:
            break
    assert (paged, len(whole)) == (whole, 11)
