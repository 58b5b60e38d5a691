"""Pages of boards and of members' progress, as a browser without scripts asks for them."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
import re

import httpx
import pytest
from sqlalchemy import insert, update

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.progress.tables import season, season_standing
from products.progress.circle import Circle
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


def rows(answer: httpx.Response) -> list[str]:
    """What the rows of a board say."""
    assert answer.status_code == 200, answer.text
    found = re.findall(r"<li(?: class=\"(?:me|gap)\")?[^>]*>(.*?)</li>", answer.text.partition('<ol class="board">')[2], re.DOTALL)
    return [words(row) for row in found]


def words(html: str) -> str:
    """What a part of a page says, its tags left out."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def main(answer: httpx.Response) -> str:
    """What a page says."""
    return words(answer.text.partition("<main")[2].partition("</main>")[0])


def links(answer: httpx.Response) -> list[str]:
    """Where a page's links lead."""
    return [unescape(href) for href in re.findall(r'<a[^>]* href="([^"]+)"', answer.text.partition("<main")[2])]


@pytest.fixture
def crowd(served: Circle) -> list[Member]:
    """Thirty members; the n-th has n points."""
    members = [served.make_member(display_name=f"Member {number}") for number in range(1, 31)]
    for number, who in enumerate(members, 1):
        served.award(who, number)
    return members


def test_board_shows_the_top_and_the_viewers_own_row(served: Circle, pages: Open, crowd: list[Member]) -> None:
    answer = pages(crowd[1]).get("/progress/boards")
    shown = rows(answer)
    assert shown[0].startswith("1 M3 Member 30 Ember · Level 1 30")
    assert len(shown) == 25 + 1 + 3
    assert shown[25:] == [
        "···",
        "28 M3 Member 3 Ember · Level 1 3",
        "29 M2 Member 2 you Ember · Level 1 2",
        "30 M1 Member 1 Ember · Level 1 1",
    ]
    assert f"/people/{crowd[29].id}/progress" in links(answer)
    [following] = [href for href in links(answer) if "cursor=" in href]
    assert [row.partition(" Ember")[0] for row in rows(pages(crowd[1]).get(following))] == [
        "26 M5 Member 5",
        "27 M4 Member 4",
        "28 M3 Member 3",
        "29 M2 Member 2 you",
        "30 M1 Member 1",
    ]
    assert len(rows(pages(crowd[20]).get("/progress/boards"))) == 25, "who is on the page needs no other row"


def test_empty_boards_say_what_opens_them(served: Circle, pages: Open) -> None:
    browser = pages(served.make_member())
    for path in ("", "/month", "/week", "/week?of=2026-W01"):
        assert "Nobody is on this board yet" in main(browser.get(f"/progress/boards{path}"))


def test_viewer_without_points_is_told_how_they_get_on_a_board(served: Circle, pages: Open, crowd: list[Member]) -> None:
    assert "You aren't on this board yet" in main(pages(served.make_member()).get("/progress/boards"))


def test_weeks_and_months_lead_to_those_before_and_after(served: Circle, pages: Open) -> None:
    ana = served.make_member(display_name="Ana Díaz")
    served.award(ana, 5, at=datetime(2026, 9, 30, tzinfo=UTC))
    browser = pages(ana)
    week = browser.get("/progress/boards/week")
    assert "Nov 16 – 22, 2026" in main(week)
    assert "/progress/boards/week?of=2026-W46" in links(week)
    assert not [href for href in links(week) if "W48" in href], "not into the future"
    first = browser.get("/progress/boards/week?of=2026-W40")
    assert [href for href in links(first) if "of=" in href] == ["/progress/boards/week?of=2026-W41"], "not before the first activity"
    assert rows(first) == ["1 AD Ana Díaz you Ember · Level 1 5"]
    month = browser.get("/progress/boards/month?of=2026-10")
    assert "October 2026" in main(month)
    assert [href for href in links(month) if "of=" in href] == ["/progress/boards/month?of=2026-09", "/progress/boards/month?of=2026-11"]


def test_topics_and_classes_have_a_row_of_links(served: Circle, pages: Open) -> None:
    ana = served.make_member()
    served.add_topics("algebra", "botany")
    algebra, botany = new_id(), new_id()
    served.award(ana, 5, topic="botany", class_id=algebra)
    served.award(ana, 6, class_id=botany)
    browser = pages(ana)
    first = browser.get("/progress/boards/topic")
    assert "Nobody is on this board yet" in main(first)
    assert [href for href in links(first) if "of=" in href] == ["/progress/boards/topic?of=algebra", "/progress/boards/topic?of=botany"]
    assert "Botany" in main(browser.get("/progress/boards/topic?of=botany"))
    assert {f"/progress/boards/class?of={one}" for one in (algebra, botany)} <= set(links(browser.get("/progress/boards/class")))
    assert [row[-1] for row in rows(browser.get(f"/progress/boards/class?of={botany}"))] == ["6"]
    stranger = pages(served.make_member())
    assert "/progress/boards/class" not in links(stranger.get("/progress/boards"))
    assert stranger.get("/progress/boards/class").status_code == 404
    assert stranger.get(f"/progress/boards/class?of={botany}").status_code == 404


@pytest.mark.parametrize("path", ["/decade", "/season", "/topic", "/topic?of=%00", "/season?of=x", "/week?of=2026", "?cursor=x"])
def test_board_that_cannot_be_is_an_error_page(served: Circle, pages: Open, path: str) -> None:
    assert pages(served.make_member()).get(f"/progress/boards{path}").status_code in (404, 422)


def test_archived_season_says_that_it_stays(served: Circle, pages: Open) -> None:
    ana = served.make_member(display_name="Ana Díaz")
    autumn = served.add_season(datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))
    served.add_season(datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
    with served.database.write.begin() as connection:
        connection.execute(insert(season_standing).values(season=autumn, member=ana.id, rank=1, points=9))
        connection.execute(update(season).where(season.c.id == autumn).values(archived_at=served.clock.at))
    browser = pages(ana)
    current = browser.get("/progress/boards/season")
    assert [href for href in links(current) if "of=" in href] == [f"/progress/boards/season?of={autumn}"]
    kept = browser.get(f"/progress/boards/season?of={autumn}")
    assert "This season is over. Its standings stay as they were." in main(kept)
    assert rows(kept) == ["1 AD Ana Díaz you Ember · Level 1 9"]
    assert "Rank 1 9" in main(browser.get(f"/people/{ana.student_id}/progress"))


def test_hiding_ones_name_leaves_the_row_and_takes_the_profile(served: Circle, pages: Open) -> None:
    ana, bo = served.make_member(display_name="Ana Díaz"), served.make_member(display_name="Bo Lindt")
    served.award(ana, 300)
    served.award(bo, 5)
    mine, others = pages(ana), pages(bo)
    assert "Ana Díaz" in main(others.get(f"/people/{ana.id}/progress"))
    led = mine.post("/progress/appearance", page="/progress/boards", is_anonymous="true")
    assert (led.status_code, led.headers["location"]) == (303, "/progress/boards")
    assert mine.told("/progress/boards") == "Others no longer see your name."
    seen = others.get("/progress/boards")
    assert rows(seen)[0] == "1 Anonymous member Spark · Level 5 300"
    for told in (str(ana.id), ana.id.hex, "Ana Díaz"):
        assert told not in seen.text
    assert rows(mine.get("/progress/boards"))[0] == "1 AD Ana Díaz you Spark · Level 5 300"
    for name in (ana.id, ana.student_id):
        hidden, nobody = others.get(f"/people/{name}/progress"), others.get(f"/people/{new_id()}/progress")
        assert hidden.status_code == nobody.status_code == 404
        assert main(hidden) == main(nobody)
    assert "Only you see this page" in main(mine.get(f"/people/{ana.id}/progress"))
    mine.post("/progress/appearance", page="/progress/boards", is_anonymous="false")
    assert "Ana Díaz" in main(others.get(f"/people/{ana.id}/progress"))


def test_profile_tells_points_tier_streak_and_badges(served: Circle, pages: Open) -> None:
    ana, bo = served.make_member(display_name="Ana Díaz"), served.make_member()
    for day in (18, 19, 20):
        served.award(ana, 100, at=datetime(2026, 11, day, 9, tzinfo=UTC))
    said = main(pages(bo).get(f"/people/{ana.student_id}/progress"))
    for told in ("Ana Díaz Spark Level", "Streak 3 days", "On the way to Blaze", "First step Your first points.", "Badges 1"):
        assert told in said, told
    assert "Only you" not in said and "Share" not in said
    assert "None yet." in main(pages(bo).get(f"/people/{bo.id}/progress"))


@pytest.mark.parametrize("name", ["nobody", "%00", "a" * 300])
def test_profile_of_nobody_is_missing(served: Circle, pages: Open, name: str) -> None:
    assert pages(served.make_member()).get(f"/people/{name}/progress").status_code == 404


def test_suspended_member_has_no_profile(served: Circle, pages: Open) -> None:
    ana, bo = served.make_member(), served.make_member()
    served.suspend(ana)
    assert pages(bo).get(f"/people/{ana.id}/progress").status_code == 404
