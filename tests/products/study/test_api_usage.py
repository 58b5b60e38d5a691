"""Tokens over HTTP: how limits stand, who set them, and each call of a model."""

import csv
from io import StringIO
from typing import Any

import httpx

from products.study.school import School
from support.site import refused


def table(answer: httpx.Response) -> list[dict[str, str]]:
    """The rows of a table."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
    return list(csv.DictReader(StringIO(answer.text)))


def test_my_usage_tells_of_each_class_what_was_used_held_and_is_left(served: School) -> None:
    room, _, (ana,) = served.with_members(1)
    served.later(minutes=1)
    mine = served.found(ana, "Alone", zone="America/Lima")
    served.limit(room, ana, daily=10_000)
    served.capture(served.spend(room, ana, 3_000), 1_000)
    served.spend(room, ana, 500)
    first, second = served.pages(ana, "/usage/my-usage", limit=1)
    assert [one["class_id"] for one in (first, second)] == [str(mine.id), str(room.id)]
    assert second["own"]["daily"] == {
        "window": "2026-11-20",
        "tokens_used": 1_000,
        "held": 500,
        "limit": 10_000,
        "left": 8_500,
        "resets_at": "2026-11-20T23:00:00+00:00",
        "last_reset": "2026-11-19T23:00:00+00:00",
    }
    assert (second["own"]["weekly"]["window"], second["own"]["monthly"]["window"]) == ("2026-W47", "2026-11")
    assert (second["share"], second["sponsor"], second["is_sponsored"]) == (None, None, False)
    assert (first["sponsor"]["daily"]["limit"], first["own"]["daily"]["resets_at"]) == (5_000_000, "2026-11-21T05:00:00+00:00")


def test_a_sponsored_member_sees_their_share_and_the_owner_the_whole_budget(served: School) -> None:
    room, owner, (ana, bo) = served.with_members(2)
    served.sponsor(room, ana, bo)
    served.capture(served.spend(room, ana, 3_000), 1_000)
    served.capture(served.spend(room, bo, 3_000), 200)
    (anas,) = served.pages(ana, "/usage/my-usage")
    (owners,) = served.pages(owner, "/usage/my-usage")
    assert (anas["own"]["daily"]["tokens_used"], anas["share"]["daily"]["tokens_used"], anas["sponsor"]) == (0, 1_000, None)
    assert (owners["sponsor"]["weekly"]["tokens_used"], owners["own"]["weekly"]["tokens_used"]) == (1_200, 0)
    seen = {one["user_id"]: one for one in served.pages(owner, f"/usage/classes/{room.id}/members")}
    assert {who: one["share"] and one["share"]["monthly"]["tokens_used"] for who, one in seen.items()} == {
        str(owner.id): None,
        str(ana.id): 1_000,
        str(bo.id): 200,
    }


def test_the_table_of_members_says_the_same_as_the_list(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 3_000), 1_000)
    rows = {row["user_id"]: row for row in table(served.get(owner, f"/usage/classes/{room.id}/members.csv"))}
    anas = rows[str(ana.id)]
    assert (anas["share_daily_used"], anas["share_monthly_limit"], anas["own_daily_used"]) == ("1000", "15000000", "0")
    assert (rows[str(owner.id)]["share_daily_used"], rows[str(owner.id)]["own_weekly_limit"]) == ("", "5000000")
    refused(served.get(ana, f"/usage/classes/{room.id}/members.csv"), 403, "forbidden")


def test_a_name_that_looks_like_a_formula_is_none_in_the_table(served: School) -> None:
    room, owner, _ = served.with_members(0)
    ana = served.make_member(display_name="=1+1")
    served.join(room, ana)
    rows = {row["user_id"]: row for row in table(served.get(owner, f"/usage/classes/{room.id}/members.csv"))}
    assert rows[str(ana.id)]["display_name"] == "'=1+1"


def test_limits_are_set_and_listed(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path = f"/usage/classes/{room.id}/limits"
    answer = served.ask(owner, "PUT", f"{path}/{ana.id}", json={"daily_token_limit": 0, "monthly_token_limit": 9})
    assert answer.json() == {
        "user_id": str(ana.id),
        "display_name": ana.display_name,
        "daily_token_limit": 0,
        "weekly_token_limit": 5_000_000,
        "monthly_token_limit": 9,
        "max_concurrent_chats": 3,
        "is_sponsored": False,
    }
    assert answer.json() in served.pages(owner, path, limit=1)
    for body in ({"daily_token_limit": -1}, {"daily_token_limit": "5"}, {"daily_token_limit": 10**12 + 1}, {"yearly_token_limit": 1}):
        refused(served.ask(owner, "PUT", f"{path}/{ana.id}", json=body), 422, "validation-failed")
    refused(served.ask(owner, "PUT", f"{path}/nobody", json={"daily_token_limit": 1}), 404, "not-found")


def test_records_are_mine_and_for_managers_those_of_their_class(served: School) -> None:
    room, owner, (ana, bo) = served.with_members(2)
    other = served.found(ana, "Alone")
    served.capture(served.spend(room, ana, 3_000), 1_000, cost=150)
    served.later(minutes=1)
    served.spend(other, ana, 10, operation="EMBEDDING")
    served.later(minutes=1)
    served.release(served.spend(room, bo, 70))

    def listed(who: Any, **query: Any) -> list[tuple[str, str, str]]:
        return [(one["user_id"], one["operation_type"], one["status"]) for one in served.pages(who, "/usage/records", limit=1, **query)]

    anas = [(str(ana.id), "EMBEDDING", "held"), (str(ana.id), "CHAT", "settled")]
    assert listed(ana) == anas
    assert listed(ana, operation_type="CHAT") == anas[1:]
    assert listed(ana, class_id=str(other.id)) == anas[:1]
    assert listed(owner) == []
    assert listed(owner, class_id=str(room.id), everyone=True) == [(str(bo.id), "CHAT", "released"), anas[1]]
    assert listed(owner, class_id=str(room.id), user_id=str(ana.id)) == anas[1:]
    record = served.read(owner, "/usage/records", class_id=str(room.id), user_id=str(ana.id))["items"][0]
    assert (record["input_tokens"], record["held"], record["cost"], record["currency"]) == (1_000, 3_000, 150, "USD")
    assert (record["billed_to_user_id"], record["is_sponsored"], record["is_overflow"]) == (str(ana.id), False, False)


def test_nobody_reads_records_of_others_without_managing_their_class(served: School) -> None:
    room, owner, (ana, bo) = served.with_members(2)
    theirs = served.found(ana)
    for who, query in (
        (ana, {"class_id": str(room.id), "everyone": True}),
        (ana, {"class_id": str(room.id), "user_id": str(bo.id)}),
        (owner, {"user_id": str(ana.id)}),
        (owner, {"everyone": True}),
    ):
        for path in ("/usage/records", "/usage/records.csv"):
            refused(served.get(who, path, **query), 403, "forbidden")
    refused(served.get(owner, "/usage/records", class_id=str(theirs.id), everyone=True), 404, "not-found")
    refused(served.get(owner, "/usage/records", class_id="nothing", everyone=True), 404, "not-found")


def test_the_table_of_records_says_the_same_as_the_list(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.sponsor(room, ana)
    served.capture(served.spend(room, ana, 3_000), 1_000, cost=150)
    (row,) = table(served.get(owner, "/usage/records.csv", class_id=str(room.id), everyone=True))
    assert (row["user_id"], row["billed_to_user_id"], row["is_sponsored"]) == (str(ana.id), str(owner.id), "1")
    assert (row["input_tokens"], row["cost_millionths"], row["currency"], row["document_id"]) == ("1000", "150", "USD", "")


def test_records_stay_when_a_class_is_left(served: School) -> None:
    room, _, (ana,) = served.with_members(1)
    served.capture(served.spend(room, ana, 3_000), 1_000)
    served.ask(ana, "DELETE", f"/classes/{room.id}/membership")
    assert len(served.pages(ana, "/usage/records", class_id=str(room.id))) == 1
    assert served.pages(ana, "/usage/my-usage") == []
