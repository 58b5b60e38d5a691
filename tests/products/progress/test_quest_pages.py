"""Pages of quests, as a browser without scripts asks for them."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
import re

import httpx
import pytest
from sqlalchemy import update

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.progress.rules import Quest, QuestType
from laurels.products.progress.tables import quest
from products.progress.circle import COMMENT, QUIZ, Circle
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


def main(answer: httpx.Response) -> str:
    """What a page says."""
    assert answer.status_code < 500, answer.text
    text = answer.text.partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def titles(answer: httpx.Response) -> list[str]:
    """The quests that a page lists."""
    return re.findall(r'<h2><a href="/progress/quests/[^"]+">([^<]+)</a></h2>', answer.text)


def one_of(circle: Circle, title: str, kind: QuestType = QuestType.SIDE, **more: object) -> str:
    """A quest of two comments; gives its page's address."""
    fields = {"topic": None, "points_reward": 40, "steps": 2, "activity_types": frozenset({COMMENT}), **more}
    made = circle.add_quest(Quest(id=new_id(), quest_type=kind, **fields), title=title)  # type: ignore[arg-type]
    return f"/progress/quests/{made}"


def test_quest_is_begun_counted_and_completed(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    path = one_of(served, "Two comments")
    browser = pages(ana)
    assert "Two comments +40 Easy Side quest 2 steps Begin" in main(browser.get("/progress/quests"))
    assert browser.post(f"{path}/begin").headers["location"] == path
    assert browser.told(path) == "It has begun. Enjoy it!"
    assert "0 of 2 steps" in main(browser.get(path))
    assert "What counts Comment posted It brings" in main(browser.get(path))
    served.award(ana, 5, COMMENT)
    assert "1 of 2 steps" in main(browser.get("/progress/quests?show=in_progress"))
    refused = browser.post(f"{path}/complete")
    assert refused.status_code == 409
    assert "1 of 2 steps are done" in main(refused)
    assert f'action="{path}/complete"' not in browser.get(path).text, "not before all steps are done"
    served.award(ana, 5, COMMENT)
    part = browser.get(path, scripted=True)
    assert part.text.count("<hx-partial") == 1
    assert f'action="{path}/complete"' in part.text
    assert f'action="{path}/complete"' in browser.get("/progress").text
    browser.get("/progress")
    assert browser.post(f"{path}/complete").headers["location"] == path
    assert browser.told(path) == "Well done: +40."
    assert served.total(ana) == 50
    assert re.search(r"Completed .*: \+40\.", main(browser.get(path)))
    assert titles(browser.get("/progress/quests?show=done")) == ["Two comments"]
    assert titles(browser.get("/progress/quests")) == [], "it is had once"
    assert browser.post(f"{path}/complete").status_code == 409
    assert served.total(ana) == 50


def test_completing_that_reaches_a_tier_is_celebrated_there(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    path = one_of(served, "Big", points_reward=300, steps=1)
    browser = pages(ana)
    browser.get(path)
    browser.post(f"{path}/begin")
    served.award(ana, 5, COMMENT)
    browser.post(f"{path}/complete")
    assert "You are Spark now" in main(browser.get(path))
    assert "You are Spark now" not in main(browser.get(path)), "once"


def test_quests_stand_where_they_belong(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    now = served.clock.at
    begun, over = one_of(served, "Begun"), one_of(served, "Over", ends_at=now + timedelta(hours=1))
    one_of(served, "Later", starts_at=now + timedelta(days=2))
    one_of(served, "Put aside", is_active=False)
    one_of(served, "Open")
    browser = pages(ana)
    for path in (begun, over):
        browser.post(f"{path}/begin")
    assert titles(browser.get("/progress/quests")) == ["Open"]
    assert titles(browser.get("/progress/quests?show=in_progress")) == ["Over", "Begun"]
    served.clock.advance(timedelta(hours=2))
    assert titles(browser.get("/progress/quests?show=in_progress")) == ["Begun"]
    assert titles(browser.get("/progress/quests?show=over")) == ["Over"]
    assert "Its time is over" in main(browser.get(over))
    assert "Quests that you began" in main(pages(served.make_member()).get("/progress/quests?show=over"))
    assert titles(browser.get("/progress/quests?show=nonsense")) == ["Open"]


def test_daily_quest_is_open_again_the_next_day(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    path = one_of(served, "Each day", QuestType.DAILY, steps=1)
    browser = pages(ana)
    browser.post(f"{path}/begin")
    served.award(ana, 5, COMMENT)
    browser.post(f"{path}/complete")
    assert titles(browser.get("/progress/quests")) == []
    assert "You can begin it again from" in main(browser.get(path))
    served.clock.advance(timedelta(days=1))
    assert titles(browser.get("/progress/quests")) == ["Each day"]
    assert "Begin again" in main(browser.get(path))
    assert titles(browser.get("/progress/quests?show=done")) == ["Each day"]


def test_fourth_daily_quest_of_a_day_is_refused_on_its_page(served: Circle, pages: Open) -> None:
    paths = [one_of(served, f"Daily {number}", QuestType.DAILY) for number in range(4)]
    browser = pages(served.make_member())
    answers = [browser.post(f"{path}/begin") for path in paths]
    assert [answer.status_code for answer in answers[:3]] == [303, 303, 303]
    assert answers[3].status_code >= 400
    assert "The limit is 3 and 3 are used" in main(answers[3])
    assert titles(browser.get("/progress/quests")) == ["Daily 3"]


def test_quests_of_a_shelf_come_page_by_page(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    for number in range(26):
        served.begin(ana, served.add_quest(Quest(new_id(), QuestType.SIDE, None, 10, 1, None), title=f"Quest {number}"), steps=1)
    browser = pages(ana)
    first = browser.get("/progress/quests?show=in_progress")
    assert titles(first) == [f"Quest {number}" for number in range(25, 1, -1)]
    [following] = [unescape(href) for href in re.findall(r'href="([^"]*cursor=[^"]*)"', first.text)]
    assert titles(browser.get(following)) == ["Quest 1", "Quest 0"]
    assert "All in progress" in main(browser.get("/progress"))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"activity_types": None}, "Whoever runs the quest counts its steps"),
        ({"activity_types": frozenset()}, "What counts Whatever you do It brings"),
        ({"activity_types": frozenset(), "topic": "algebra"}, "Whatever you do about Algebra"),
        ({"activity_types": frozenset({QUIZ}), "topic": "algebra"}, "Quiz completed, about Algebra"),
    ],
)
def test_quest_tells_what_its_steps_are(served: Circle, pages: Open, fields: dict[str, object], said: str) -> None:
    served.add_topics("algebra")
    path = one_of(served, "A quest", **fields)
    assert said in main(pages(served.make_member()).get(path))


def test_quest_that_is_not_there_has_no_page(served: Circle, pages: Open) -> None:
    browser = pages(served.make_member())
    for path in (f"/progress/quests/{new_id()}", "/progress/quests/nonsense"):
        assert browser.get(path).status_code == 404
        assert browser.post(f"{path}/begin").status_code == 404
    aside = one_of(served, "Put aside", is_active=False)
    assert browser.get(aside).status_code == 404


def test_what_staff_wrote_is_escaped(served: Circle, pages: Open) -> None:
    path = one_of(served, "<i>Sly</i>")
    with served.database.write.begin() as connection:
        connection.execute(update(quest).values(description="<script>alert(1)</script>\n{{ 7*7 }}"))
    browser = pages(served.make_member())
    for page in (browser.get(path), browser.get("/progress/quests")):
        assert "<i>Sly" not in page.text
        assert "<script>alert" not in page.text
        assert "{{ 7*7 }}" in unescape(page.text)
