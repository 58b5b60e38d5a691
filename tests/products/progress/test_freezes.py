"""Freezes over HTTP: bought with points, given by staff, used by missed days."""

from datetime import UTC, datetime
import json
from typing import Any

import pytest
from sqlalchemy import select

from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Member, staff_action
from laurels.products.progress.accounts import spent
from laurels.products.progress.decisions.freezes import BuyFreeze
from products.progress.circle import COMMENT, Circle
from support.site import refused


def buy(circle: Circle, who: Member, **more: Any) -> Any:
    """Buy one over HTTP."""
    return circle.ask(who, "POST", "/progress/freezes", json={}, **more)


def give(circle: Circle, who: Member, member: str) -> Any:
    """Give one over HTTP."""
    return circle.ask(who, "POST", "/progress/freezes", json={"member": member})


def in_hand(circle: Circle, who: Member) -> int:
    """Freezes that a member has now."""
    number: int = circle.read(who, "/progress/freezes")["in_hand"]
    return number


def rich(circle: Circle, points: int = 500) -> Member:
    """A member with points, active today."""
    made = circle.make_member()
    circle.award(made, points, COMMENT)
    return made


def test_what_there_is_and_what_it_costs(served: Circle) -> None:
    ana = rich(served, 120)
    assert served.read(ana, "/progress/freezes") == {
        "in_hand": 0,
        "most": 2,
        "cost": 100,
        "earned_every": 7,
        "points_left": 120,
        "can_buy": True,
    }
    assert served.read(served.make_member(), "/progress/freezes")["can_buy"] is False


def test_one_is_bought_without_lowering_the_total(served: Circle) -> None:
    ana = rich(served, 250)
    answer = buy(served, ana)
    assert (answer.status_code, answer.json()["in_hand"], answer.json()["points_left"]) == (200, 1, 150)
    assert (served.total(ana), served.held(spent(ana.id)), served.streak(ana).freezes) == (250, 100, 1)
    assert buy(served, ana).json() == {"in_hand": 2, "most": 2, "cost": 100, "earned_every": 7, "points_left": 50, "can_buy": False}
    assert served.streak(ana).current_days == 1


def test_too_few_points_are_refused(served: Circle) -> None:
    ana = rich(served, 199)
    buy(served, ana)
    problem = refused(buy(served, ana), 409, "insufficient-balance")
    assert (problem["available"], problem["needed"]) == (99, 100)
    assert (in_hand(served, ana), served.held(spent(ana.id))) == (1, 100)
    refused(buy(served, served.make_member()), 409, "insufficient-balance")


def test_more_than_one_may_have_are_refused(served: Circle) -> None:
    ana = rich(served)
    for _ in range(2):
        buy(served, ana)
    assert refused(buy(served, ana), 409, "freezes-full")["most"] == 2
    assert (served.held(spent(ana.id)), in_hand(served, ana)) == (200, 2)


def test_bought_in_parallel_no_more_than_the_points_allow(wide: Circle) -> None:
    ana = rich(wide, 100)
    wide.headers(ana)
    answers = wide.together(*[lambda: buy(wide, ana)] * 6)
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 5
    assert (in_hand(wide, ana), wide.held(spent(ana.id))) == (1, 100)


def test_the_same_request_again_buys_nothing(served: Circle) -> None:
    ana = rich(served)
    first, again = buy(served, ana, key="f-1"), buy(served, ana, key="f-1")
    assert (first.json(), again.headers["idempotency-replayed"]) == (again.json(), "true")
    assert served.held(spent(ana.id)) == 100


@pytest.mark.parametrize("changed", [{"cost": None}, {"most": 0}])
def test_where_none_is_sold_none_is_bought(served: Circle, changed: dict[str, Any]) -> None:
    served.set_rules(freezes={"most": 2, "earned_every": 7, "cost": 100, **changed})
    ana = rich(served)
    told = served.read(ana, "/progress/freezes")
    assert (told["cost"], told["can_buy"]) == (None, False)
    refused(buy(served, ana), 409, "freezes-not-sold")


def test_a_missed_day_uses_one_and_the_streak_is_kept(served: Circle) -> None:
    ana = rich(served)
    buy(served, ana)
    served.at(2026, 11, 22)
    assert in_hand(served, ana) == 0  # the 21st has used it, as seen from the 22nd
    served.award(ana, kind=COMMENT)
    assert (served.streak(ana).current_days, served.streak(ana).freezes) == (2, 0)
    served.at(2026, 11, 24)
    served.award(ana, kind=COMMENT)
    assert served.streak(ana).current_days == 1


def test_two_bought_on_one_day_save_two_days(served: Circle) -> None:
    ana = rich(served)
    for _ in range(2):
        buy(served, ana)
    served.at(2026, 11, 23)
    served.award(ana, kind=COMMENT)
    assert (served.streak(ana).current_days, served.streak(ana).freezes) == (2, 0)


def test_one_that_was_used_can_be_bought_anew(served: Circle) -> None:
    ana = rich(served)
    for _ in range(2):
        buy(served, ana)
    served.at(2026, 11, 22)
    assert buy(served, ana).json()["in_hand"] == 2
    served.award(ana, kind=COMMENT)
    assert served.streak(ana).freezes == 2


def test_it_counts_from_the_members_local_day(served: Circle) -> None:
    ana = served.make_member(time_zone="Asia/Tokyo")
    served.award(ana, 500, COMMENT)  # the 20th, 19:00 there
    served.clock.set(datetime(2026, 11, 21, 14, 59, tzinfo=UTC))
    buy(served, ana)  # the 21st, 23:59 there: it saves that very day
    served.clock.set(datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
    assert in_hand(served, ana) == 0
    served.award(ana, kind=COMMENT)
    assert served.streak(ana).current_days == 2


def test_who_was_never_active_has_what_they_are_given(served: Circle) -> None:
    ana, staff = served.make_member(), served.make_member(role="staff")
    assert give(served, staff, ana.student_id).json()["in_hand"] == 1
    served.later(days=5)
    assert in_hand(served, ana) == 1
    served.award(ana, kind=COMMENT)
    assert (served.streak(ana).current_days, served.streak(ana).longest_days, in_hand(served, ana)) == (1, 1, 1)


def test_staff_give_one_for_nothing_and_it_is_logged(served: Circle) -> None:
    ana, staff = rich(served), served.make_member(role="staff")
    for name in (ana.student_id, str(ana.id)):
        assert give(served, staff, name).status_code == 200
    refused(give(served, staff, ana.student_id), 409, "freezes-full")
    assert (served.held(spent(ana.id)), in_hand(served, ana)) == (0, 2)
    with served.database.read.connect() as connection:
        logged = connection.execute(select(staff_action).where(staff_action.c.action == "freeze.given")).all()
    assert [(row.actor_id, row.subject, json.loads(row.after)) for row in logged] == [(staff.id, f"member/{ana.id}", {"freezes": 1})] * 2


def test_members_give_none_and_nobody_gets_none(served: Circle) -> None:
    ana, bo, staff = rich(served), served.make_member(), served.make_member(role="staff")
    for name in (bo.student_id, ana.student_id):
        refused(give(served, ana, name), 403, "forbidden")
    assert refused(give(served, staff, "nobody"), 404, "not-found")["what"] == "member"
    refused(served.ask(ana, "POST", "/progress/freezes", json={"number": 2}), 422, "validation-failed")


def test_who_is_suspended_gets_none(served: Circle) -> None:
    ana, staff = rich(served), served.make_member(role="staff")
    served.suspend(ana)
    refused(give(served, staff, ana.student_id), 409, "member-inactive")
    with pytest.raises(MemberInactive):
        served.post_now(BuyFreeze(ana.id, served.basis, served.clock.at))
