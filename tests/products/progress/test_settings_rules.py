"""The rules over HTTP: their versions, what ships, and the preview."""

import json
from typing import Any

import pytest

from laurels.identity.tables import staff_action
from laurels.products.progress.actions import rules as rules_actions
from laurels.products.progress.rules import DEFAULT_BADGES, DEFAULT_GOALS, DEFAULT_REACTIONS
from laurels.products.progress.tables import badge, goal, progress_config, progress_reaction, progress_rules
from products.progress.circle import Circle
from products.progress.settings_paper import basis_now, rules, set_rules, topic
from support.site import refused
from support.versions import change, changed

STEPS = [{"key": "low", "title": "Low", "at": 0}, {"key": "mid", "title": "Mid", "at": 100}, {"key": "high", "title": "High", "at": 1_000}]


def test_until_staff_change_something_what_ships_is_shown_and_nothing_is_written(served: Circle) -> None:
    staff, ana = served.make_member(role="staff"), served.make_member()
    answer = served.get(ana, "/progress/rules")
    assert (answer.json(), answer.headers["ETag"]) == (rules(), '"1"')
    [first] = served.pages(staff, "/progress/rules/versions")
    assert (first["version"], first["created_by"], first["created_at"], first["rules"]) == (1, None, None, rules())
    assert served.read(staff, "/progress/rules/versions/1") == first
    refused(served.get(staff, "/progress/rules/versions/2"), 404, "not-found")
    assert [one["preset"] for one in served.read(staff, "/progress/rules/presets")["items"]] == ["thrive", "garden"]
    assert [served.count(table) for table in (progress_config, progress_rules, goal, badge, progress_reaction)] == [0] * 5
    assert basis_now(served).version == 0


def test_new_rules_are_a_new_version_and_count_at_once(served: Circle) -> None:
    staff, ana = served.make_member(role="staff"), served.make_member()
    assert served.award(ana, 120).total == 120
    answer = change(served, staff, "/progress/rules", rules(tiers=STEPS), put=True)
    assert (answer.status_code, answer.json()["tiers"], answer.headers["ETag"]) == (200, STEPS, '"2"')
    assert basis_now(served).version == 2
    assert served.activity(served.award(ana, 5).activity).tier_at_time == "mid"
    second, first = served.pages(staff, "/progress/rules/versions", limit=1)
    assert (second["version"], second["created_by"], second["rules"]["tiers"]) == (2, str(staff.id), STEPS)
    assert (first["version"], first["rules"]) == (1, rules())
    assert served.read(staff, "/progress/rules/versions/1")["created_at"] == served.clock.at.isoformat()
    assert served.get(ana, "/progress/rules").json()["tiers"] == STEPS
    assert served.ask({**served.headers(ana), "If-None-Match": '"2"'}, "GET", "/progress/rules").status_code == 304


def test_the_first_change_writes_down_what_ships(served: Circle) -> None:
    staff = served.make_member(role="staff")
    set_rules(served, staff, max_self_points=50)
    shipped = [1, 2, len(DEFAULT_GOALS), len(DEFAULT_BADGES), len(DEFAULT_REACTIONS)]
    assert [served.count(table) for table in (progress_config, progress_rules, goal, badge, progress_reaction)] == shipped
    basis = basis_now(served)
    assert (basis.version, basis.rules.max_self_points) == (2, 50)
    assert (set(basis.goals), set(basis.badges)) == (set(DEFAULT_GOALS), set(DEFAULT_BADGES))


def test_the_same_rules_again_change_nothing(served: Circle) -> None:
    staff = served.make_member(role="staff")
    set_rules(served, staff, max_self_points=50)
    before = served.heads(), served.count(staff_action), basis_now(served).version
    answer = change(served, staff, "/progress/rules", rules(max_self_points=50), put=True)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert (served.heads(), served.count(staff_action), basis_now(served).version) == before


def test_who_was_slower_is_refused(served: Circle) -> None:
    staff = served.make_member(role="staff")
    assert change(served, staff, "/progress/rules", rules(max_self_points=50), tag='"1"', put=True).status_code == 200
    refused(change(served, staff, "/progress/rules", rules(max_self_points=60), tag='"1"', put=True), 412, "precondition-failed")
    refused(served.ask(staff, "PUT", "/progress/rules", json=rules()), 428, "precondition-required")
    assert served.read(staff, "/progress/rules")["max_self_points"] == 50


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"tiers": []}, "#/tiers"),
        ({"tiers": STEPS[1:]}, "#/tiers"),
        ({"tiers": [STEPS[0], STEPS[2], STEPS[1]]}, "#/tiers"),
        ({"tiers": [{**STEPS[0], "at": "0"}]}, "#/tiers/0/at"),
        ({"levels": [0, 50, 50]}, "#/levels"),
        ({"levels": [0.0]}, "#/levels/0"),
        ({"then_every": 0}, "#/then_every"),
        ({"self_reported": ["weekly_goal"]}, "#/self_reported"),
        ({"self_reported": ["nap"]}, "#/self_reported/0"),
        ({"caps": [{"name": "a", "window": "hour", "points": 5}]}, "#/caps/0/window"),
        ({"decay": {"after_days": 5, "every_days": 1, "percent": 5, "notice_days": 6}}, "#/decay"),
        ({"freezes": {"most": 31}}, "#/freezes/most"),
        ({"wish": 1}, "#/wish"),
    ],
)
def test_rules_that_cant_be_are_refused_by_name(served: Circle, wrong: dict[str, Any], pointer: str) -> None:
    staff = served.make_member(role="staff")
    for method, path in (("PUT", "/progress/rules"), ("POST", "/progress/rules/preview")):
        answer = served.ask({**served.headers(staff), "If-Match": '"1"'}, method, path, json=rules(**wrong))
        [error] = refused(answer, 422, "validation-failed")["errors"]
        assert error["pointer"] == pointer
    assert served.count(progress_config) == 0


def test_the_list_of_versions_is_bounded(served: Circle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules_actions, "MAX_RULES_VERSIONS", 2)
    staff = served.make_member(role="staff")
    set_rules(served, staff, max_self_points=50)
    problem = refused(change(served, staff, "/progress/rules", rules(max_self_points=51), put=True), 409, "progress-list-full")
    assert problem["limit"] == 2
    assert served.count(progress_rules) == 2


def test_a_preview_tells_how_todays_members_would_be_spread(served: Circle) -> None:
    staff, gone = served.make_member(role="staff"), served.make_member()
    for total in (99, 100, 260, 1_000, 2_600):
        served.award(served.make_member(), total)
    served.award(gone, 5_000)
    served.suspend(gone)
    body = rules(tiers=STEPS, levels=[0, 100, 2_000])
    seen = served.ask(staff, "POST", "/progress/rules/preview", json=body).json()
    assert seen["members"] == 6, "five, and the staff member who has nothing"
    assert [(tier["key"], tier["members"]) for tier in seen["now"]["tiers"]] == [
        ("ember", 3),
        ("spark", 1),
        ("blaze", 0),
        ("beacon", 1),
        ("phoenix", 1),
    ]
    assert [(tier["key"], tier["at"], tier["members"]) for tier in seen["then"]["tiers"]] == [
        ("low", 0, 2),
        ("mid", 100, 2),
        ("high", 1_000, 2),
    ]
    assert [(level["level"], level["members"]) for level in seen["then"]["levels"]] == [(1, 2), (2, 3), (3, 1)]
    assert sum(level["members"] for level in seen["now"]["levels"]) == 6
    assert served.count(progress_config) == 0


def test_rules_are_read_by_members_and_set_by_staff(served: Circle) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member()
    for path in ("/progress/rules/presets", "/progress/rules/versions", "/progress/rules/versions/1"):
        refused(served.get(ana, path), 403, "forbidden")
    refused(served.ask(ana, "POST", "/progress/rules/preview", json=rules()), 403, "forbidden")
    refused(change(served, ana, "/progress/rules", rules(), put=True), 403, "forbidden")
    assert served.http.get("/api/v1/progress/rules").status_code == 401
    assert changed(served, admin, "/progress/rules", rules(decay=None, max_self_points=9), put=True)["max_self_points"] == 9


def test_a_change_is_told_in_the_log_without_words(served: Circle) -> None:
    staff, admin = served.make_member(role="staff"), served.make_member(role="admin")
    set_rules(served, staff, max_self_points=50)
    topic(served, staff, "maths", title="A private word")
    changed(served, staff, "/progress/topics/maths", {"title": "Another", "position": 4})
    told = [one for one in served.pages(admin, "/audit") if one["actor_id"] == str(staff.id)]
    assert [(one["action"], one["subject"]) for one in told] == [
        ("topic.changed", "topic/maths"),
        ("topic.added", "topic/maths"),
        ("rules.changed", "progress/rules"),
    ]
    assert json.loads(told[0]["before"]) == {"title": "changed", "position": 1}
    assert json.loads(told[0]["after"]) == {"title": "changed", "position": 4}
    assert json.loads(told[2]["after"]) == {"rules_version": 2, "preset": "thrive"}
    assert "private" not in str(told)
