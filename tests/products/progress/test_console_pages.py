"""The staff's pages of progress."""

from collections.abc import Callable
import csv
from datetime import timedelta
from io import StringIO
import re

import pytest

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.progress.rules import Quest, QuestType
from products.loyalty.admin_paper import fields_of, problems_in
from products.progress.circle import COMMENT, QUIZ, Circle
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Pages = Callable[[Member], Paper]

PATH = "/console/progress"


@pytest.fixture
def staff(served: Circle) -> Member:
    return served.make_member(role="staff")


def table_of(text: str) -> list[list[str]]:
    """The rows of a CSV."""
    return list(csv.reader(StringIO(text)))


def test_members_have_no_way_in(served: Circle, pages: Pages) -> None:
    browser = pages(served.make_member())
    for path in ("", "/rules", "/goals", "/goals/new", "/goals/help_5", "/members", "/points.csv"):
        assert browser.get(PATH + path).status_code == 403


def test_monitoring_draws_plots_before_and_after_anything_happened(served: Circle, pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    assert "No points yet" in browser.get(PATH).text
    ana = served.make_member(display_name="Ana & Co")
    served.award(ana, 300, QUIZ)
    served.award(ana, 20, COMMENT)
    quest = served.add_quest(Quest(new_id(), QuestType.SIDE, None, 20, 3, None))
    served.begin(ana, quest, steps=3)
    page = browser.get(PATH).text
    assert page.count('<svg class="chart"') == 5 and page.count("Show as table") == 5
    assert "Quiz completed" in page and "Ana &amp; Co" in page and ">320<" in page
    assert f'href="{PATH}/members/{ana.id}"' in page


def test_every_plot_is_there_as_a_table(served: Circle, pages: Pages, staff: Member) -> None:
    browser, ana = pages(staff), served.make_member(display_name="=Ana")
    served.award(ana, 300, QUIZ)
    known = {
        name: table_of(browser.get(f"{PATH}/{name}.csv").text)
        for name in re.findall(rf'href="{PATH}/([\w-]+)\.csv"', browser.get(PATH).text)
    }
    assert set(known) == {"points", "economy", "tiers", "streaks", "quests", "most-active"}
    assert known["points"] == [["day", "activity_type", "awards", "points", "taken_back"], ["2026-11-20", "quiz_complete", "1", "300", "0"]]
    assert known["most-active"][1] == [ana.student_id, "'=Ana", "1", "300"]
    assert known["tiers"][2] == ["spark", "250", "1"]
    assert known["economy"][-1] == ["2026-W47", "2026-11-16", "300", "0", "0", "0", "0"]
    assert known["quests"][1:] == [["begun", "0"], ["in_progress", "0"], ["completed", "0"], ["expired", "0"]]
    assert browser.get(f"{PATH}/nothing.csv").status_code == 404


@pytest.mark.parametrize("part", ["topics", "goals", "quests", "badges", "seasons", "reactions"])
def test_every_list_has_a_page(pages: Pages, staff: Member, part: str) -> None:
    browser = pages(staff)
    assert browser.get(f"{PATH}/{part}").status_code == 200
    assert browser.get(f"{PATH}/{part}/new").status_code == (404 if part == "reactions" else 200)
    for key in ("nothing", str(new_id()), "%00", "Not-A-Name", "x" * 200):
        assert browser.get(f"{PATH}/{part}/{key}").status_code == 404


NEW: dict[str, dict[str, str]] = {
    "topics": {"slug": "botany", "title": "Botany"},
    "goals": {"goal_type": "quizzes_2", "title": "Two quizzes", "target": "2", "points_reward": "30", "activity_types": "quiz_complete"},
    "quests": {"title": "Read a paper", "points_reward": "80", "steps": "3", "ends_at": "2026-12-20T12:00"},
    "badges": {"slug": "century", "title": "Century", "at_least": "100"},
    "seasons": {
        "title": "Winter",
        "starts_at": "2026-12-01T00:00",
        "ends_at": "2027-03-01T00:00",
        "multipliers-1-percent": "200",
        "multipliers-1-activity_types": "quiz_complete",
    },
}


@pytest.mark.parametrize("part", NEW)
def test_one_is_added_changed_and_kept_from_stale_forms(pages: Pages, staff: Member, part: str) -> None:
    browser, path = pages(staff), f"{PATH}/{part}"
    form = fields_of(browser.get(f"{path}/new").text)
    added = browser.post(f"{path}/new", page=path, **form | NEW[part])
    assert added.status_code == 303 and added.headers["location"] == path
    listed = browser.get(path).text
    assert NEW[part]["title"] in listed
    [here] = [found for found in re.findall(rf'href="({path}/[^"]+)">([^<]+)<', listed) if found[1] == NEW[part]["title"]]
    form = fields_of(browser.get(here[0]).text)
    assert form["version"] == "1"
    saved = browser.post(here[0], page=path, **form | {"title": "Another title"})
    assert saved.status_code == 303
    assert "Another title" in browser.get(here[0]).text
    stale = browser.post(here[0], page=path, **form | {"title": "Too late"})
    assert stale.status_code == 412 and "Somebody else changed this" in problems_in(stale.text)["form"]
    assert "Too late" in stale.text and "Another title" in browser.get(path).text


def test_what_is_wrong_stands_beside_its_field(pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    refused = browser.post(f"{PATH}/goals/new", page=PATH, goal_type="Not Good", title="", target="many", measure="days")
    assert refused.status_code == 422
    assert set(problems_in(refused.text)) == {"goal_type", "title", "target", "points_reward"}
    rows = {"multipliers-3-percent": "50", "multipliers-0-percent": ""}
    refused = browser.post(f"{PATH}/seasons/new", page=PATH, title="Winter", ends_at="2027-03-01T00:00", **rows)
    assert set(problems_in(refused.text)) == {"multipliers-3-percent"}


def test_one_is_put_aside_and_taken_back(served: Circle, pages: Pages, staff: Member) -> None:
    browser, here = pages(staff), f"{PATH}/goals/help_5"
    form = fields_of(browser.get(here).text)
    assert form["is_active"] == "true" and form["activity_types"] == "comment"
    browser.post(here, page=PATH, **{name: value for name, value in form.items() if name != "is_active"})
    assert "Put aside" in browser.get(here).text
    [goal] = [one for one in served.ask(staff, "GET", "/progress/goal-definitions").json()["items"] if one["goal_type"] == "help_5"]
    assert goal["is_active"] is False and goal["target"] == 5
    browser.post(here, page=PATH, **fields_of(browser.get(here).text) | {"is_active": "true"})
    assert "Put aside" not in browser.get(here).text


def test_seasons_words_are_changed_and_its_multipliers_stay_to_the_second(served: Circle, pages: Pages, staff: Member) -> None:
    """A form shows times without seconds, and types in its own order: neither is a change."""
    at = served.clock.at + timedelta(hours=1, seconds=30)
    part = {"percent": 200, "activity_types": ["quiz_complete", "comment"], "starts_at": at.isoformat()}
    body = {"title": "Winter", "ends_at": (at + timedelta(days=9)).isoformat(), "multipliers": [part]}
    made = served.ask(staff, "POST", "/progress/seasons", json=body).json()
    served.later(days=9, hours=2)
    browser, here = pages(staff), f"{PATH}/seasons/{made['id']}"
    form = fields_of(browser.get(here).text)
    saved = browser.post(here, page=PATH, **form | {"title": "The winter"})
    assert saved.status_code == 303, problems_in(saved.text)
    now = served.read(staff, f"/progress/seasons/{made['id']}")
    assert (now["status"], now["title"], now["multipliers"]) == ("over", "The winter", made["multipliers"])
    refused = browser.post(here, page=PATH, **form | {"multipliers-0-percent": "300", "version": str(now["version"])})
    assert refused.status_code == 409 and "doesn't change any more" in problems_in(refused.text)["form"]


def test_season_that_has_not_begun_is_removed(pages: Pages, staff: Member) -> None:
    browser, path = pages(staff), f"{PATH}/seasons"
    browser.post(f"{path}/new", page=path, **NEW["seasons"])
    [here] = re.findall(rf'href="({path}/[0-9a-f-]{{36}})"', browser.get(path).text)
    assert browser.post(f"{here}/removal", page=path, version="7").status_code == 412
    assert browser.post(f"{here}/removal", page=path, version="1").status_code == 303
    assert "None yet" in browser.get(path).text
    assert browser.post(f"{PATH}/goals/help_5/removal", page=path, version="1").status_code == 404


def test_reaction_is_changed(served: Circle, pages: Pages, staff: Member) -> None:
    browser, here = pages(staff), f"{PATH}/reactions/recognition_given"
    form = fields_of(browser.get(here).text)
    assert browser.post(here, page=PATH, **form | {"points": "9"}).status_code == 303
    told = served.ask(staff, "GET", "/progress/reactions").json()["items"]
    assert [one["points"] for one in told if one["trigger"] == "recognition_given"] == [9]


def test_preview_shows_what_members_would_see_and_keeps_nothing(served: Circle, pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    served.award(served.make_member(), 300)
    seen = {
        part: browser.post(f"{PATH}/{part}/new", page=PATH, **fields_of(browser.get(f"{PATH}/{part}/new").text) | NEW[part], do="preview")
        for part in ("goals", "quests", "badges", "seasons")
    }
    assert {answer.status_code for answer in seen.values()} == {200}
    drawn = {part: answer.text.split('id="preview"')[1].split("</section>")[0] for part, answer in seen.items()}
    assert "Two quizzes" in drawn["goals"] and "+30" in drawn["goals"] and "0 of 2" in drawn["goals"]
    assert "Read a paper" in drawn["quests"] and "+80" in drawn["quests"] and "3 steps" in drawn["quests"]
    assert "Century" in drawn["badges"] and "1 active member has reached it already" in drawn["badges"]
    assert "Winter" in drawn["seasons"] and "200 % of the points: Quiz completed" in drawn["seasons"]
    for part in ("quests", "seasons"):
        assert "None yet" in browser.get(f"{PATH}/{part}").text
    here = f"{PATH}/goals/help_5"
    page = browser.post(here, page=PATH, **fields_of(browser.get(here).text) | {"title": "Many comments"}, do="preview").text
    assert "Many comments" in page.split('id="preview"')[1] and "Many comments" not in browser.get(here).text
    wrong = browser.post(here, page=PATH, **fields_of(page) | {"target": ""}, do="preview")
    assert wrong.status_code == 422 and 'id="preview"' not in wrong.text


def test_preview_of_a_stale_form_does_not_make_it_fresh(pages: Pages, staff: Member) -> None:
    browser, here = pages(staff), f"{PATH}/goals/help_5"
    form = fields_of(browser.get(here).text)
    browser.post(here, page=PATH, **form | {"title": "Another title"})
    previewed = fields_of(browser.post(here, page=PATH, **form, do="preview").text)
    assert previewed["version"] == "1"
    assert browser.post(here, page=PATH, **previewed).status_code == 412
