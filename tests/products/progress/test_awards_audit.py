"""What staff award stands in the log of what staff do: each award once, whichever way it came; nobody else's does."""

from typing import Any

import orjson
from sqlalchemy import select

from laurels.identity.tables import Member, StaffAction, staff_action
from products.progress.circle import Circle

MINE = "/me/thrive-circle/award-points"
AWARDS = "/progress/awards"


def logged(circle: Circle) -> list[StaffAction]:
    """The awards in the log, oldest first."""
    with circle.database.read.connect() as connection:
        wanted = select(staff_action).where(staff_action.c.action == "points.awarded").order_by(staff_action.c.id)
        return [StaffAction(*row) for row in connection.execute(wanted)]


def event(who: Member, event_id: str, **more: Any) -> dict[str, Any]:
    """An award with an id of its own."""
    return {"event_id": event_id, "member": who.student_id, "amount": 40, "activity_type": "quiz_complete", **more}


def test_an_award_by_hand_is_logged_once(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    body = {"amount": 2_500, "activity_type": "special_event", "member": ana.student_id}
    made = [served.ask(staff, "POST", MINE, key="once", json=body).json() for _ in range(2)]
    [row] = logged(served)
    assert (row.actor_id, row.subject, orjson.loads(row.before)) == (staff.id, f"member/{ana.id}", {})
    told = {"activity": made[0]["point_activity"]["id"], "activity_type": "special_event", "points": 2_500}
    assert orjson.loads(row.after) == told
    assert row.recorded_at == served.clock.at and row.address_hash != ""


def test_what_staff_award_themselves_is_logged_too(served: Circle) -> None:
    staff = served.make_member(role="staff")
    assert served.ask(staff, "POST", MINE, json={"amount": 5, "activity_type": "comment"}).status_code == 201
    assert [(row.actor_id, row.subject) for row in logged(served)] == [(staff.id, f"member/{staff.id}")]


def test_each_of_a_batch_that_is_awarded_is_logged(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    sent = [event(ana, "a"), event(ana, "b", topic="unknown"), event(ana, "a"), event(ana, "c")]
    told = served.ask(staff, "POST", AWARDS, json={"awards": sent}).json()
    assert [one["status"] for one in told["items"]] == ["awarded", "refused", "replayed", "awarded"]
    assert [orjson.loads(row.after)["activity"] for row in logged(served)] == [told["items"][place]["activity_id"] for place in (0, 3)]
    assert {row.address_hash for row in logged(served)} != {""}


def test_services_and_members_write_no_row(served: Circle) -> None:
    ana = served.make_member()
    assert served.ask(served.key("award"), "POST", AWARDS, json=event(ana, "a")).status_code == 200
    assert served.ask(ana, "POST", MINE, json={"amount": 5, "activity_type": "comment"}).status_code == 201
    assert logged(served) == []
