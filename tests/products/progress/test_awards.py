"""Awards over HTTP: members claim, staff and services award, singly and in batches, each once for ever."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from laurels.identity.tables import Member
from laurels.products.progress.tables import point_activity
from products.progress.circle import Circle
from support.site import refused

MINE = "/me/thrive-circle/award-points"
AWARDS = "/progress/awards"


def claim(circle: Circle, who: Member, amount: Any = 20, kind: Any = "comment", *, key: str | None = None, **more: Any) -> httpx.Response:
    """Ask for points at the door for members."""
    body = {"amount": amount, "activity_type": kind, "description": "Explained the chain rule", **more}
    return circle.ask(who, "POST", MINE, key=key, json=body)


def event(who: Member, event_id: str = "quiz-1", amount: Any = 40, **more: Any) -> dict[str, Any]:
    """An award as a service sends it."""
    return {
        "event_id": event_id,
        "member": who.student_id,
        "amount": amount,
        "activity_type": "quiz_complete",
        "description": "Quiz",
        **more,
    }


def test_a_claim_answers_with_the_fields_that_users_look_for(served: Circle) -> None:
    ana = served.make_member()
    answer = claim(served, ana)
    assert answer.status_code == 201
    told = answer.json()
    activity = told["point_activity"]
    assert told == {
        "user": {
            "id": str(ana.id),
            "username": ana.username,
            "total_points": 20,
            "tier": "ember",
            "tier_display": "Ember",
            "level": 1,
            "points_to_next_tier": 230,
            "points_to_next_level": 30,
        },
        "point_activity": {
            "id": activity["id"],
            "amount": 20,
            "activity_type": "comment",
            "description": "Explained the chain rule",
            "tier_at_time": "ember",
            "created_at": "2026-11-20T10:00:00+00:00",
        },
        "tier_upgraded": False,
        "old_tier": None,
        "new_tier": None,
    }
    assert answer.headers["Location"] == f"/api/v1/progress/activities/{activity['id']}"
    assert served.read(ana, f"/progress/activities/{activity['id']}")["source"] == "self"


def test_it_is_asked_with_and_without_the_slash_at_the_end(served: Circle) -> None:
    ana = served.make_member()
    body = {"amount": 5, "activity_type": "reaction", "description": ""}
    assert [served.ask(ana, "POST", f"{MINE}{end}", json=body).status_code for end in ("", "/")] == [201, 201]
    assert [served.get(ana, f"/me/thrive-circle/my-status{end}").json()["user"]["total_points"] for end in ("", "/")] == [10, 10]


def test_p02_and_p15_2500_at_once_is_one_upgrade_to_the_last_tier_with_the_tier_before_it(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    told = claim(served, staff, 2_500, "special_event", member=ana.student_id).json()
    assert (told["tier_upgraded"], told["old_tier"], told["new_tier"]) == (True, "ember", "phoenix")
    assert (told["point_activity"]["tier_at_time"], told["user"]["points_to_next_tier"]) == ("ember", None)
    assert (told["user"]["id"], told["user"]["level"]) == (str(ana.id), 10)
    assert len(served.told("tier.reached")) == 1


@pytest.mark.parametrize("amount", [0, -50, 1.5, "10", True, None, 10**30, [5]])
def test_p09_other_amounts_than_whole_numbers_from_1_are_refused(served: Circle, amount: Any) -> None:
    ana = served.make_member()
    problem = refused(claim(served, ana, amount), 422, "validation-failed")
    assert [error["pointer"] for error in problem["errors"]] == ["#/amount"]
    assert served.heads() == []


def test_p09_1001_and_the_systems_types_are_refused_of_members(served: Circle) -> None:
    ana = served.make_member()
    assert refused(claim(served, ana, 1_001), 422, "claim-too-large")["limit"] == 1_000
    for kind in ("quiz_complete", "project_create", "daily_login", "referral", "streak_bonus", "weekly_goal", "side_quest", "decay"):
        problem = refused(claim(served, ana, 10, kind), 403, "type-not-allowed")
        assert problem["allowed"] == "comment, reaction"
    refused(claim(served, ana, 10, "nonsense"), 422, "validation-failed")
    assert served.count(point_activity) == 0


def test_a_members_caps_hold(served: Circle) -> None:
    ana = served.make_member()
    assert claim(served, ana, 60).status_code == 201
    problem = refused(claim(served, ana, 41), 409, "limit-reached")
    assert (problem["limit"], problem["used"], problem["resets_at"]) == (100, 60, "2026-11-21T00:00:00+00:00")
    assert claim(served, ana, 40).status_code == 201


def test_members_name_nobody_else_no_class_and_no_time(served: Circle) -> None:
    ana, bo = served.make_member(), served.make_member()
    for more in ({"member": bo.student_id}, {"member": "nobody"}, {"class_id": str(bo.id)}, {"occurred_at": "2026-11-19T10:00:00Z"}):
        assert refused(claim(served, ana, **more), 403, "forbidden")["needs"] == "staff"
    assert claim(served, ana, member=ana.student_id).status_code == 201
    assert claim(served, ana, member=str(ana.id)).status_code == 201


def test_staff_award_what_and_when_they_say_but_not_ahead_and_not_what_is_the_systems(served: Circle) -> None:
    served.add_topics("art")
    ana, staff = served.make_member(), served.make_member(role="staff")
    asked = {"member": str(ana.id), "topic": "art", "occurred_at": "2026-11-18T23:30:00+02:00"}
    told = claim(served, staff, 5_000, "quiz_complete", **asked).json()
    kept = served.read(staff, f"/progress/activities/{told['point_activity']['id']}")
    assert (kept["occurred_at"], kept["day"], kept["source"], kept["awarded_by"]) == (
        "2026-11-18T21:30:00+00:00",
        "2026-11-18",
        "staff",
        str(staff.id),
    )
    refused(claim(served, staff, 5, "streak_bonus"), 403, "type-not-allowed")
    refused(claim(served, staff, 5, occurred_at="2026-11-20T10:05:01Z"), 422, "invalid")
    refused(claim(served, staff, 5, occurred_at="1969-12-31T23:59:59Z"), 422, "validation-failed")
    refused(claim(served, staff, 5, topic="arts"), 422, "unknown-topic")
    refused(claim(served, staff, 5, member="nobody"), 404, "not-found")
    refused(claim(served, staff, 1_000_001), 422, "validation-failed")
    assert claim(served, staff, 5, "referral", occurred_at="2026-11-20T10:05:00Z").json()["user"]["id"] == str(staff.id)


def test_the_same_key_awards_once_and_another_body_under_it_is_refused(served: Circle) -> None:
    ana = served.make_member()
    first, again = claim(served, ana, key="k1"), claim(served, ana, key="k1")
    assert (first.json(), first.status_code, again.headers["Idempotency-Replayed"]) == (again.json(), again.status_code, "true")
    refused(claim(served, ana, 21, key="k1"), 422, "idempotency-key-reused")
    refusal = claim(served, ana, 10, "quiz_complete", key="k2")
    assert refusal.json()["code"] == claim(served, ana, 10, "quiz_complete", key="k2").json()["code"] == "type-not-allowed"
    assert served.total(ana) == 20


def test_thirty_claims_a_minute_are_enough(circle: Circle) -> None:
    with circle.open(rate_limits=True):
        ana = circle.make_member()
        assert [claim(circle, ana, 1).status_code for _ in range(30)] == [201] * 30
        assert refused(claim(circle, ana, 1), 429, "too-many-requests")["limit"] == 30


def test_parallel_claims_share_one_cap(wide: Circle) -> None:
    ana = wide.make_member()
    answers = wide.together(*[lambda: claim(wide, ana, 30) for _ in range(8)])
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert wide.total(ana) == 90


def test_a_service_awards_an_event_once_for_ever(served: Circle) -> None:
    ana, key = served.make_member(), served.key("award")
    first = served.ask(key, "POST", AWARDS, json=event(ana)).json()
    assert (first["status"], first["amount"], first["total_points"], first["refusal"]) == ("awarded", 40, 40, None)
    served.later(days=40)
    again = served.ask(key, "POST", AWARDS, json=event(ana)).json()
    assert again == {**first, "status": "replayed"}
    refused(served.ask(key, "POST", AWARDS, json=event(ana, amount=41)), 409, "award-conflict")
    assert served.activity(served.activities(ana)[0].id).source == "service"
    assert served.total(ana) == 40


def test_an_event_with_its_time_is_another_when_the_time_is(served: Circle) -> None:
    ana, key = served.make_member(), served.key("award")
    timed = event(ana, occurred_at="2026-11-19T10:00:00+00:00")
    assert served.ask(key, "POST", AWARDS, json=timed).json()["status"] == "awarded"
    same = event(ana, occurred_at="2026-11-19T11:00:00+01:00")
    assert served.ask(key, "POST", AWARDS, json=same).json()["status"] == "replayed"
    refused(served.ask(key, "POST", AWARDS, json=event(ana, occurred_at="2026-11-19T10:00:01Z")), 409, "award-conflict")


@pytest.mark.parametrize("path", [AWARDS, f"{AWARDS}/batch"])
def test_a_batch_has_an_outcome_for_each_in_order(served: Circle, path: str) -> None:
    ana, bo, gone, key = served.make_member(), served.make_member(), served.make_member(), served.key("award")
    served.suspend(gone)
    sent = [
        event(ana, "1"),
        event(bo, "2", 5, activity_type="comment", member=str(bo.id)),
        event(ana, "1"),
        event(ana, "1", 41),
        event(ana, "3", topic="arts"),
        event(gone, "4"),
        event(ana, "5", member="nobody"),
        event(ana, "6", activity_type="weekly_goal"),
        event(ana, "7", occurred_at="2027-01-01T00:00:00Z"),
        event(ana, "8", 60),
    ]
    answer = served.ask(key, "POST", path, json={"awards": sent})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [item["event_id"] for item in told["items"]] == [one["event_id"] for one in sent]
    codes = [item["refusal"]["code"] if item["refusal"] else item["status"] for item in told["items"]]
    assert codes == [
        "awarded",
        "awarded",
        "replayed",
        "award-conflict",
        "unknown-topic",
        "member-inactive",
        "not-found",
        "type-not-allowed",
        "invalid",
        "awarded",
    ]
    assert {name: told[name] for name in ("awarded", "replayed", "refused", "points")} == {
        "awarded": 3,
        "replayed": 1,
        "refused": 6,
        "points": 105,
    }
    assert told["items"][4]["refusal"]["fields"] == {"topic": "arts"}
    assert (told["items"][9]["total_points"], served.total(ana), served.total(bo)) == (100, 100, 5)
    again = served.ask(key, "POST", path, json={"awards": sent}).json()
    assert (again["awarded"], again["replayed"], again["refused"], again["points"]) == (0, 4, 6, 0)


def test_a_batch_of_thousands_is_decided_in_order(served: Circle) -> None:
    members, key = [served.make_member() for _ in range(20)], served.key("award")
    sent = [event(members[number % 20], f"e{number}", 1 + number % 7) for number in range(2_500)]
    told = served.ask(key, "POST", f"{AWARDS}/batch", json={"awards": sent}).json()
    assert (told["awarded"], told["points"]) == (2_500, sum(one["amount"] for one in sent))
    totals: dict[str, int] = {}
    for one, item in zip(sent, told["items"], strict=True):
        totals[one["member"]] = totals.get(one["member"], 0) + one["amount"]
        paid = 30 if totals[one["member"]] and item["total_points"] > totals[one["member"]] else 0
        assert item["total_points"] == totals[one["member"]] + paid
    refused(served.ask(key, "POST", f"{AWARDS}/batch", json={"awards": [sent[0]] * 10_001}), 422, "validation-failed")
    refused(served.ask(key, "POST", f"{AWARDS}/batch", json={"awards": []}), 422, "validation-failed")


def test_staff_send_events_too_and_members_and_other_keys_dont(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    assert served.ask(staff, "POST", AWARDS, json=event(ana)).json()["status"] == "awarded"
    assert served.activities(ana)[0].awarded_by == staff.id
    refused(served.ask(ana, "POST", AWARDS, json=event(ana)), 403, "forbidden")
    refused(served.ask(served.key("read"), "POST", AWARDS, json=event(ana)), 403, "scope-missing")
    refused(served.http.post(f"/api/v1{AWARDS}", json=event(ana)), 401, "unauthenticated")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/amount", "#/activity_type", "#/event_id", "#/member"]),
        ({"awards": [{"event_id": "1", "member": "2", "amount": 0, "activity_type": "comment"}]}, ["#/awards/0/amount"]),
        ({"event_id": "", "member": "2", "amount": 1, "activity_type": "comment"}, ["#/event_id"]),
        ({"event_id": "1\u0007", "member": "2", "amount": 1, "activity_type": "comment"}, ["#/event_id"]),
        ({"event_id": "1", "member": "2", "amount": 1, "activity_type": "comment", "extra": 1}, ["#/extra"]),
        ([], ["#"]),
    ],
)
def test_what_is_wrong_names_its_field(served: Circle, body: Any, pointers: list[str]) -> None:
    problem = refused(served.ask(served.key("award"), "POST", AWARDS, json=body), 422, "validation-failed")
    assert sorted(error["pointer"] for error in problem["errors"]) == sorted(pointers)


def test_keys_are_made_listed_and_ended_by_staff(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    made = served.ask(staff, "POST", "/progress/keys", json={"name": "tutor", "scopes": ["award", "read"]}).json()
    assert (made["subject"], made["scopes"]) == ("progress", ["award", "read"])
    key = {"Authorization": f"Bearer {made['token']}"}
    assert served.ask(key, "POST", AWARDS, json=event(ana)).json()["status"] == "awarded"
    [listed] = served.pages(staff, "/progress/keys")
    assert listed["id"] == made["id"] and "token" not in listed
    assert served.ask(staff, "DELETE", f"/progress/keys/{made['id']}").status_code == 204
    assert served.ask(key, "POST", AWARDS, json=event(ana, "2")).status_code == 401
    refused(served.ask(staff, "DELETE", "/progress/keys/none"), 404, "not-found")
    refused(served.ask(staff, "POST", "/progress/keys", json={"name": "till", "scopes": ["earn"]}), 422, "invalid")
    for method, path in (("POST", "/progress/keys"), ("GET", "/progress/keys"), ("DELETE", f"/progress/keys/{made['id']}")):
        refused(served.ask(ana, method, path, json={"name": "x", "scopes": ["read"]}), 403, "forbidden")


def test_settings_that_change_meanwhile_are_never_seen_by_who_asks(served: Circle) -> None:
    ana = served.make_member()
    claim(served, ana, 10)
    with served.elsewhere() as database:
        mine, served.database = served.database, database
        served.set_rules(self_reported=["quiz_complete"])
        served.database = mine
    refused(claim(served, ana, 10), 403, "type-not-allowed")
    assert claim(served, ana, 10, "quiz_complete").status_code == 201


def test_an_event_of_long_ago_counts_in_its_own_week(served: Circle) -> None:
    ana, key = served.make_member(), served.key("award")
    served.ask(key, "POST", AWARDS, json=event(ana, occurred_at="2026-10-01T10:00:00Z"))
    assert (served.stands(ana, "2026-10"), served.stands(ana, "2026-11")) == (40, 0)
    assert served.goals(ana)["2026-W40/activities_3"].current_progress == 1
    assert served.activities(ana)[0].created_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
