"""Classes over HTTP: what is asked, what is answered, and what is refused."""

from typing import Any

from sqlalchemy import select

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.accounts import seats
from laurels.products.study.rules.codes import is_code, spell_code
from laurels.products.study.tables import study_document
from products.study.school import School
from support.site import refused

JOINING, CAPACITY = 20, 5


def made(school: School, who: Member, **body: Any) -> dict[str, Any]:
    """Make a class; gives it."""
    answer = school.ask(who, "POST", "/classes", json={"name": "Physics I", **body})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/v1/classes/{answer.json()['id']}"
    told: dict[str, Any] = answer.json()
    return told


def test_a_member_makes_a_class_and_shares_its_code(served: School) -> None:
    ana, bo = served.make_member(), served.make_member()
    room = made(served, ana, description="Mechanics\nand heat", capacity=40)
    assert (room["name"], room["description"], room["capacity"], room["owner_id"]) == ("Physics I", "Mechanics\nand heat", 40, str(ana.id))
    assert (room["members"], room["documents"], room["is_active"], room["time_zone"]) == (1, 0, True, "Europe/Madrid")
    assert (room["owner_name"], is_code(room["class_code"])) == (ana.display_name, True)
    assert room["sponsor_budget"] == {"daily": 5_000_000, "weekly": 25_000_000, "monthly": 75_000_000}
    answer = served.ask(bo, "POST", "/classes/join", json={"class_code": spell_code(room["class_code"]).lower()})
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/classes/{room['id']}")
    joined = answer.json()
    assert (joined["members"], joined["class_code"], joined["sponsor_budget"]) == (2, None, None)
    assert (joined["membership"]["template"], joined["membership"]["is_owner"]) == ("participant", False)
    assert served.read(bo, f"/classes/{room['id']}") == joined


def test_the_settings_say_what_memberships_begin_with(school: School) -> None:
    settings = {"study_daily_tokens": 10, "study_weekly_tokens": 20, "study_monthly_tokens": 30, "study_max_chats": 1}
    with school.open(**settings, study_sponsor_daily=7, study_time_zone="America/Lima"):
        ana, bo = school.make_member(), school.make_member()
        room = made(school, ana)
        joined = school.ask(bo, "POST", "/classes/join", json={"class_code": room["class_code"]}).json()
        for membership in (room["membership"], joined["membership"]):
            limits = [membership[f"{period}_token_limit"] for period in ("daily", "weekly", "monthly")]
            assert (limits, membership["max_concurrent_chats"]) == ([10, 20, 30], 1)
        assert (room["sponsor_budget"]["daily"], room["time_zone"]) == (7, "America/Lima")
        assert made(school, ana, time_zone="Asia/Tokyo")["time_zone"] == "Asia/Tokyo"


def test_where_staff_alone_make_classes_members_join_them(school: School) -> None:
    with school.open(study_creators="staff"):
        ana, staff = school.make_member(), school.make_member(role="staff")
        assert refused(school.ask(ana, "POST", "/classes", json={"name": "Mine"}), 403, "forbidden")["needs"] == "staff"
        room = made(school, staff)
        assert school.ask(ana, "POST", "/classes/join", json={"class_code": room["class_code"]}).status_code == 201


def test_the_same_request_makes_one_class(served: School) -> None:
    ana = served.make_member()
    first, again = (served.ask(ana, "POST", "/classes", key="once", json={"name": "Physics I"}) for _ in range(2))
    assert (again.status_code, again.json()["id"], again.headers["idempotency-replayed"]) == (201, first.json()["id"], "true")
    refused(served.ask(ana, "POST", "/classes", key="once", json={"name": "Physics II"}), 422, "idempotency-key-reused")
    assert len(served.pages(ana, "/classes")) == 1


def test_the_list_has_my_classes_the_newest_first_and_nobody_elses(served: School) -> None:
    ana, bo = served.make_member(), served.make_member()
    rooms = []
    for number in range(5):
        served.later(minutes=1)
        rooms.append(made(served, ana, name=f"Class {number}"))
    made(served, bo)
    assert [one["name"] for one in served.pages(ana, "/classes", limit=2)] == [f"Class {number}" for number in (4, 3, 2, 1, 0)]
    served.ask(ana, "PUT", f"/classes/{rooms[1]['id']}/archive", json={"is_archived": True})
    assert [one["name"] for one in served.pages(ana, "/classes", is_active=False)] == ["Class 1"]
    assert len(served.pages(ana, "/classes", is_active=True)) == 4
    refused(served.get(ana, "/classes", cursor="WzE3XQ"), 422, "cursor-invalid")


def test_a_class_that_is_left_is_gone_from_the_list_and_there_again_after_coming_back(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    assert served.ask(ana, "DELETE", f"/classes/{room.id}/membership").status_code == 204
    assert served.pages(ana, "/classes") == []
    refused(served.get(ana, f"/classes/{room.id}"), 404, "not-found")
    refused(served.ask(owner, "DELETE", f"/classes/{room.id}/membership"), 409, "owner-stays")
    assert served.ask(ana, "POST", "/classes/join", json={"class_code": room.class_code}).status_code == 201
    assert [one["id"] for one in served.pages(ana, "/classes")] == [str(room.id)]


def test_a_manager_changes_a_class_and_is_told_what_is_wrong(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path = f"/classes/{room.id}"
    changed = served.ask(owner, "PATCH", path, json={"name": "Physics II", "capacity": 9, "sponsor_daily": 0}).json()
    assert (changed["name"], changed["capacity"], changed["description"]) == ("Physics II", 9, "")
    assert changed["sponsor_budget"] == {"daily": 0, "weekly": 25_000_000, "monthly": 75_000_000}
    assert refused(served.ask(owner, "PATCH", path, json={"capacity": 1}), 422, "invalid")["field"] == "capacity"
    wrong: list[dict[str, Any]] = [
        {"name": ""},
        {"name": None},
        {"name": "x" * 81},
        {"capacity": 0},
        {"capacity": "9"},
        {"time_zone": "Mars/Base"},
        {"sponsor_daily": -1},
        {"owner_id": str(ana.id)},
        {"is_active": False},
    ]
    for body in wrong:
        refused(served.ask(owner, "PATCH", path, json=body), 422, "validation-failed")
    assert served.ask(owner, "PATCH", path, json={}).json()["name"] == "Physics II"


def test_a_new_code_takes_the_old_ones_place(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    bo = served.make_member()
    refused(served.ask(ana, "POST", f"/classes/{room.id}/code"), 403, "forbidden")
    answer = served.ask(owner, "POST", f"/classes/{room.id}/code", key="once")
    again = served.ask(owner, "POST", f"/classes/{room.id}/code", key="once")
    code = answer.json()["class_code"]
    assert (answer.status_code, is_code(code), code != room.class_code, again.json()["class_code"]) == (200, True, True, code)
    refused(served.ask(bo, "POST", "/classes/join", json={"class_code": room.class_code}), 404, "not-found")
    assert served.ask(bo, "POST", "/classes/join", json={"class_code": code}).status_code == 201
    assert code not in "".join(row.before + row.after for row in served.recorded())


def test_who_may_share_a_class_sees_its_code(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    assert served.read(ana, f"/classes/{room.id}")["class_code"] is None
    served.ask(owner, "PUT", f"/classes/{room.id}/members/{ana.id}", json={"template": "sharer"})
    assert served.read(ana, f"/classes/{room.id}")["class_code"] == room.class_code


def test_an_archived_class_is_read_and_not_changed(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path = f"/classes/{room.id}"
    refused(served.ask(ana, "PUT", f"{path}/archive", json={"is_archived": True}), 403, "forbidden")
    assert served.ask(owner, "PUT", f"{path}/archive", json={"is_archived": True}).json()["is_active"] is False
    assert served.read(ana, path)["is_active"] is False
    refused(served.ask(owner, "PATCH", path, json={"name": "Other"}), 409, "class-closed")
    refused(served.ask(owner, "PUT", f"{path}/members/{ana.id}", json={"can_chat": False}), 409, "class-closed")
    refused(served.ask(ana, "POST", f"{path}/keys", json={"name": "mine"}), 409, "class-closed")


def test_a_class_is_handed_over(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path = f"/classes/{room.id}"
    refused(served.ask(owner, "PUT", f"{path}/owner", json={"user_id": str(served.make_member().id)}), 404, "not-found")
    refused(served.ask(owner, "PUT", f"{path}/owner", json={"user_id": "nobody"}), 404, "not-found")
    answer = served.ask(owner, "PUT", f"{path}/owner", json={"user_id": str(ana.id)}).json()
    assert (answer["owner_id"], answer["membership"]["is_owner"], answer["membership"]["template"]) == (str(ana.id), False, "manager")
    refused(served.ask(owner, "DELETE", path), 403, "forbidden")
    assert served.read(ana, path)["membership"]["is_owner"] is True


def test_a_deleted_class_takes_all_its_documents_along_and_is_missing_for_all(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    other = served.found(owner)
    for where, session in ((room, None), (room, new_id()), (other, None)):
        served.shelve(where, owner, session_id=session)
    assert served.ask(owner, "DELETE", f"/classes/{room.id}").status_code == 204
    for who in (owner, ana):
        refused(served.get(who, f"/classes/{room.id}"), 404, "not-found")
    refused(served.ask(owner, "DELETE", f"/classes/{room.id}"), 404, "not-found")
    refused(served.ask(ana, "POST", "/classes/join", json={"class_code": room.class_code}), 404, "not-found")
    with served.database.read.connect() as connection:
        found = connection.execute(select(study_document.c.class_id, study_document.c.deleted_at)).all()
    assert sorted((row.class_id == room.id, row.deleted_at is not None) for row in found) == [(False, False), (True, True), (True, True)]
    assert served.pages(ana, "/classes") == []


def test_a_refused_deletion_leaves_the_documents(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.shelve(room, owner)
    refused(served.ask(ana, "DELETE", f"/classes/{room.id}"), 403, "forbidden")
    assert served.read(ana, f"/classes/{room.id}")["documents"] == 1


def test_changes_by_managers_are_put_on_record(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path = f"/classes/{room.id}"
    served.ask(owner, "PATCH", path, json={"capacity": 9})
    served.ask(owner, "POST", f"{path}/code")
    served.ask(owner, "PUT", f"{path}/members/{ana.id}", json={"can_chat": False})
    served.ask(owner, "PUT", f"/usage/classes/{room.id}/limits/{ana.id}", json={"daily_token_limit": 5})
    served.ask(owner, "PUT", f"{path}/sponsorship", json={"is_sponsored": True})
    served.ask(owner, "DELETE", f"{path}/members/{ana.id}")
    served.ask(owner, "DELETE", f"{path}/removals/{ana.id}")
    served.ask(owner, "PUT", f"{path}/archive", json={"is_archived": True})
    served.ask(owner, "DELETE", path)
    rows = served.recorded()
    assert [row.action for row in rows] == [
        "class.changed",
        "class.code_rotated",
        "class_member.changed",
        "class_member.limits_set",
        "class.sponsorship_set",
        "class_member.removed",
        "class_member.let_return",
        "class.archived",
        "class.deleted",
    ]
    assert {(row.actor_id, row.subject) for row in rows} == {(owner.id, f"class/{room.id}")}
    assert (rows[2].before, rows[2].after) == ('{"can_chat":true}', f'{{"can_chat":false,"member":"{ana.id}"}}')


def test_of_20_who_join_at_once_as_many_get_in_as_there_are_seats(wide: School) -> None:
    room, _, _ = wide.with_members(0, capacity=CAPACITY)
    members = [wide.make_member() for _ in range(JOINING)]
    for member in members:
        wide.headers(member)

    def join(who: Member) -> int:
        return wide.ask(who, "POST", "/classes/join", json={"class_code": room.class_code}).status_code

    statuses = wide.together(*[lambda member=member: join(member) for member in members])
    assert sorted(statuses) == [201] * (CAPACITY - 1) + [409] * (JOINING - CAPACITY + 1)
    assert wide.held(seats(room.id)) == CAPACITY
    assert sum(one.status == "active" for one in wide.memberships(room)) == CAPACITY


def test_who_joins_twenty_times_at_once_takes_one_seat(wide: School) -> None:
    room, _, _ = wide.with_members(0)
    ana = wide.make_member()
    wide.headers(ana)
    calls = [lambda: wide.ask(ana, "POST", "/classes/join", json={"class_code": room.class_code}).status_code] * JOINING
    assert sorted(wide.together(*calls)) == [201] + [409] * (JOINING - 1)
    assert wide.held(seats(room.id)) == 2


def test_codes_are_not_to_be_tried_out(school: School) -> None:
    with school.open(rate_limits=True):
        ana = school.make_member()
        tried = [school.ask(ana, "POST", "/classes/join", json={"class_code": "22222222"}).status_code for _ in range(11)]
    assert tried == [404] * 10 + [429]
