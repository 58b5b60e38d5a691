"""The acceptance cases of study about classes and their members, one test each, over HTTP and on both databases."""

from products.study.school import School
from support.site import refused


def test_s01_a_bad_code_joining_twice_and_a_full_or_closed_class(served: School) -> None:
    room, owner, (ana,) = served.with_members(1, capacity=2)
    bo = served.make_member()
    refused(served.ask(bo, "POST", "/classes/join", json={"class_code": "22222222"}), 404, "not-found")
    refused(served.ask(bo, "POST", "/classes/join", json={"class_code": "not a code"}), 404, "not-found")
    refused(served.ask(ana, "POST", "/classes/join", json={"class_code": room.class_code}), 409, "already-in-class")
    problem = refused(served.ask(bo, "POST", "/classes/join", json={"class_code": room.class_code}), 409, "class-full")
    assert problem["capacity"] == 2
    assert served.ask(owner, "PATCH", f"/classes/{room.id}", json={"capacity": None}).status_code == 200
    assert served.ask(owner, "PUT", f"/classes/{room.id}/archive", json={"is_archived": True}).status_code == 200
    refused(served.ask(bo, "POST", "/classes/join", json={"class_code": room.class_code}), 409, "class-closed")
    assert served.ask(owner, "PUT", f"/classes/{room.id}/archive", json={"is_archived": False}).status_code == 200
    assert served.ask(bo, "POST", "/classes/join", json={"class_code": room.class_code}).status_code == 201


def test_s02_an_outsider_on_a_class_its_members_usage_and_keys(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path, stranger = f"/classes/{room.id}", served.make_member()
    asked = [
        ("GET", path, None),
        ("PATCH", path, {"name": "Mine"}),
        ("DELETE", path, None),
        ("GET", f"{path}/permissions", None),
        ("GET", f"{path}/members", None),
        ("PUT", f"{path}/members/{ana.id}", {"can_chat": False}),
        ("DELETE", f"{path}/members/{ana.id}", None),
        ("DELETE", f"{path}/removals/{ana.id}", None),
        ("PUT", f"{path}/sponsorship", {"is_sponsored": True}),
        ("POST", f"{path}/code", None),
        ("PUT", f"{path}/archive", {"is_archived": True}),
        ("PUT", f"{path}/owner", {"user_id": str(stranger.id)}),
        ("DELETE", f"{path}/membership", None),
        ("GET", f"{path}/keys", None),
        ("POST", f"{path}/keys", {"name": "mine"}),
        ("GET", f"/usage/classes/{room.id}/members", None),
        ("GET", f"/usage/classes/{room.id}/members.csv", None),
        ("GET", f"/usage/classes/{room.id}/limits", None),
        ("PUT", f"/usage/classes/{room.id}/limits/{ana.id}", {"daily_token_limit": 1}),
        ("GET", f"/usage/records?class_id={room.id}&everyone=true", None),
    ]
    before = served.heads()
    unknown = str(served.make_member().id)
    for method, asked_path, body in asked:
        there = refused(served.ask(stranger, method, asked_path, json=body), 404, "not-found")
        nowhere = refused(served.ask(stranger, method, asked_path.replace(str(room.id), unknown), json=body), 404, "not-found")
        assert there["detail"] == nowhere["detail"], "whether there is such a class isn't told"
    assert served.heads() == before
    assert served.read(owner, path)["members"] == 2


def test_s03_who_does_not_own_a_class_does_not_delete_it(served: School) -> None:
    room, owner, (ana, manager) = served.with_members(2)
    served.permit(room, manager, is_manager=True)
    for who in (ana, manager):
        problem = refused(served.ask(who, "DELETE", f"/classes/{room.id}"), 403, "forbidden")
        assert problem["needs"] == "owner"
    assert served.ask(owner, "DELETE", f"/classes/{room.id}").status_code == 204
    refused(served.get(owner, f"/classes/{room.id}"), 404, "not-found")


def test_s04_who_does_not_manage_a_class_changes_no_members_sponsorship_or_limits(served: School) -> None:
    room, _, (ana, bo) = served.with_members(2)
    path = f"/classes/{room.id}"
    asked = [
        ("GET", f"{path}/members", None),
        ("PUT", f"{path}/members/{bo.id}", {"can_chat": False}),
        ("PUT", f"{path}/members/{ana.id}", {"is_manager": True}),
        ("DELETE", f"{path}/members/{bo.id}", None),
        ("DELETE", f"{path}/removals/{bo.id}", None),
        ("PUT", f"{path}/sponsorship", {"is_sponsored": True, "user_ids": [str(ana.id)]}),
        ("PATCH", path, {"name": "Mine"}),
        ("POST", f"{path}/code", None),
        ("GET", f"/usage/classes/{room.id}/members", None),
        ("GET", f"/usage/classes/{room.id}/limits", None),
        ("PUT", f"/usage/classes/{room.id}/limits/{ana.id}", {"daily_token_limit": 10**9}),
        ("GET", f"/usage/records?class_id={room.id}&user_id={bo.id}", None),
    ]
    before, memberships = served.heads(), served.memberships(room)
    for method, asked_path, body in asked:
        refused(served.ask(ana, method, asked_path, json=body), 403, "forbidden")
    assert (served.heads(), served.memberships(room)) == (before, memberships)


def test_s05_a_permission_and_a_limit_that_changed_are_stored_and_hold_at_once(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path = f"/classes/{room.id}"
    changed = served.ask(owner, "PUT", f"{path}/members/{ana.id}", json={"can_chat": False})
    assert (changed.status_code, changed.json()["can_chat"], changed.json()["can_read"]) == (200, False, True)
    limited = served.ask(owner, "PUT", f"/usage/classes/{room.id}/limits/{ana.id}", json={"daily_token_limit": 500})
    assert (limited.status_code, limited.json()["daily_token_limit"], limited.json()["weekly_token_limit"]) == (200, 500, 5_000_000)
    mine = served.read(ana, f"{path}/permissions")["mine"]
    assert (mine["can_chat"], mine["daily_token_limit"]) == (False, 500)
    assert served.read(ana, "/usage/my-usage")["items"][0]["own"]["daily"]["limit"] == 500
    refused(served.ask(ana, "POST", f"{path}/keys", json={"name": "mine"}), 403, "forbidden")
    served.ask(owner, "PUT", f"{path}/members/{ana.id}", json={"template": "participant"})
    assert served.ask(ana, "POST", f"{path}/keys", json={"name": "mine"}).status_code == 201
