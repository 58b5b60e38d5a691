"""The list of values, over HTTP."""

from typing import Any

from sqlalchemy import select

from laurels.identity.tables import Member, staff_action
from products.recognition.community import Community
from support.site import API, refused


def put(community: Community, who: Member, name: str, **body: Any) -> Any:
    """Save a value."""
    return community.http.put(f"{API}/recognitions/values/{name}", json=body, headers=community.headers(who))


def names(community: Community, who: Member) -> list[str]:
    """The list as somebody sees it."""
    return [one["name"] for one in community.get(who, "/recognitions/values").json()["items"]]


def test_values_are_added_ordered_retired_and_removed(served: Community) -> None:
    staff, ana, bo = served.join(role="staff"), served.join(), served.join()
    added = put(served, staff, "Teamwork")
    assert (added.status_code, added.json()) == (201, {"name": "Teamwork", "position": 1, "is_active": True})
    put(served, staff, "Courage")
    put(served, staff, "Curiosity", position=0)
    assert names(served, ana) == ["Curiosity", "Teamwork", "Courage"]
    changed = put(served, staff, "Teamwork", is_active=False)
    assert (changed.status_code, changed.json()) == (200, {"name": "Teamwork", "position": 1, "is_active": False})
    assert names(served, ana) == ["Curiosity", "Courage"]
    assert names(served, staff) == ["Curiosity", "Teamwork", "Courage"]
    body = {"receiver_id": str(bo.id), "credits": 1, "message": "Thank you!", "value": "Teamwork"}
    refused(served.post(ana, "/recognitions", body), 422, "unknown-value")
    given = served.post(ana, "/recognitions", body | {"value": "Courage"}).json()["recognition_id"]
    removed = served.http.delete(f"{API}/recognitions/values/Courage", headers=served.headers(staff))
    assert (removed.status_code, removed.content) == (204, b"")
    assert served.get(bo, f"/recognitions/{given}").json()["value"] == "Courage", "what has it keeps it"
    refused(served.http.delete(f"{API}/recognitions/values/Courage", headers=served.headers(staff)), 404, "not-found")


def test_every_change_is_in_the_staffs_log(served: Community) -> None:
    staff = served.join(role="staff")
    put(served, staff, "Teamwork")
    put(served, staff, "Teamwork", is_active=False)
    served.http.delete(f"{API}/recognitions/values/Teamwork", headers=served.headers(staff))
    with served.database.read.connect() as connection:
        rows = connection.execute(select(staff_action).order_by(staff_action.c.id)).all()
    assert [(row.action, row.before, row.after) for row in rows] == [
        ("value.added", "{}", '{"is_active":true,"position":1}'),
        ("value.changed", '{"is_active":true,"position":1}', '{"is_active":false,"position":1}'),
        ("value.removed", '{"is_active":false,"position":1}', "{}"),
    ]
    assert {(row.actor_id, row.subject) for row in rows} == {(staff.id, "value/Teamwork")}


def test_a_full_list_takes_no_more(served: Community) -> None:
    staff = served.join(role="staff")
    for number in range(100):
        assert put(served, staff, f"Value {number}").status_code == 201
    assert refused(put(served, staff, "One more"), 409, "too-many-values")["limit"] == 100
    assert put(served, staff, "Value 7", is_active=False).status_code == 200


def test_two_who_add_the_same_value_at_once_both_succeed(wide: Community) -> None:
    staff = wide.join(role="staff")
    wide.headers(staff)
    answers = wide.together(*[lambda: put(wide, staff, "Teamwork")] * 6)
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert names(wide, staff) == ["Teamwork"]
