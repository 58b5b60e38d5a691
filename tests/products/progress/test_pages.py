"""A member's pages of progress, as a browser without scripts asks for them."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
import re

import httpx
import pytest

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.progress.actions.reversing import Reverser, reverse_activity
from laurels.products.progress.decisions.awarding import Awarded
from laurels.products.progress.jobs import decay_points
from laurels.products.progress.rules import ActivityType, Quest, QuestType
from products.progress.circle import COMMENT, QUIZ, Circle
from products.recognition.paper import Paper, errors_in

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


def words(html: str) -> str:
    """What a part of a page says, its tags left out."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def section(answer: httpx.Response, name: str) -> str:
    """What a part of a page says, by its id."""
    assert answer.status_code == 200, answer.text
    found = re.search(rf'<(section|div)[^>]* id="{name}"[^>]*>(.*?)(?=<section|<aside|</main>|<hx-partial)', parts(answer), re.DOTALL)
    assert found is not None, name
    return words(found[2])


def parts(answer: httpx.Response) -> str:
    """A page without the frame of its celebration, which is a part of its own."""
    return answer.text.replace('<section class="card upgrade" aria-labelledby="upgrade-title">', "")


def take_back(circle: Circle, awarded: Awarded) -> None:
    """Have staff take an activity back."""
    reverse_activity(circle.office, awarded.activity, Reverser("test", "by mistake"), at=circle.clock.at)


def test_page_tells_goals_standing_streak_and_what_is_next(served: Circle, pages: Open) -> None:
    ana = served.make_member(display_name="Ana")
    served.award(ana, 100, QUIZ)
    served.award(ana, 280, COMMENT)
    page = pages(ana).get("/progress")
    assert "Three activities +30 Complete three quizzes, projects or quests. 1 of 3 · 33 %" in section(page, "goals")
    assert "Five comments +40 Help others with five comments. 1 of 5 · 20 %" in section(page, "goals")
    standing = section(page, "standing")
    assert "Points 380 380 this week" in standing
    assert "Tier Spark 120 to Blaze" in standing
    assert "Level 5 120 to level 6" in standing
    assert "1 day " in section(page, "streak")
    assert "First step" in section(page, "badges")
    assert "Well read Ten quizzes completed. 1 of 10" in section(page, "badges")
    assert "Comment posted Well done" in section(page, "latest")
    assert "W47 380" in section(page, "weeks")


def test_page_of_somebody_new_is_friendly(served: Circle, pages: Open) -> None:
    page = pages(served.make_member()).get("/progress")
    assert "Starts with your next activity" in section(page, "streak")
    assert "Your first points draw the first bar." in section(page, "weeks")
    assert "Nothing here yet" in section(page, "latest")
    assert "None just now" in section(page, "quests")
    assert "Points 0" in section(page, "standing")


def test_claim_is_noted_once(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    browser = pages(ana)
    sent = {"activity_type": "comment", "points": "7", "description": "Explained <b>limits</b>", "request_key": str(new_id())}
    for _ in range(2):
        answer = browser.post("/progress/claims", **sent)
        assert (answer.status_code, answer.headers["location"]) == (303, "/progress")
    assert browser.told("/progress") == "Noted: +7."
    assert served.total(ana) == 7
    assert "Explained &lt;b&gt;limits&lt;/b&gt;" in browser.get("/progress").text


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"activity_type": "nonsense"}, "activity_type"),
        ({"activity_type": "quiz_complete"}, "activity_type"),
        ({"points": "0"}, "points"),
        ({"points": "1001"}, "points"),
        ({"points": "5.5"}, "points"),
        ({"description": "a\u202eb"}, "description"),
        ({"description": "x" * 256}, "description"),
    ],
)
def test_claim_with_a_fault_comes_back_as_it_was(served: Circle, pages: Open, sent: dict[str, str], field: str) -> None:
    ana = served.make_member()
    answer = pages(ana).post("/progress/claims", **{"activity_type": "comment", "points": "5", "description": "Kept", **sent})
    assert answer.status_code in (403, 422)
    assert list(errors_in(answer)) == [field]
    assert 'value="Kept"' in answer.text or "description" in sent
    assert served.total(ana) == 0


def test_claim_past_the_days_cap_says_what_is_left(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    browser = pages(ana)
    browser.post("/progress/claims", activity_type="comment", points="95", description="")
    answer = browser.post("/progress/claims", activity_type="comment", points="6", description="")
    assert answer.status_code >= 400
    assert "The limit is 100 and 95 are used: 5 are left." in errors_in(answer)["points"]
    assert "Comment posted: at most 100 points a day." in words(answer.text)
    assert served.total(ana) == 95


def test_claim_with_an_unknown_topic_is_refused_there(served: Circle, pages: Open) -> None:
    served.add_topics("algebra")
    ana = served.make_member()
    browser = pages(ana)
    refused = browser.post("/progress/claims", activity_type="comment", points="5", topic="gone")
    assert list(errors_in(refused)) == ["topic"]
    browser.post("/progress/claims", activity_type="comment", points="5", topic="algebra")
    assert "Algebra 5 points · 196 to Intermediate Beginner" in section(browser.get("/progress"), "skills")


def test_upgrade_is_celebrated_once_and_not_on_the_first_visit(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    served.award(ana, 300)
    browser = pages(ana)
    assert "You are Spark now" not in browser.get("/progress").text, "what was reached before the first visit isn't news"
    served.award(ana, 10)
    assert 'class="card upgrade"' not in browser.get("/progress").text, "no upgrade"
    awarded = served.award(ana, 200)
    now = browser.get("/progress/now", scripted=True)
    assert "You are Blaze now" in now.text
    assert 'class="card upgrade"' not in browser.get("/progress").text, "once"
    take_back(served, awarded)
    served.award(ana, 200)
    assert 'class="card upgrade"' not in browser.get("/progress").text, "what was taken and comes again is no news"
    served.award(ana, 250)
    news = section(browser.get("/progress"), "upgrade")
    assert news == "Level 7 One step up. Congratulations!", "a level alone"


def test_upgrade_of_one_member_is_not_anothers(served: Circle, pages: Open) -> None:
    ana, ben = served.make_member(), served.make_member()
    served.award(ben, 600)
    first, second = pages(ana), pages(ben)
    first.get("/progress")
    second._http.cookies.set("laurels_reached", first._http.cookies["laurels_reached"])
    assert 'class="card upgrade"' not in second.get("/progress").text


@pytest.mark.parametrize("kept", ["", "x", "..", "{member}.x.1", "{member}.-1.1", "{member}.0.99999999999999"])
def test_cookie_that_is_no_cookie_celebrates_nothing(served: Circle, pages: Open, kept: str) -> None:
    ana = served.make_member()
    served.award(ana, 600)
    browser = pages(ana)
    browser._http.cookies.set("laurels_reached", kept.format(member=ana.id))
    page = browser.get("/progress")
    assert page.status_code == 200
    assert 'class="card upgrade"' not in page.text


def test_freeze_is_bought_after_its_price_was_told(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    served.award(ana, 250)
    browser = pages(ana)
    assert "/progress/freeze" in browser.get("/progress").text
    offer = words(browser.get("/progress/freeze").text)
    assert "It costs 100 points You can spend 250 points In hand now 0 of 2" in offer
    assert browser.post("/progress/freeze").headers["location"] == "/progress"
    assert browser.told("/progress") == "The freeze is yours."
    assert "1 freeze in hand" in section(browser.get("/progress"), "streak")
    assert "You can spend 150 points In hand now 1 of 2" in words(browser.get("/progress/freeze").text)
    assert served.total(ana) == 250, "spending doesn't lower the total"
    browser.post("/progress/freeze")
    refused = browser.post("/progress/freeze")
    assert refused.status_code == 409
    assert "2 freezes are the most" in refused.text
    assert "You have as many as one can have." in refused.text


def test_freeze_that_costs_too_much_says_what_is_missing(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    served.award(ana, 99)
    browser = pages(ana)
    assert "1 point more, and you can have one." in words(browser.get("/progress/freeze").text)
    assert "/progress/freeze" not in browser.get("/progress").text.partition("<main")[2]
    assert browser.post("/progress/freeze").status_code >= 400
    assert served.total(ana) == 99


def test_freezes_that_are_not_sold_are_not_offered(served: Circle, pages: Open) -> None:
    served.set_rules(freezes={"most": 2, "earned_every": 7, "cost": None})
    browser = pages(served.make_member())
    assert "Freezes aren't sold here." in words(browser.get("/progress/freeze").text)


def test_announced_decay_says_how_points_stay(served: Circle, pages: Open) -> None:
    served.set_rules(decay={"after_days": 30, "every_days": 30, "percent": 5, "notice_days": 7})
    ana = served.make_member()
    served.award(ana, 300)
    served.later(days=25)
    decay_points(served.job())
    said = section(pages(ana).get("/progress"), "standing")
    assert "your points stay as they are; after that they shrink by 5 % at a time, never below Spark." in said


def test_streak_is_never_told_as_a_loss(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    served.award(ana)
    served.clock.advance(timedelta(days=3))
    said = section(pages(ana).get("/progress"), "streak")
    assert "Starts with your next activity" in said
    assert "1 day at the longest" in said
    assert not re.search(r"\b(lose|lost|broken?|missed|fail)", said)


def test_activities_are_narrowed_summed_and_paged(served: Circle, pages: Open) -> None:
    served.add_topics("algebra")
    ana = served.make_member(time_zone="Europe/Madrid")
    for number in range(52):
        served.award(ana, 1, QUIZ, description=f"Quiz {number}", at=served.clock.at - timedelta(hours=number))
    served.award(ana, 9, COMMENT, topic="algebra", description="=SUM(1)")
    browser = pages(ana)
    everything = browser.get("/progress/activities")
    assert "Points 91 without what was taken back Activities 54" in words(everything.text), "52 + 9 + 30"
    assert "Weekly goal Three activities Nov 20, 2026" in words(everything.text), "by its title, not its lasting name"
    assert everything.text.count('<th scope="row">') == 50
    [older] = re.findall(r'href="(/progress/activities\?cursor=[^"]+)"', everything.text)
    assert browser.get(unescape(older)).text.count('<th scope="row">') == 4
    comments = browser.get("/progress/activities", type="comment", topic="algebra")
    assert "Points 9 without what was taken back Activities 1" in words(comments.text)
    [table] = re.findall(r'href="(/api/v1/progress/activities\.csv[^"]*)"', comments.text)
    assert "'=SUM(1)" in browser.get(unescape(table)).text
    assert browser.get(unescape(table)).text.count("\n") == 2
    today = browser.get("/progress/activities", **{"from": "2026-11-20", "to": "2026-11-20", "type": "quiz_complete"})
    midnight = served.clock.at.replace(hour=23, minute=0, second=0) - timedelta(days=1)  # of Madrid
    since = sum(1 for number in range(52) if served.clock.at - timedelta(hours=number) >= midnight)
    assert f"Activities {since}" in words(today.text)
    assert "Nothing like it." in words(browser.get("/progress/activities", to="1999-01-01").text)
    assert browser.get("/progress/activities", type="nonsense", **{"from": "x"}).status_code == 200


def test_activities_show_what_was_taken_back(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    take_back(served, served.award(ana, 40))
    page = pages(ana).get("/progress/activities")
    assert "Taken back" in words(page.text)
    assert "Points 0 without what was taken back Activities 1" in words(page.text)


def test_home_tells_of_progress_and_of_quests_that_wait(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    one = served.add_quest(Quest(new_id(), QuestType.SIDE, None, 80, 1, frozenset({QUIZ})), title="A quiz")
    served.begin(ana, one, steps=1, reward=80)
    served.award(ana, 130)
    said = words(pages(ana).get("/").text)
    assert "A quiz is ready to be completed: +80" in said
    assert "0 of 4 weekly goals reached" in said
    assert "Ember · Level 3 130 points" in said
    assert "120 to Spark · 1 day in a row" in said


def test_live_part_holds_every_part_of_the_page(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    served.award(ana, 5, ActivityType.REFERRAL)
    browser = pages(ana)
    page, now = browser.get("/progress"), browser.get("/progress/now", scripted=True)
    parts = re.findall(r'<hx-partial hx-target="#(\w+)"', now.text)
    assert parts == ["goals", "standing", "streak", "quests", "weeks", "badges", "skills", "latest"]
    for part in parts:
        assert f'id="{part}"' in page.text
        assert f'id="{part}"' in now.text
    assert "Referral" in now.text


def test_members_tabs_are_five_at_most(served: Circle, pages: Open) -> None:
    for role, tabs in (("member", "Home Progress Thanks Study Rewards"), ("staff", "Home Progress Thanks Rewards Console")):
        page = pages(served.make_member(role=role)).get("/progress")
        assert words(page.text.partition('<nav class="tabs"')[2].partition("</nav>")[0]).partition("> ")[2] == tabs
