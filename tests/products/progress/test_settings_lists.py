"""What staff set in lists, over HTTP: topics, goals, quests, badges and reactions."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select

from laurels.core.ids import new_id
from laurels.identity.tables import Member, staff_action
from laurels.products.progress.actions import badges, goals, quests_set, topics
from laurels.products.progress.bounds import MAX_BADGES, MAX_QUESTS, MAX_TOPICS
from laurels.products.progress.queries.definitions import BADGES, GOALS, QUESTS, TOPICS
from laurels.products.progress.rules import ActivityType, TriggerName
from laurels.products.progress.rules.goals import MAX_GOALS
from laurels.products.progress.tables import badge, goal, progress_config, progress_reaction, progress_topic, quest
from products.progress.circle import COMMENT, Circle
from products.progress.settings_paper import BADGE, GOAL, QUEST, REACTION, SEASON, basis_now, topic
from support.site import API, refused
from support.versions import change, changed, expecting, made

LISTS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "topics": ("/progress/topics", "/progress/topics", "slug", {"slug": "maths", "title": "Maths"}),
    "goals": ("/progress/goal-definitions", "/progress/goal-definitions", "goal_type", GOAL),
    "quests": ("/progress/quests", "/progress/quest-definitions", "id", QUEST),
    "badges": ("/progress/badges", "/progress/badge-definitions", "slug", BADGE),
}
"""Where each is written and read, what names one, and one."""

EVERY = pytest.mark.parametrize("kind", LISTS)


@pytest.fixture
def staff(served: Circle) -> Member:
    """Somebody of the staff."""
    return served.make_member(role="staff")


@EVERY
def test_one_is_added_changed_put_aside_and_taken_back(served: Circle, staff: Member, kind: str) -> None:
    writes, reads, name, body = LISTS[kind]
    answer = served.ask(staff, "POST", writes, json=body)
    found = made(answer)
    key = found[name]
    assert {field: found[field] for field in body} == body
    assert (found["is_active"], found["version"], answer.headers["ETag"]) == (True, 1, '"1"')
    assert answer.headers["Location"] == f"{API}{reads}/{key}"
    assert served.read(staff, f"{reads}/{key}") == found
    seen = changed(served, staff, f"{writes}/{key}", {"title": "Anew"}, read=f"{reads}/{key}")
    assert seen == {**found, "title": "Anew", "version": 2}
    assert changed(served, staff, f"{writes}/{key}", {"is_active": False}, read=f"{reads}/{key}")["is_active"] is False
    assert key in [one[name] for one in served.read(staff, reads)["items"]]
    assert changed(served, staff, f"{writes}/{key}", {"is_active": True}, read=f"{reads}/{key}")["version"] == 4
    assert served.ask({**served.headers(staff), "If-None-Match": '"4"'}, "GET", f"{reads}/{key}").status_code == 304
    assert basis_now(served).version == 5


@EVERY
def test_a_change_that_changes_nothing_leaves_no_trace(served: Circle, staff: Member, kind: str) -> None:
    writes, reads, name, body = LISTS[kind]
    key = made(served.ask(staff, "POST", writes, json=body))[name]
    before = served.heads(), served.count(staff_action), basis_now(served).version
    for nothing in ({}, {"title": body["title"]}):
        assert changed(served, staff, f"{writes}/{key}", nothing, read=f"{reads}/{key}")["version"] == 1
    assert (served.heads(), served.count(staff_action), basis_now(served).version) == before


@EVERY
def test_only_who_saw_the_latest_version_changes_it(served: Circle, staff: Member, kind: str) -> None:
    writes, _, name, body = LISTS[kind]
    key = made(served.ask(staff, "POST", writes, json=body))[name]
    assert change(served, staff, f"{writes}/{key}", {"title": "First"}, tag='"1"').status_code == 200
    refused(change(served, staff, f"{writes}/{key}", {"title": "Late"}, tag='"1"'), 412, "precondition-failed")
    refused(served.ask(staff, "PATCH", f"{writes}/{key}", json={"title": "Blind"}), 428, "precondition-required")
    assert change(served, staff, f"{writes}/{key}", {"title": "Whichever"}, tag="*").json()["version"] == 3


@EVERY
def test_the_same_request_again_adds_it_once(served: Circle, staff: Member, kind: str) -> None:
    writes, _, _, body = LISTS[kind]
    first = served.ask(staff, "POST", writes, json=body, key="k")
    again = served.ask(staff, "POST", writes, json=body, key="k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (made(first), "true")
    refused(served.ask(staff, "POST", writes, json={**body, "title": "Else"}, key="k"), 422, "idempotency-key-reused")
    assert basis_now(served).version == 2


@EVERY
def test_members_change_nothing_and_strangers_see_nothing(served: Circle, staff: Member, kind: str) -> None:
    writes, reads, name, body = LISTS[kind]
    ana = served.make_member()
    key = made(served.ask(staff, "POST", writes, json=body))[name]
    refused(served.ask(ana, "POST", writes, json=body), 403, "forbidden")
    refused(served.ask(expecting(served, ana, '"1"'), "PATCH", f"{writes}/{key}", json={"title": "Mine"}), 403, "forbidden")
    assert served.http.get(f"{API}{reads}").status_code == 401
    if kind != "topics":
        refused(served.get(ana, reads), 403, "forbidden")
        refused(served.get(ana, f"{reads}/{key}"), 403, "forbidden")
    for path in (f"{reads}/nothing-here", f"{reads}/%00", f"{reads}/Nö", f"{reads}/{'a' * 41}", f"{reads}/{new_id()}"):
        refused(served.get(staff, path), 404, "not-found")
    refused(change(served, staff, f"{writes}/{new_id()}", {"title": "None"}, tag="*"), 404, "not-found")


@pytest.mark.parametrize("kind", ["topics", "goals", "badges"])
def test_a_name_that_is_taken_is_refused_active_or_not(served: Circle, staff: Member, kind: str) -> None:
    writes, reads, name, body = LISTS[kind]
    made(served.ask(staff, "POST", writes, json=body))
    changed(served, staff, f"{writes}/{body[name]}", {"is_active": False}, read=f"{reads}/{body[name]}")
    before = served.heads()
    assert refused(served.ask(staff, "POST", writes, json=body), 409, "name-taken")["name"] == body[name]
    assert served.heads() == before


def test_a_shipped_goals_name_is_taken_from_the_first_change_on(served: Circle, staff: Member) -> None:
    refused(served.ask(staff, "POST", "/progress/goal-definitions", json={**GOAL, "goal_type": "help_5"}), 409, "name-taken")
    assert served.count(progress_config) == 0, "a refused change writes nothing"


@pytest.mark.parametrize(
    ("kind", "limit", "table"),
    [
        ("topics", MAX_TOPICS, progress_topic),
        ("goals", MAX_GOALS, goal),
        ("quests", MAX_QUESTS, quest),
        ("badges", MAX_BADGES, badge),
    ],
)
def test_as_many_are_active_as_may_be(served: Circle, staff: Member, kind: str, limit: int, table: Table) -> None:
    writes, reads, name, body = LISTS[kind]
    first = made(served.ask(staff, "POST", writes, json=body))[name]
    repeat(served, table, name, limit - served.count(table))
    extra = body if name == "id" else {**body, name: "one-more"}
    assert refused(served.ask(staff, "POST", writes, json=extra), 409, "progress-list-full")["limit"] == limit
    aside = made(served.ask(staff, "POST", writes, json={**extra, "is_active": False}))[name]
    for full in (True, False):
        answer = change(served, staff, f"{writes}/{aside}", {"is_active": True}, read=f"{reads}/{aside}")
        assert answer.status_code == (409 if full else 200), answer.text
        changed(served, staff, f"{writes}/{first}", {"is_active": False}, read=f"{reads}/{first}")


@EVERY
def test_a_list_is_bounded_with_all_that_was_put_aside(served: Circle, staff: Member, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    writes, _, name, body = LISTS[kind]
    made(served.ask(staff, "POST", writes, json=body))
    known = {"topics": (topics, TOPICS), "goals": (goals, GOALS), "quests": (quests_set, QUESTS), "badges": (badges, BADGES)}
    module, sort = known[kind]
    full = replace(sort, most=len(served.read(staff, LISTS[kind][1])["items"]))
    monkeypatch.setattr(module, "_SORT", replace(module._SORT, kind=full))
    extra = {**body, "is_active": False} if name == "id" else {**body, name: "one-more", "is_active": False}
    refused(served.ask(staff, "POST", writes, json=extra), 409, "progress-list-full")


def test_lists_go_by_position_and_what_has_none_comes_last(served: Circle, staff: Member) -> None:
    ana = served.make_member()
    for slug, more in {"b": {}, "a": {}, "first": {"position": 0}, "also": {"position": 1}, "hidden": {"is_active": False}}.items():
        topic(served, staff, slug, **more)
    assert [one["slug"] for one in served.read(ana, "/progress/topics")["items"]] == ["first", "also", "b", "a"]
    assert [(one["slug"], one["position"]) for one in served.read(staff, "/progress/topics")["items"]][-2:] == [("a", 2), ("hidden", 3)]
    assert served.read(ana, "/progress/topics/hidden")["is_active"] is False, "old activities name it"


def test_quests_are_listed_newest_first_page_by_page(served: Circle, staff: Member) -> None:
    ids = []
    for number in range(5):
        served.later(seconds=1)
        ids.append(made(served.ask(staff, "POST", "/progress/quests", json={**QUEST, "is_active": number != 2}))["id"])
    assert [one["id"] for one in served.pages(staff, "/progress/quest-definitions", limit=2)] == ids[::-1]
    assert [one["id"] for one in served.pages(staff, "/progress/quest-definitions", active="true")] == [
        ids[place] for place in (4, 3, 1, 0)
    ]
    refused(served.get(staff, "/progress/quest-definitions", cursor="x"), 422, "cursor-invalid")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/progress/quests", {**QUEST, "topic": "alchemy"}),
        ("/progress/badges", {**BADGE, "measure": "topic_points", "topic": "alchemy"}),
        ("/progress/seasons", {**SEASON, "multipliers": [{"percent": 200, "topic": "alchemy"}]}),
    ],
)
def test_a_topic_that_cant_be_chosen_is_refused(served: Circle, staff: Member, path: str, body: dict[str, Any]) -> None:
    assert refused(served.ask(staff, "POST", path, json=body), 422, "unknown-topic")["topic"] == "alchemy"
    topic(served, staff, "alchemy", is_active=False)
    refused(served.ask(staff, "POST", path, json=body), 422, "unknown-topic")
    changed(served, staff, "/progress/topics/alchemy", {"is_active": True})
    assert served.ask(staff, "POST", path, json=body).status_code == 201


def test_a_topic_that_is_put_aside_stays_where_it_was_named(served: Circle, staff: Member) -> None:
    topic(served, staff, "alchemy")
    path = made(served.ask(staff, "POST", "/progress/quests", json={**QUEST, "topic": "alchemy"}))["id"]
    changed(served, staff, "/progress/topics/alchemy", {"is_active": False})
    seen = changed(served, staff, f"/progress/quests/{path}", {"steps": 4}, read=f"/progress/quest-definitions/{path}")
    assert (seen["topic"], seen["steps"]) == ("alchemy", 4)
    assert changed(served, staff, f"/progress/quests/{path}", {"topic": None}, read=f"/progress/quest-definitions/{path}")["topic"] is None
    again = change(served, staff, f"/progress/quests/{path}", {"topic": "alchemy"}, read=f"/progress/quest-definitions/{path}")
    refused(again, 422, "unknown-topic")


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/progress/goal-definitions", {**GOAL, "measure": "days", "target": 8}, "target"),
        ("/progress/quests", {**QUEST, "starts_at": SEASON["ends_at"], "ends_at": SEASON["starts_at"]}, "ends_at"),
        ("/progress/quests", {**QUEST, "ends_at": "2040-01-01T00:00:00+00:00"}, "ends_at"),
        ("/progress/quests", {**QUEST, "starts_at": "1969-12-31T00:00:00+00:00"}, "starts_at"),
        ("/progress/badges", {**BADGE, "measure": "topic_points"}, "topic"),
        ("/progress/badges", {**BADGE, "topic": "maths"}, "topic"),
    ],
)
def test_what_doesnt_fit_together_is_refused_by_name(served: Circle, staff: Member, path: str, body: dict[str, Any], field: str) -> None:
    assert refused(served.ask(staff, "POST", path, json=body), 422, "invalid")["field"] == field
    assert served.count(progress_config) == 0


def test_a_goal_that_ships_is_changed_like_any_other(served: Circle, staff: Member) -> None:
    path = "/progress/goal-definitions/streak_7"
    assert served.get(staff, path).headers["ETag"] == '"1"'
    refused(change(served, staff, path, {"target": 8}), 422, "invalid")
    seen = changed(served, staff, path, {"target": 5, "points_reward": 45, "activity_types": ["comment", "side_quest"]})
    assert (seen["target"], seen["activity_types"], seen["version"]) == (5, ["comment", "side_quest"], 2)
    refused(change(served, staff, path, {"measure": "topics"}), 422, "validation-failed")
    [known] = [one for one in basis_now(served).goals if one.goal_type == "streak_7"]
    assert (known.target, known.points_reward, known.activity_types) == (5, 45, {ActivityType.COMMENT, ActivityType.SIDE_QUEST})


def test_a_quest_keeps_what_its_fields_say(served: Circle, staff: Member) -> None:
    body = {**QUEST, "quest_type": "daily", "difficulty": "epic", "cooldown_hours": 6, "activity_types": None, "ends_at": SEASON["ends_at"]}
    found = made(served.ask(staff, "POST", "/progress/quests", json=body))
    assert {name: found[name] for name in body} == body
    path, read = f"/progress/quests/{found['id']}", f"/progress/quest-definitions/{found['id']}"
    wanted = {"quest_type": "event", "difficulty": "hard", "activity_types": [], "cooldown_hours": None, "ends_at": None}
    assert {name: value for name, value in changed(served, staff, path, wanted, read=read).items() if name in wanted} == wanted


def test_a_goal_and_a_badge_that_staff_add_count_in_the_next_award(served: Circle, staff: Member) -> None:
    ana = served.make_member()
    served.award(ana, 60, COMMENT)
    made(served.ask(staff, "POST", "/progress/goal-definitions", json={**GOAL, "target": 1, "points_reward": 15}))
    made(served.ask(staff, "POST", "/progress/badges", json=BADGE))
    assert basis_now(served).version == 3
    served.award(ana, 40)
    assert served.total(ana) == 115
    assert "century" in served.badges(ana)
    changed(served, staff, "/progress/badges/century", {"is_active": False}, read="/progress/badge-definitions/century")
    assert "century" in served.badges(ana), "who has it keeps it"


def test_what_triggers_award_is_listed_and_set(served: Circle, staff: Member) -> None:
    shown = served.read(staff, "/progress/reactions")["items"]
    assert [one["trigger"] for one in shown] == sorted(TriggerName)
    path = "/progress/reactions/recognition_given"
    assert changed(served, staff, path, REACTION, put=True) == {"trigger": "recognition_given", **REACTION, "version": 2}
    assert served.read(staff, path)["points"] == 7
    refused(change(served, staff, path, REACTION, tag='"1"', put=True), 412, "precondition-failed")
    refused(served.ask(staff, "PUT", path, json=REACTION), 428, "precondition-required")
    refused(change(served, staff, "/progress/reactions/sneeze", REACTION, tag="*", put=True), 404, "not-found")
    ana = served.make_member()
    refused(served.get(ana, path), 403, "forbidden")
    refused(served.get(ana, "/progress/reactions"), 403, "forbidden")
    refused(change(served, ana, path, REACTION, tag="*", put=True), 403, "forbidden")


def test_a_trigger_that_came_with_an_upgrade_is_listed_and_set_like_the_others(served: Circle, staff: Member) -> None:
    topic(served, staff, "maths")
    with served.database.write.begin() as connection:
        connection.execute(delete(progress_reaction).where(progress_reaction.c.trigger == "class_joined"))
    assert [one["trigger"] for one in served.read(staff, "/progress/reactions")["items"]] == sorted(TriggerName)
    path = "/progress/reactions/class_joined"
    assert served.get(staff, path).headers["ETag"] == '"1"'
    assert changed(served, staff, path, REACTION, put=True)["version"] == 2
    assert served.read(staff, path)["points"] == REACTION["points"]


def repeat(circle: Circle, table: Table, name: str, times: int) -> None:
    """As many more active rows like the newest."""
    with circle.database.write.begin() as connection:
        row = dict(connection.execute(select(table).order_by(table.c.created_at.desc(), table.c[name]).limit(1)).mappings().one())
        keys = [new_id() if name == "id" else f"filler-{number}" for number in range(times)]
        connection.execute(insert(table), [{**row, name: key} for key in keys])
