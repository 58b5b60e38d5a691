"""Activities listed, summed, as a table, and taken back over HTTP; and the ledger replayed."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

from sqlalchemy import select

from laurels.identity.tables import Member, staff_action
from laurels.ledger.reader import verify
from laurels.products.progress.queries.activities import walk_activities
from laurels.products.progress.rules import ActivityType, level_of, tier_index
from products.progress.circle import COMMENT, QUIZ, Circle
from support.site import refused

LIST = "/progress/activities"


def reverse(circle: Circle, staff: Member, activity: Any, *, key: str | None = None, reason: str = "Twice") -> Any:
    """Take an activity back over HTTP."""
    return circle.ask(staff, "POST", f"{LIST}/{activity}/reversal", key=key, json={"reason": reason})


def fill(circle: Circle, who: Member) -> None:
    """Thirty activities of three types and two topics, one each hour."""
    circle.add_topics("art", "biology")
    kinds = (QUIZ, COMMENT, ActivityType.REFERRAL)
    for number in range(30):
        topic = (None, "art", "biology")[number // 3 % 3]
        circle.award(who, number + 1, kinds[number % 3], topic=topic, at=circle.clock.at - timedelta(hours=number))


def test_a_list_is_newest_first_page_by_page_and_tells_what_all_of_it_comes_to(served: Circle) -> None:
    ana = served.make_member()
    fill(served, ana)
    listed = served.pages(ana, LIST, limit=7)
    assert [one["occurred_at"] for one in listed] == sorted((one["occurred_at"] for one in listed), reverse=True)
    kept = served.activities(ana)
    assert {one["id"] for one in listed} == {str(one.id) for one in kept}
    first = served.read(ana, LIST, limit=7)
    assert (first["sum_points"], first["count"]) == (sum(one.amount for one in kept), len(kept))
    assert first["sum_points"] == served.total(ana)


def test_it_is_narrowed_by_type_topic_and_time_with_its_sum(served: Circle) -> None:
    ana = served.make_member()
    fill(served, ana)
    kept = served.activities(ana)
    since, until = served.clock.at - timedelta(hours=20), served.clock.at - timedelta(hours=3)
    narrowed: list[tuple[dict[str, str], Any]] = [
        ({"type": "comment"}, lambda one: one.activity_type == "comment"),
        ({"topic": "art"}, lambda one: one.topic == "art"),
        ({"type": "referral", "topic": "biology"}, lambda one: (one.activity_type, one.topic) == ("referral", "biology")),
        ({"from": since.isoformat(), "to": until.isoformat()}, lambda one: since <= one.occurred_at < until),
        ({"type": "decay"}, lambda one: False),
        ({"topic": "nothing"}, lambda one: False),
    ]
    for query, is_meant in narrowed:
        meant = [one for one in kept if is_meant(one)]
        page = served.read(ana, LIST, limit=100, **query)
        assert {one["id"] for one in page["items"]} == {str(one.id) for one in meant}
        assert (page["sum_points"], page["count"]) == (sum(one.amount for one in meant), len(meant))


def test_reversed_ones_are_listed_and_sum_up_no_more(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    served.award(ana, 10, COMMENT)
    activity = served.award(ana, 30, COMMENT).activity
    reverse(served, staff, activity)
    page = served.read(ana, LIST)
    assert (page["sum_points"], page["count"], len(page["items"])) == (10, 2, 2)
    [gone] = [one for one in page["items"] if one["reversed_at"]]
    assert (gone["id"], gone["reversal_reason"], gone["amount"]) == (str(activity), "Twice", 30)


def test_members_see_their_own_staff_and_keys_whomever_they_name(served: Circle) -> None:
    ana, bo, staff, key = served.make_member(), served.make_member(), served.make_member(role="staff"), served.key("read")
    activity = served.award(ana, 10, awarded_by=staff.id).activity
    assert served.read(ana, f"{LIST}/{activity}")["awarded_by"] is None
    refused(served.get(bo, f"{LIST}/{activity}"), 404, "not-found")
    refused(served.get(bo, LIST, member=ana.student_id), 403, "forbidden")
    for who in (staff, key):
        assert served.read(who, f"{LIST}/{activity}")["awarded_by"] == str(staff.id)
        assert served.read(who, LIST, member=ana.student_id)["count"] == 1
        assert served.read(who, LIST, member=str(ana.id))["count"] == 1
        refused(served.get(who, LIST, member="nobody"), 404, "not-found")
    assert served.read(staff, LIST)["count"] == 0
    assert served.read(ana, LIST, member=ana.student_id)["count"] == 1
    refused(served.get(key, LIST), 422, "invalid")
    refused(served.get(served.key("award"), LIST, member=ana.student_id), 403, "scope-missing")
    refused(served.get(ana, f"{LIST}/none"), 404, "not-found")
    refused(served.get(ana, LIST, cursor="abc"), 422, "cursor-invalid")


def test_the_table_has_the_same_and_no_formula(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana, 10, COMMENT, description="=HYPERLINK()")
    served.award(ana, 5, at=served.clock.at - timedelta(days=1), description="Quiz 17")
    answer = served.get(ana, "/progress/activities.csv")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    header, *lines = csv.reader(StringIO(answer.text))
    assert [dict(zip(header, line, strict=True))["points"] for line in lines] == ["10", "5"]
    assert lines[0][header.index("description")] == "'=HYPERLINK()"
    [narrowed] = list(csv.reader(StringIO(served.get(ana, "/progress/activities.csv", type="quiz_complete").text)))[1:]
    assert narrowed[header.index("description")] == "Quiz 17"
    refused(served.get(ana, "/progress/activities.csv", member="other"), 403, "forbidden")


def test_a_walk_ends_at_its_bound(circle: Circle, monkeypatch: Any) -> None:
    monkeypatch.setattr("laurels.products.progress.queries.activities.AT_ONCE", 4)
    ana = circle.make_member()
    for number in range(11):
        circle.award(ana, number + 1, ActivityType.REFERRAL, at=circle.clock.at - timedelta(minutes=number))
    found = [list(walk_activities(circle.database.read.connect, ana.id, most=most)) for most in (3, 8, 100)]
    assert [[one.amount for one in part] for part in found] == [[1, 2, 3], list(range(1, 9)), list(range(1, 12))]


def test_p03_a_reversal_below_a_threshold_is_answered_with_the_lower_tier_and_logged(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    served.award(ana, 240, COMMENT)
    activity = served.award(ana, 10, COMMENT).activity
    assert served.read(ana, "/me/thrive-circle/my-status")["user"]["tier"] == "spark"
    answer = reverse(served, staff, activity, key="r1")
    assert answer.json() == {
        "activity_id": str(activity),
        "member_id": str(ana.id),
        "amount": 10,
        "taken": 10,
        "total_points": 240,
        "tier": "ember",
        "level": 4,
        "rewards_reversed": 0,
        "badges_revoked": 0,
        "is_day_inactive": False,
        "stays_completed": False,
    }
    assert served.read(ana, "/me/thrive-circle/my-status")["user"]["tier"] == "ember"
    again = reverse(served, staff, activity, key="r1")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (answer.json(), "true")
    refused(reverse(served, staff, activity), 409, "activity-reversed")
    with served.database.read.connect() as connection:
        [logged] = connection.execute(select(staff_action).where(staff_action.c.action == "activity.reversed"))
    assert (logged.actor_id, logged.subject) == (staff.id, f"activity/{activity}")


def test_only_staff_take_back_and_they_say_why(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    activity = served.award(ana).activity
    refused(reverse(served, ana, activity), 403, "forbidden")
    refused(reverse(served, staff, "none"), 404, "not-found")
    refused(reverse(served, staff, ana.id), 404, "not-found")
    refused(reverse(served, staff, activity, reason=""), 422, "validation-failed")


def test_parallel_reversals_take_back_once(wide: Circle) -> None:
    ana, staff = wide.make_member(), wide.make_member(role="staff")
    wide.award(ana, 5, COMMENT)
    activity = wide.award(ana, 30, COMMENT).activity
    answers = wide.together(*[lambda: reverse(wide, staff, activity) for _ in range(6)])
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert wide.total(ana) == 5


def test_awards_while_reversing_lose_nothing(wide: Circle) -> None:
    ana, staff = wide.make_member(), wide.make_member(role="staff")
    activities = [wide.award(ana, 10, COMMENT).activity for _ in range(4)]
    body = {"amount": 7, "activity_type": "special_event", "member": ana.student_id}
    calls = [lambda one=one: reverse(wide, staff, one) for one in activities]
    calls += [lambda: wide.ask(staff, "POST", "/me/thrive-circle/award-points", json=body) for _ in range(8)]
    answers = wide.together(*calls)
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [201] * 8
    assert wide.total(ana) == 56
    assert wide.progress(ana).lifetime_comments == 0


def test_p12_the_ledger_replayed_gives_totals_tiers_and_the_log(served: Circle) -> None:
    staff, members = served.make_member(role="staff"), [served.make_member() for _ in range(4)]
    fill(served, members[0])
    for number in range(60):
        kind, hours = (QUIZ, COMMENT)[number % 2], 7 * number
        served.award(members[number % 4], 17 * (number % 13) + 1, kind, at=served.clock.at - timedelta(hours=hours))
    for number, one in enumerate(served.activities(members[1]) + served.activities(members[2])):
        if number % 5 == 0:
            assert reverse(served, staff, one.id).status_code == 200
    with served.database.read.connect() as connection:
        assert verify(connection).is_clean
    rules = served.basis.rules
    for who in members:
        postings = served.postings(who)
        total = sum(points for _, points, _ in postings)
        stands = [one for one in served.activities(who) if one.reversed_at is None]
        assert total == served.total(who) == sum(one.amount for one in stands) == served.read(who, LIST)["sum_points"]
        user, tier = served.read(who, "/me/thrive-circle/my-status")["user"], rules.tiers[tier_index(rules, total)]
        assert (user["total_points"], user["tier"], user["level"]) == (total, tier.key, level_of(rules, total))
        for month in ("2026-10", "2026-11"):
            assert served.stands(who, month) == sum(one.amount for one in stands if one.occurred_at.isoformat().startswith(month))
        before, logged = 0, served.activities(who)
        for kind, points, balance in postings:
            if kind != "reversal":
                same = [one for one in logged if one.entry == logged[0].entry and (one.activity_type, one.amount) == (kind, points)]
                assert same[0].tier_at_time == rules.tiers[tier_index(rules, before)].key
                logged.remove(same[0])
            before = balance
        assert logged == []
