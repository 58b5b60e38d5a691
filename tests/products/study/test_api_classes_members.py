"""Members of classes over HTTP: permissions, sponsorship, removals and keys."""

from typing import Any
from uuid import UUID

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.study.actions.keys import MAX_OWN_KEYS
from laurels.products.study.api.members import KEYS_PER_MINUTE
from laurels.products.study.tables import StudyClass
from products.study.school import School
from support.site import refused


def put(school: School, who: Member, room: StudyClass, whom: Member, **body: Any) -> Any:
    """Change a member's permissions."""
    return school.ask(who, "PUT", f"/classes/{room.id}/members/{whom.id}", json=body)


def test_templates_give_permissions_by_one_name(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    told = served.read(ana, f"/classes/{room.id}/permissions")
    assert set(told["templates"]) == {"reader", "participant", "sharer", "manager"}
    for name, wanted in told["templates"].items():
        changed = put(served, owner, room, ana, template=name).json()
        assert {**changed, **wanted} == changed
        assert changed["template"] == name
        assert served.read(ana, f"/classes/{room.id}/permissions")["mine"]["template"] == name
    mixed = put(served, owner, room, ana, template="reader", can_chat=True).json()
    assert (mixed["template"], mixed["can_chat"], mixed["can_upload"]) == (None, True, False)


def test_a_change_of_permissions_takes_nothing_else(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    before = served.memberships(room)
    wrong: list[dict[str, Any]] = [
        {"template": "owner"},
        {"can_chat": "yes"},
        {"can_chat": None},
        {"max_concurrent_chats": 0},
        {"max_concurrent_chats": 51},
        {"is_sponsored": True},
        {"daily_token_limit": 5},
    ]
    for body in wrong:
        refused(put(served, owner, room, ana, **body), 422, "validation-failed")
    refused(served.ask(owner, "PUT", f"/classes/{room.id}/members/nobody", json={"can_chat": False}), 404, "not-found")
    refused(served.ask(owner, "PUT", f"/classes/{room.id}/members/{new_id()}", json={"can_chat": False}), 404, "not-found")
    assert put(served, owner, room, ana).status_code == 200
    assert served.memberships(room) == before


def test_a_manager_sees_members_with_permissions_and_what_they_used(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    served.capture(served.spend(room, ana, 900), 400)
    served.spend(room, ana, 50)
    (first, second) = served.pages(owner, f"/classes/{room.id}/members", limit=1)
    assert {first["user_id"], second["user_id"]} == {str(owner.id), str(ana.id)}
    anas = second if second["user_id"] == str(ana.id) else first
    assert (anas["display_name"], anas["student_id"], anas["template"]) == (ana.display_name, ana.student_id, "participant")
    assert (anas["own"]["daily"]["tokens_used"], anas["own"]["daily"]["held"], anas["share"]) == (400, 50, None)


def test_who_was_removed_stays_out_until_that_is_lifted(served: School) -> None:
    room, owner, (ana,) = served.with_members(1)
    path = f"/classes/{room.id}"
    assert served.ask(owner, "DELETE", f"{path}/members/{ana.id}").status_code == 204
    refused(served.ask(ana, "POST", "/classes/join", json={"class_code": room.class_code}), 403, "removed-from-class")
    assert [one["user_id"] for one in served.pages(owner, f"{path}/members", status="removed")] == [str(ana.id)]
    refused(served.ask(owner, "DELETE", f"{path}/members/{owner.id}"), 409, "owner-stays")
    assert served.ask(owner, "DELETE", f"{path}/removals/{ana.id}").status_code == 204
    refused(served.ask(owner, "DELETE", f"{path}/removals/{ana.id}"), 404, "not-found")
    assert served.ask(ana, "POST", "/classes/join", json={"class_code": room.class_code}).status_code == 201


def test_the_owner_sponsors_some_or_all_and_nobody_twice(served: School) -> None:
    room, owner, (ana, bo, manager) = served.with_members(3)
    served.permit(room, manager, is_manager=True)
    path = f"/classes/{room.id}/sponsorship"

    def sponsor(**body: Any) -> Any:
        answer = served.ask(owner, "PUT", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert refused(served.ask(manager, "PUT", path, json={"is_sponsored": True}), 403, "forbidden")["needs"] == "owner"
    assert sponsor(is_sponsored=True, user_ids=[str(ana.id), str(ana.id)]) == {"is_sponsored": True, "changed": 1}
    assert sponsor(is_sponsored=True) == {"is_sponsored": True, "changed": 2}
    assert sponsor(is_sponsored=True) == {"is_sponsored": True, "changed": 0}
    assert [served.membership(room, who).is_sponsored for who in (owner, ana, bo, manager)] == [False, True, True, True]
    assert sponsor(is_sponsored=False, user_ids=[str(bo.id)])["changed"] == 1
    assert sponsor(is_sponsored=False)["changed"] == 2
    refused(served.ask(owner, "PUT", path, json={"is_sponsored": True, "user_ids": []}), 422, "validation-failed")
    refused(served.ask(owner, "PUT", path, json={"is_sponsored": True, "user_ids": [str(owner.id)]}), 422, "invalid")
    refused(served.ask(owner, "PUT", path, json={"is_sponsored": True, "user_ids": [str(ana.id), str(new_id())]}), 404, "not-found")
    assert not served.membership(room, ana).is_sponsored


def test_more_members_than_one_transaction_takes_are_all_sponsored(served: School) -> None:
    room, owner, _ = served.with_members(502)
    answer = served.ask(owner, "PUT", f"/classes/{room.id}/sponsorship", json={"is_sponsored": True})
    assert answer.json() == {"is_sponsored": True, "changed": 502}
    assert {one.is_sponsored for one in served.memberships(room) if one.member != owner.id} == {True}


# Keys


def key_of(school: School, who: Member, room: StudyClass, name: str = "notebook") -> dict[str, Any]:
    """Make a key; gives it, with its text."""
    answer = school.ask(who, "POST", f"/classes/{room.id}/keys", json={"name": name})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_a_member_makes_keys_of_their_own_which_are_told_once(served: School) -> None:
    room, _, (ana, bo) = served.with_members(2)
    made = key_of(served, ana, room)
    assert (made["subject"], made["scopes"], made["created_by"]) == (f"class/{room.id}", ["chat"], str(ana.id))
    assert made["token"].startswith("lk_")
    (listed,) = served.pages(ana, f"/classes/{room.id}/keys")
    assert (listed["id"], "token" in listed) == (made["id"], False)
    assert served.pages(bo, f"/classes/{room.id}/keys") == []


def test_members_revoke_their_own_keys_and_managers_all(served: School) -> None:
    room, owner, (ana, bo) = served.with_members(2)
    other = served.found(ana)
    first, second, elsewhere = key_of(served, ana, room), key_of(served, ana, room), key_of(served, ana, other)
    path = f"/classes/{room.id}/keys"
    refused(served.ask(bo, "DELETE", f"{path}/{first['id']}"), 404, "not-found")
    refused(served.ask(owner, "DELETE", f"{path}/{elsewhere['id']}"), 404, "not-found")
    refused(served.ask(owner, "DELETE", f"{path}/nothing"), 404, "not-found")
    assert served.ask(ana, "DELETE", f"{path}/{first['id']}").status_code == 204
    assert served.ask(owner, "DELETE", f"{path}/{second['id']}").status_code == 204
    assert [one["revoked_at"] is not None for one in served.pages(owner, path, limit=1)] == [True, True]
    assert [one["revoked_at"] for one in served.pages(ana, f"/classes/{other.id}/keys")] == [None]


def test_nobody_makes_more_keys_than_they_may_and_takes_none_from_others(served: School) -> None:
    room, _, (ana, bo) = served.with_members(2)
    keys = [key_of(served, ana, room) for _ in range(MAX_OWN_KEYS)]
    problem = refused(served.ask(ana, "POST", f"/classes/{room.id}/keys", json={"name": "one more"}), 409, "too-many-service-keys")
    assert problem["limit"] == MAX_OWN_KEYS
    key_of(served, bo, room)
    served.ask(ana, "DELETE", f"/classes/{room.id}/keys/{keys[0]['id']}")
    key_of(served, ana, room)


def test_a_key_of_a_class_opens_none_of_its_members_endpoints(served: School) -> None:
    room, owner, _ = served.with_members(0)
    made = key_of(served, owner, room)
    headers = {"Authorization": f"Bearer {made['token']}"}
    for path in (f"/classes/{room.id}", "/classes", f"/classes/{room.id}/members", "/usage/my-usage", "/usage/records"):
        assert served.get(headers, path).status_code == 403
    assert UUID(made["id"])


def test_a_key_that_would_end_in_the_past_is_refused(served: School) -> None:
    room, owner, _ = served.with_members(0)
    body = {"name": "late", "expires_at": "2026-11-20T09:00:00+00:00"}
    assert refused(served.ask(owner, "POST", f"/classes/{room.id}/keys", json=body), 422, "invalid")["field"] == "expires_at"


def test_keys_are_made_so_often_a_minute_and_no_more(school: School) -> None:
    with school.open(rate_limits=True):
        room, _, (ana,) = school.with_members(1)
        for _ in range(KEYS_PER_MINUTE):
            key = school.ask(ana, "POST", f"/classes/{room.id}/keys", json={"name": "Laptop"}).json()["id"]
            assert school.ask(ana, "DELETE", f"/classes/{room.id}/keys/{key}").status_code == 204
        refused(school.ask(ana, "POST", f"/classes/{room.id}/keys", json={"name": "Laptop"}), 429, "too-many-requests")
