"""The acceptance cases of recognition, one test each, over HTTP and on both databases."""

from typing import Any

import pytest
from sqlalchemy import update

from laurels.identity.tables import member
from laurels.products.recognition.tables import credit_snapshot, endorsement, recognition, redemption
from products.recognition.community import Community
from products.recognition.issuer import an_issuer
from support.site import refused


def test_r01_fresh_send_100_then_1_is_limited(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 100)
    problem = refused(served.give(ana, bo, 1), 409, "limit-reached")
    assert (problem["limit"], problem["used"], problem["left"]) == (100, 100, 0)
    assert problem["resets_at"] == "2026-12-01T00:00:00+00:00"
    assert served.held(ana) == {"sent": 100}
    assert served.postings(ana) == [("grant", 100, 100), ("gift", -100, 0)]
    assert served.held(bo) == {"received": 100, "standing": 100}


def test_r02_balance_150_send_101_in_a_month_is_limited(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.at(2026, 10, 5)
    served.gave(ana, bo, 50)
    served.at(2026, 11, 5)
    assert served.purse(ana)["allowance"] == 150
    refused(served.give(ana, bo, 101), 409, "limit-reached")
    assert served.held(ana) == {"allowance": 50}, "a refusal opens no month"
    served.gave(ana, bo, 100)
    refused(served.give(ana, bo, 1), 409, "limit-reached")
    assert served.held(ana) == {"allowance": 50, "sent": 100}


def test_r03_to_oneself_is_refused(served: Community) -> None:
    ana = served.join()
    refused(served.give(ana, ana, 10), 422, "self-recognition")
    assert served.held(ana) == {}


@pytest.mark.parametrize("credits", [0, -5, 1.5, 10.0, "10", True, 10**30, None, [10], float("1e3")])
def test_r04_other_amounts_than_whole_numbers_from_1_are_refused(served: Community, credits: Any) -> None:
    ana, bo = served.join(), served.join()
    before = served.heads()
    problem = refused(served.give(ana, bo, credits), 422, "validation-failed")
    assert [error["pointer"] for error in problem["errors"]] == ["#/credits"]
    assert served.heads() == before


@pytest.mark.parametrize(("unused", "next_month"), [(0, 100), (10, 110), (30, 130), (50, 150), (51, 150), (60, 150), (100, 150)])
def test_r05_unused_credits_carry_up_to_50(served: Community, unused: int, next_month: int) -> None:
    ana, bo = served.join(), served.join()
    served.at(2026, 10, 31, 23, 59, 59)
    if unused < 100:
        served.gave(ana, bo, 100 - unused)
    else:
        served.gave(ana, bo, 1)
        staff = served.join(role="staff")
        taken_back = served.get(ana, "/recognitions").json()["items"][0]["recognition_id"]
        assert served.post(staff, f"/recognitions/{taken_back}/reversal", {"reason": "to have all 100 unused"}).status_code == 201
    assert served.held(ana).get("allowance", 0) == unused
    served.at(2026, 11, 1, 0, 0, 0)
    assert served.purse(ana)["allowance"] == next_month
    assert served.roll_over() == 1
    assert served.held(ana)["allowance"] == next_month
    carried = min(unused, 50)
    snapshots = served.get(ana, "/me/snapshots").json()["items"]
    assert snapshots == [{"month_bucket": "2026-10", "balance_end": unused, "carry_forward_amount": carried}]
    quota = served.get(ana, "/me/quotas").json()
    assert (quota["carry_forward_applied"], quota["carry_forward_credits"]) == (carried > 0, carried)


def test_r06_rollover_twice_or_in_parallel_grants_once(wide: Community) -> None:
    ana, bo = wide.join(), wide.join()
    wide.at(2026, 10, 5)
    wide.gave(ana, bo, 60)
    wide.at(2026, 11, 1, 0, 0, 0)
    headers = wide.headers(ana)  # signed in before, so that the calls below do nothing but what they test
    assert headers
    wide.together(*[wide.roll_over] * 4, *[lambda: wide.gave(ana, bo, 1)] * 4)
    wide.roll_over()
    grants = [posting for posting in wide.postings(ana) if posting[0] == "grant"]
    assert grants == [("grant", 100, 100), ("grant", 100, 140)]
    assert wide.held(ana) == {"allowance": 136, "sent": 4}
    assert wide.count(credit_snapshot) == 1


def test_r07_two_idle_months_are_two_rollovers_in_a_row(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.at(2026, 8, 5)
    served.gave(ana, bo, 70)
    served.at(2026, 11, 5)
    expected = [("2026-10", 150, 50), ("2026-09", 130, 50), ("2026-08", 30, 30)]
    for touched in (False, True):
        if touched:
            served.gave(ana, bo, 1)
        snapshots = served.get(ana, "/me/snapshots").json()["items"]
        assert [(one["month_bucket"], one["balance_end"], one["carry_forward_amount"]) for one in snapshots] == expected
    rolled = [(kind, amount) for kind, amount, _ in served.postings(ana)][2:]
    assert rolled == [
        *[("carry", -30), ("carry", 30), ("grant", 100)],
        *[("lapse", -80), ("carry", -50), ("carry", 50), ("grant", 100)],
        *[("lapse", -100), ("carry", -50), ("carry", 50), ("grant", 100)],
        ("gift", -1),
    ]


def test_r08_with_the_job_down_the_first_touch_gives_the_same(served: Community) -> None:
    ana, bo, cy = served.join(), served.join(), served.join()
    served.at(2026, 10, 5)
    served.gave(ana, cy, 40)
    served.gave(bo, cy, 40)
    served.at(2026, 11, 1, 0, 0, 1)
    served.gave(ana, cy, 1)  # the first touch
    served.at(2026, 11, 3)
    assert served.roll_over() == 1, "only the one that nothing touched"
    served.gave(bo, cy, 1)
    assert served.postings(ana) == served.postings(bo)
    assert served.held(ana) == served.held(bo) == {"allowance": 149, "sent": 1}


def test_r09_the_month_begins_by_the_communitys_zone(community: Community) -> None:
    with community.open(time_zone="Asia/Kolkata"):
        ana, bo = community.join(), community.join()
        community.at(2026, 10, 31, 18, 29, 59)
        community.gave(ana, bo, 100)
        community.at(2026, 10, 31, 18, 30, 0)
        community.gave(ana, bo, 100)
        months = [one["month_bucket"] for one in community.get(bo, "/recognitions").json()["items"]]
    assert months == ["2026-11", "2026-10"]


def test_r10_a_request_across_midnight_belongs_to_one_month(served: Community) -> None:
    """The clock moves on between any two times that the request asks for it."""
    ana, bo = served.join(), served.join()
    served.at(2026, 10, 31, 23, 59, 59)
    headers = served.headers(ana)
    october = served.clock.at
    asked: list[object] = []
    clock = served.clock
    now = type(clock).now

    def passing(self: object) -> Any:
        asked.append(None)
        at = now(clock)
        if len(asked) == 1 or at > october:
            return at
        served.at(2026, 11, 1, 0, 0, 0)
        return now(clock)

    body = {"receiver_id": str(bo.id), "credits": 100, "message": "across midnight"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(clock), "now", passing)
        answer = served.http.post("/api/v1/recognitions", json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    assert served.clock.at > october, "midnight did pass meanwhile"
    given = answer.json()
    month = given["month_bucket"]
    assert given["created_at"].startswith(month)
    kinds = [kind for kind, _, _ in served.postings(ana)]
    assert kinds == ["grant", "gift"], "one month was opened, and no second one"
    quotas = {name: served.get(ana, "/me/quotas", month=name).json()["credits_sent"] for name in ("2026-10", "2026-11")}
    assert quotas == {"2026-10": 0, "2026-11": 0} | {month: 100}


def test_r11_of_20_parallel_sends_of_100_one_succeeds(wide: Community) -> None:
    ana, others = wide.join(), [wide.join() for _ in range(20)]
    wide.headers(ana)
    answers = wide.together(*[lambda other=other: wide.give(ana, other, 100) for other in others])  # type: ignore[misc]  # mypy can't infer this lambda
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"limit-reached"}
    assert wide.held(ana) == {"sent": 100}
    assert sum(wide.held(other).get("received", 0) for other in others) == 100
    assert wide.count(recognition) == 1


def test_r12_never_received_redeem_1_is_refused(served: Community) -> None:
    ana = served.join()
    problem = refused(served.redeem(ana, 1), 409, "insufficient-balance")
    assert (problem["available"], problem["needed"]) == (0, 1)
    assert served.count(redemption) == 0


def test_r13_rollover_leaves_received_credits(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.at(2026, 10, 5)
    served.gave(ana, bo, 100)
    served.gave(bo, ana, 10)
    served.at(2026, 11, 1, 0, 0, 0)
    served.roll_over()
    assert served.held(bo) == {"allowance": 150, "received": 100, "standing": 100}


def test_r14_redeeming_gives_a_voucher_and_keeps_the_rank(served: Community) -> None:
    ana, bo, cy = served.join("1"), served.join("2"), served.join("3")
    served.gave(ana, bo, 30)
    served.gave(ana, cy, 20)
    board = served.get(ana, "/leaderboards/recognition").json()
    answer = served.redeem(bo, 10)
    assert answer.status_code == 201
    voucher = answer.json()
    assert (voucher["voucher_value"], voucher["voucher_value_minor"], voucher["currency"]) == (50, 5000, "INR")
    assert (voucher["status"], voucher["credits_redeemed"], voucher["student_id"]) == ("ISSUED", 10, "2")
    assert answer.headers["location"] == f"/api/v1/redemptions/{voucher['redemption_id']}"
    assert served.get(bo, f"/redemptions/{voucher['redemption_id']}").json() == voucher
    assert served.get(ana, "/leaderboards/recognition").json() == board
    fifteen = served.redeem(bo, 15).json()
    assert (fifteen["voucher_value"], served.purse(bo)["received"]) == (75, 5)
    assert served.postings(bo) == [("gift", 30, 30), ("redemption", -10, 20), ("redemption", -15, 5)]
    assert served.get(ana, "/leaderboards/recognition").json() == board


def test_r15_duplicate_parallel_endorsements_are_one(wide: Community) -> None:
    ana, bo, cy = wide.join(), wide.join(), wide.join()
    given = wide.gave(ana, bo, 5)
    before = wide.held(ana), wide.held(bo)
    wide.headers(cy)
    answers = wide.together(*[lambda: wide.post(cy, f"/recognitions/{given}/endorsements")] * 12)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already-endorsed"}
    assert wide.count(endorsement) == 1
    assert wide.get(ana, f"/recognitions/{given}").json()["endorsement_count"] == 1
    assert (wide.held(ana), wide.held(bo)) == before


def test_r16_endorsements_never_multiply_credits_on_the_board(served: Community) -> None:
    ana, bo = served.join("1"), served.join("2")
    for given in [served.gave(ana, bo, 10), served.gave(ana, bo, 15)]:
        for _ in range(3):
            assert served.post(served.join(), f"/recognitions/{given}/endorsements").status_code == 201
    [row] = served.get(ana, "/leaderboards/recognition").json()["items"]
    assert (row["total_credits_received"], row["recognition_count"], row["endorsement_total"]) == (25, 2, 6)


def test_r17_ties_go_by_student_id_and_stay_over_pages(served: Community) -> None:
    ids = ["10", "2", "9", "1", "a", "B"]
    giver = served.join("999")
    for student_id in ids:
        served.gave(giver, served.join(student_id), 5)
    seen: list[tuple[int, str]] = []
    query: dict[str, Any] = {"limit": 2}
    while True:
        page = served.get(giver, "/leaderboards/recognition", **query).json()
        seen += [(row["rank"], row["student_id"]) for row in page["items"]]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert seen == list(enumerate(["1", "2", "9", "10", "B", "a"], 1))


@pytest.mark.parametrize("limit", ["0", "-1", "101", "ten", "1.5", "10" * 20])
def test_r18_a_limit_outside_1_to_100_is_refused(served: Community, limit: str) -> None:
    problem = refused(served.get(served.join(), "/leaderboards/recognition", limit=limit), 422, "validation-failed")
    assert [error["parameter"] for error in problem["errors"]] == ["limit"]


def test_r19_stock_1_and_50_redeemers_is_one_voucher(community: Community) -> None:
    with community.open_wide(voucher_stock_limited=True):
        staff = community.join(role="staff")
        assert community.post(staff, "/vouchers/stock", {"added": 1}).json() == {"stock": 1, "is_limited": True}
        redeemers = [community.join() for _ in range(50)]
        for place, who in enumerate(redeemers):
            community.gave(redeemers[place - 1], who, 10)
            community.headers(who)
        answers = community.together(*[lambda who=who: community.redeem(who, 10) for who in redeemers])  # type: ignore[misc]  # as above
        assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"out-of-stock"}
        assert sorted(community.held(who).get("received", 0) for who in redeemers) == [0] + [10] * 49
        assert community.count(redemption) == 1
        assert community.get(staff, "/vouchers/stock").json()["stock"] == 0


def test_r20_the_issuer_fails_after_the_debit_and_all_comes_back(community: Community) -> None:
    with an_issuer(status=422) as issuer, community.open(voucher_issuer_url=issuer.url, voucher_stock_limited=True):
        staff, ana, bo = community.join(role="staff"), community.join(), community.join()
        community.post(staff, "/vouchers/stock", {"added": 3})
        community.gave(ana, bo, 30)
        before = community.held(bo)
        answer = community.redeem(bo, 12)
        assert (answer.status_code, answer.json()["status"], answer.json()["voucher_code"]) == (201, "PENDING", None)
        assert community.held(bo) == before | {"received": 18, "redeeming": 12}
        assert community.issue_due() == 1
        assert community.held(bo) == before
        redeemed = community.get(bo, f"/redemptions/{answer.json()['redemption_id']}").json()
        assert (redeemed["status"], redeemed["voucher_code"], redeemed["failure"]) == ("FAILED", None, "refused")
        assert community.postings(bo) == [("gift", 30, 30), ("redemption", -12, 18), ("refund", 12, 30)]
        assert community.get(staff, "/vouchers/stock").json()["stock"] == 3
        assert community.issue_due() == 0, "settled once"
        assert len(issuer.asked) == 1


def test_r21_reversed_after_redeeming_is_a_recorded_shortfall(served: Community) -> None:
    ana, bo, cy, staff = served.join(), served.join(), served.join(), served.join(role="staff")
    given = served.gave(ana, bo, 40)
    assert served.redeem(bo, 30).status_code == 201
    answer = served.post(staff, f"/recognitions/{given}/reversal", {"reason": "Given by mistake."})
    assert answer.status_code == 201
    assert answer.json() == {"recognition_id": given, "taken": 10, "owed": 30, "returned": 40}
    assert served.held(bo) == {"owed": 30}
    assert served.purse(bo)["owed"] == 30
    assert served.held(ana) == {"allowance": 100}
    served.gave(cy, bo, 25)
    assert served.held(bo) == {"owed": 5, "standing": 25}
    served.gave(cy, bo, 25)
    assert served.held(bo) == {"received": 20, "standing": 50}
    refused(served.post(staff, f"/recognitions/{given}/reversal", {"reason": "Again."}), 409, "already-reversed")


def test_r22_a_to_b_60_and_b_to_a_60_is_in_the_report(served: Community) -> None:
    ana, bo, cy, staff = served.join("1"), served.join("2"), served.join("3"), served.join(role="staff")
    served.gave(ana, bo, 60)
    served.gave(bo, ana, 60)
    served.gave(cy, ana, 60)
    patterns = served.get(staff, "/recognitions/patterns", month="2026-11").json()["items"]
    found = {pattern["pattern"]: pattern["findings"] for pattern in patterns}
    assert [([one["student_id"] for one in finding["members"]], finding["numbers"]) for finding in found["mutual"]] == [
        (["1", "2"], {"first_gave": 60, "second_gave": 60})
    ]
    refused(served.get(ana, "/recognitions/patterns"), 403, "forbidden")


def test_r23_a_suspended_receiver_is_refused_and_nobody_debited(served: Community) -> None:
    ana, bo = served.join(), served.join(status="suspended")
    before = served.heads()
    refused(served.give(ana, bo, 10), 409, "member-inactive")
    assert (served.held(ana), served.held(bo), served.heads()) == ({}, {}, before)
    cy = served.join()
    served.gave(ana, cy, 10)
    with served.database.write.begin() as connection:
        connection.execute(update(member).where(member.c.id == cy.id).values(status="suspended"))
    refused(served.give(ana, cy, 10), 409, "member-inactive")
    assert served.held(ana) == {"allowance": 90, "sent": 10}


def test_r24_60_and_30_then_20_is_refused_10_is_ok_1_is_refused(served: Community) -> None:
    ana, bo = served.join(), served.join()
    served.gave(ana, bo, 60)
    served.gave(ana, bo, 30)
    assert refused(served.give(ana, bo, 20), 409, "limit-reached")["left"] == 10
    assert served.give(ana, bo, 10).json()["sendable_left"] == 0
    refused(served.give(ana, bo, 1), 409, "limit-reached")
    assert served.held(bo) == {"received": 100, "standing": 100}


@pytest.mark.parametrize("unknown", ["00000000-0000-7000-8000-000000000000", "nobody", "0", "../me/purse", "ünknown", "9" * 64])
def test_r25_an_unknown_receiver_or_recognition_is_missing(served: Community, unknown: str) -> None:
    ana = served.join()
    before = served.heads()
    body = {"receiver_id": unknown, "credits": 10, "message": "Thank you!"}
    refused(served.post(ana, "/recognitions", body), 404, "not-found")
    if "/" not in unknown:
        refused(served.get(ana, f"/recognitions/{unknown}"), 404, "not-found")
        refused(served.post(ana, f"/recognitions/{unknown}/endorsements"), 404, "not-found")
    assert (served.held(ana), served.heads()) == ({}, before)


def test_r26_unused_allowance_cant_be_redeemed(served: Community) -> None:
    ana = served.join()
    assert served.purse(ana)["allowance"] == 100
    refused(served.redeem(ana, 10), 409, "insufficient-balance")


def test_r27_nobody_without_credits_heads_the_board_and_its_sums_are_the_ledgers(served: Community) -> None:
    people = [served.join(str(number)) for number in range(1, 8)]
    for place, who in enumerate(people[:5]):
        served.gave(who, people[(place + 1) % 5], 10 + place)
    gone = people[3]
    with served.database.write.begin() as connection:
        connection.execute(update(member).where(member.c.id == gone.id).values(status="suspended"))
    rows = served.get(people[0], "/leaderboards/recognition", limit=100).json()["items"]
    ledger = {who.student_id: served.held(who)["standing"] for who in people[:5] if who is not gone}
    assert {row["student_id"]: row["total_credits_received"] for row in rows} == ledger
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    assert [row["total_credits_received"] for row in rows] == sorted(ledger.values(), reverse=True)
