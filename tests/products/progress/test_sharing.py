"""Public cards: made, seen by whoever has the address, taken back; and profiles over the API."""

from collections.abc import Callable
from datetime import UTC, datetime
import re
from xml.etree import ElementTree

import httpx
import pytest

from laurels.identity.tables import Member
from laurels.products.progress.tables import share_card
from products.progress.circle import Circle
from products.recognition.paper import Paper
from support.site import refused

CARDS = "/progress/cards"
Open = Callable[[Member], Paper]


def make(circle: Circle, who: Member) -> str:
    """A new card's token."""
    answer = circle.ask(who, "POST", CARDS)
    assert answer.status_code == 201, answer.text
    card = answer.json()
    assert answer.headers["location"] == card["url"] == f"http://testserver/share/{card['token']}"
    assert card["picture_url"] == f"{card['url']}.svg"
    token: str = card["token"]
    return token


def look(circle: Circle, path: str, **headers: str) -> httpx.Response:
    """A stranger's look at an address."""
    return circle.http.get(path, headers={"Accept": "text/html", **headers})


def drawn(answer: httpx.Response) -> list[str]:
    """The texts of a picture."""
    assert answer.headers["content-type"] == "image/svg+xml"
    found = ElementTree.fromstring(answer.content)
    assert (found.get("width"), found.get("height")) == ("1200", "630")
    return ["".join(text.itertext()) for text in found.iter("{http://www.w3.org/2000/svg}text")]


def test_card_shows_whoever_has_its_address_what_its_member_reached(served: Circle) -> None:
    ana = served.make_member(display_name="Ana Díaz")
    for day in (19, 20):
        served.award(ana, 325, at=datetime(2026, 11, day, 9, tzinfo=UTC))
    token = make(served, ana)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", token)
    picture = look(served, f"/share/{token}.svg")
    assert drawn(picture) == ["Laurels", "Ana Díaz", "Blaze · Level 6", "650", "points", "2", "days in a row", "1", "badges"]
    page = look(served, f"/share/{token}")
    assert page.status_code == 200
    assert "Ana Díaz: Blaze, level 6, 650 points" in page.text
    for answer in (page, picture):
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        for told in (str(ana.id), ana.id.hex, ana.student_id, ana.username or "?", ana.email or "?", ana.full_name):
            assert told not in answer.text
    served.award(ana, 350)
    assert f"{served.total(ana):,}" in drawn(look(served, f"/share/{token}.svg")), "as it is when it is looked at"


def test_picture_is_kept_briefly_and_asked_for_by_its_tag(served: Circle) -> None:
    ana = served.make_member()
    token = make(served, ana)
    first = look(served, f"/share/{token}.svg")
    assert first.headers["cache-control"] == "public, max-age=60"
    assert first.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    again = look(served, f"/share/{token}.svg", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    served.award(ana, 5)
    assert look(served, f"/share/{token}.svg", **{"If-None-Match": first.headers["etag"]}).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        '<script>alert("x")</script>',
        "\"'><image href=x onerror=y>",
        "]]>&amp;",
        "名" * 60,
        "W" * 60,
        "i" * 60,
        "e\u0301" * 30,
        "🙂 Ana",
        "ا" * 60,
    ],
)
def test_name_is_only_ever_text(served: Circle, name: str) -> None:
    ana = served.make_member(display_name=name)
    token = make(served, ana)
    picture = look(served, f"/share/{token}.svg")
    shown = drawn(picture)[1]
    assert shown == name or (shown.endswith("…") and name.startswith(shown[:-1]))
    kinds = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(picture.content).iter()}
    assert kinds <= {"svg", "title", "defs", "linearGradient", "stop", "rect", "g", "path", "circle", "text"}
    assert "<script>alert" not in look(served, f"/share/{token}").text


def test_picture_needs_no_style_no_script_and_no_other_file(served: Circle) -> None:
    ana = served.make_member()
    served.award(ana, 5)
    picture = look(served, f"/share/{make(served, ana)}.svg").text
    assert not re.search(r"style|script|href|url\((?!#)|\son\w+=", picture)


def test_revoked_card_leads_nowhere(served: Circle) -> None:
    ana, bo = served.make_member(), served.make_member()
    token = make(served, ana)
    served.later(minutes=1)
    other = make(served, ana)
    refused(served.ask(bo, "DELETE", f"{CARDS}/{token}"), 404, "not-found")
    assert [card["token"] for card in served.read(ana, CARDS)["items"]] == [other, token]
    assert served.read(bo, CARDS)["items"] == []
    assert served.ask(ana, "DELETE", f"{CARDS}/{token}").status_code == 204
    for path in (f"/share/{token}", f"/share/{token}.svg"):
        assert look(served, path).status_code == 404
    assert look(served, f"/share/{other}").status_code == 200
    refused(served.ask(ana, "DELETE", f"{CARDS}/{token}"), 404, "not-found")
    assert [card["token"] for card in served.read(ana, CARDS)["items"]] == [other]


def test_five_cards_are_public_at_once_also_where_they_are_made_together(wide: Circle) -> None:
    ana = wide.make_member()
    wide.headers(ana)
    answers = wide.together(*(lambda: wide.ask(ana, "POST", CARDS) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 3
    problem = refused(wide.ask(ana, "POST", CARDS), 409, "too-many-cards")
    assert problem["most"] == 5
    [first, *_] = wide.read(ana, CARDS)["items"]
    assert wide.ask(ana, "DELETE", f"{CARDS}/{first['token']}").status_code == 204
    assert wide.ask(ana, "POST", CARDS).status_code == 201


@pytest.mark.parametrize("token", ["x", "a" * 22, "a" * 300, "%00" * 16, "é" * 22])
def test_card_that_is_not_there_is_missing(served: Circle, token: str) -> None:
    assert look(served, f"/share/{token}").status_code == 404
    assert look(served, f"/share/{token}.svg").status_code == 404
    assert served.ask(served.make_member(), "DELETE", f"{CARDS}/{token}").status_code in (404, 405, 422)


def test_suspended_members_cards_lead_nowhere(served: Circle) -> None:
    ana = served.make_member()
    token = make(served, ana)
    served.suspend(ana)
    assert look(served, f"/share/{token}").status_code == 404


def test_cards_are_made_shown_and_taken_back_on_their_page(served: Circle, pages: Open) -> None:
    ana = served.make_member(display_name="Ana Díaz")
    browser = pages(ana)
    assert "You share nothing" in browser.get("/progress/share").text
    led = browser.post("/progress/share", page="/progress/share")
    assert (led.status_code, led.headers["location"]) == (303, "/progress/share")
    assert browser.told("/progress/share") == "Your card is public: whoever has its address sees it."
    [token] = re.findall(r'src="/share/([^"]+)\.svg"', browser.get("/progress/share").text)
    browser.post(f"/progress/share/{token}/revoke", page="/progress/share")
    assert "You share nothing" in browser.get("/progress/share").text
    assert browser.post(f"/progress/share/{token}/revoke", page="/progress/share").status_code == 404
    for _ in range(5):
        browser.post("/progress/share", page="/progress/share")
    full = browser.get("/progress/share").text
    assert "5 cards are the most at once." in full and "Make a card" not in full
    late = browser.post("/progress/share", page="/progress/share")
    assert late.status_code == 409 and "Take one back first." in late.text
    assert served.count(share_card) == 6


def test_profile_is_answered_to_members_unless_it_is_hidden(served: Circle) -> None:
    ana, bo = served.make_member("1042", display_name="Ana Díaz"), served.make_member()
    for day in (18, 19):
        served.award(ana, 150, at=datetime(2026, 11, day, 9, tzinfo=UTC))
    for name in ("1042", str(ana.id)):
        told = served.read(bo, f"/progress/profiles/{name}")
        assert [told[key] for key in ("display_name", "total_points", "tier", "tier_display", "level")] == [
            "Ana Díaz",
            300,
            "spark",
            "Spark",
            5,
        ]
        assert [told[key] for key in ("current_streak_days", "longest_streak_days", "seasons", "is_anonymous")] == [2, 2, [], False]
        assert [badge["slug"] for badge in told["badges"]] == ["first-step"]
    assert served.ask(ana, "PUT", "/progress/profile", json={"is_anonymous": True}).status_code == 200
    refused(served.get(bo, "/progress/profiles/1042"), 404, "not-found")
    own = served.read(ana, "/progress/profile")
    assert (own["display_name"], own["is_anonymous"]) == ("Ana Díaz", True)
    assert served.read(ana, "/progress/profiles/1042") == own
    served.award(ana, 10)
    assert served.read(ana, "/progress/profile")["is_anonymous"] is True, "an award doesn't show the name again"


def test_student_id_goes_before_an_id_that_reads_like_it(served: Circle) -> None:
    """As where staff and services name members: the institution's ids are its own. One's own profile is found by neither."""
    ana = served.make_member(display_name="Ana Díaz")
    bo = served.make_member(str(ana.id), display_name="Bo Lindt")
    assert served.read(bo, f"/progress/profiles/{ana.id}")["display_name"] == "Bo Lindt"
    assert served.read(ana, "/progress/profile")["display_name"] == "Ana Díaz"


def test_streak_that_broke_is_not_told_as_current(served: Circle) -> None:
    ana = served.make_member()
    for day in (10, 11, 12):
        served.award(ana, 5, at=datetime(2026, 11, day, 9, tzinfo=UTC))
    told = served.read(ana, "/progress/profile")
    assert (told["current_streak_days"], told["longest_streak_days"]) == (0, 3)


@pytest.mark.parametrize(
    "body", [{}, {"is_anonymous": "true"}, {"is_anonymous": 1}, {"is_anonymous": None}, {"is_anonymous": True, "name": "x"}, []]
)
def test_appearance_that_is_no_yes_or_no_is_refused(served: Circle, body: object) -> None:
    ana = served.make_member()
    refused(served.ask(ana, "PUT", "/progress/profile", json=body), 422, "validation-failed")
    assert served.heads() == []


def test_name_with_what_no_picture_may_have_is_drawn_without_it(served: Circle) -> None:
    ana = served.make_member(display_name="Ana\uffff Díaz\ufffe")
    assert drawn(look(served, f"/share/{make(served, ana)}.svg"))[1] == "Ana Díaz"
