"""The staff's page of one member's progress."""

from collections.abc import Callable
from datetime import timedelta
import re

import pytest

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from products.loyalty.admin_paper import problems_in
from products.progress.circle import QUIZ, Circle
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Pages = Callable[[Member], Paper]

PATH = "/console/progress/members"


@pytest.fixture
def staff(served: Circle) -> Member:
    return served.make_member(role="staff")


@pytest.fixture
def ana(served: Circle) -> Member:
    return served.make_member(display_name="Ana Ruiz")


def test_member_is_found(pages: Pages, staff: Member, ana: Member) -> None:
    browser = pages(staff)
    assert "Found" not in browser.get(PATH).text
    assert f'href="{PATH}/{ana.id}"' in browser.get(PATH, q=ana.student_id).text
    assert "No member's name or id" in browser.get(PATH, q="zzz").text
    assert browser.get(f"{PATH}/{new_id()}").status_code == 404


def test_points_are_awarded_once_however_often_the_form_is_sent(served: Circle, pages: Pages, staff: Member, ana: Member) -> None:
    browser, here = pages(staff), f"{PATH}/{ana.id}"
    form = {"request_key": "k1", "amount": "260", "activity_type": "project_create", "description": "A <b>kite</b>", "occurred_at": ""}
    for _ in range(2):
        assert browser.post(f"{here}/awards", page=here, **form).status_code == 303
    assert served.total(ana) == 260
    [row] = served.activities(ana)
    assert (row.source, row.awarded_by, row.activity_type) == ("staff", staff.id, "project_create")
    [logged] = served.ask(served.make_member(role="admin"), "GET", "/audit?limit=1").json()["items"]
    assert (logged["action"], logged["subject"]) == ("points.awarded", f"member/{ana.id}")
    page = browser.get(here).text
    assert "Spark" in page and "A &lt;b&gt;kite&lt;/b&gt;" in page


def test_award_that_can_not_be_is_refused_beside_its_field(served: Circle, pages: Pages, staff: Member, ana: Member) -> None:
    browser, here = pages(staff), f"{PATH}/{ana.id}"
    wrong = browser.post(f"{here}/awards", page=here, amount="lots", activity_type="streak_bonus", description="", occurred_at="")
    assert wrong.status_code == 422 and set(problems_in(wrong.text)) >= {"amount"}
    ahead = browser.post(f"{here}/awards", page=here, amount="5", activity_type="comment", description="", occurred_at="2027-01-01T00:00")
    assert ahead.status_code == 422 and set(problems_in(ahead.text)) == {"occurred_at"}
    bonus = browser.post(f"{here}/awards", page=here, amount="5", activity_type="streak_bonus", description="", occurred_at="")
    assert bonus.status_code in (403, 422)
    assert served.total(ana) == 0


def test_freezes_are_given_until_hands_are_full(pages: Pages, staff: Member, ana: Member) -> None:
    browser, here = pages(staff), f"{PATH}/{ana.id}"
    for _ in range(2):
        assert browser.post(f"{here}/freezes", page=here).status_code == 303
    full = browser.post(f"{here}/freezes", page=here)
    assert full.status_code == 409 and "2 freezes are the most" in problems_in(full.text)["form"]


def test_activity_is_taken_back_with_a_reason_once(served: Circle, pages: Pages, staff: Member, ana: Member) -> None:
    browser, here = pages(staff), f"{PATH}/{ana.id}"
    activity = served.award(ana, 40, QUIZ).activity
    one = f"{here}/activities/{activity}"
    assert f'href="{one}"' in browser.get(here).text
    missing = browser.post(f"{one}/reversal", page=here, reason="")
    assert missing.status_code == 422 and set(problems_in(missing.text)) == {"reason"}
    assert browser.post(f"{one}/reversal", page=here, reason="Sent twice").status_code == 303
    assert served.total(ana) == 0 and served.activity(activity).reversed_by == staff.id
    assert "Taken back" in browser.get(here).text and "Sent twice" in browser.get(one).text
    again = browser.post(f"{one}/reversal", page=here, reason="Sent twice")
    assert again.status_code == 409 and "reversed already" in problems_in(again.text)["form"]
    other = served.make_member()
    assert browser.get(f"{PATH}/{other.id}/activities/{activity}").status_code == 404


def test_activity_is_taken_back_by_its_own_members_page_alone(served: Circle, pages: Pages, staff: Member, ana: Member) -> None:
    browser, other = pages(staff), served.make_member()
    activity = served.award(ana, 40, QUIZ).activity
    asked = browser.post(f"{PATH}/{other.id}/activities/{activity}/reversal", page=f"{PATH}/{ana.id}", reason="Sent twice")
    assert asked.status_code == 404
    assert served.total(ana) == 40


def test_activities_come_in_pages(served: Circle, pages: Pages, staff: Member, ana: Member) -> None:
    browser, here = pages(staff), f"{PATH}/{ana.id}"
    for minute in range(26):
        served.award(ana, 1, at=served.clock.at - timedelta(minutes=minute))
    first = browser.get(here).text
    following = re.search(r'href="([^"]*cursor=[^"]*)"', first)
    assert following is not None and first.count("Take back<") == 25
    assert browser.get(following[1].replace("&amp;", "&")).text.count("Take back<") == 2  # a weekly goal was reached, too


def test_members_may_not(served: Circle, pages: Pages, ana: Member) -> None:
    browser, here = pages(ana), f"{PATH}/{ana.id}"
    assert browser.get(here).status_code == 403
    for path in ("awards", "freezes", f"activities/{new_id()}/reversal"):
        assert browser.post(f"{here}/{path}", amount="9", activity_type="comment", reason="Why not").status_code == 403
    assert served.total(ana) == 0
