"""The pages of those who run programs: the list, creating, activating, settings, status, and who may see them."""

from collections.abc import Callable
from html import unescape
import re

import pytest

from laurels.identity.tables import Member
from products.loyalty.town import Town
from products.recognition.paper import Paper
from support.members import SignIn

PATH = "/console/programs"
WINE = {
    "name": "Wine & Dine",
    "currency": "gbp",
    "zone": "Europe/London",
    "unit_name": "corks",
    "spend_per": "100.00",
    "points": "5",
    "joining": "open",
}


@pytest.fixture
def pages(served: Town, sign_in: SignIn) -> Callable[[Member], Paper]:
    """`pages(member)` is the member's browser."""
    return lambda who: Paper(served, sign_in, who)


def create(browser: Paper, **fields: str) -> str:
    """Create a program; gives its path."""
    answer = browser.post(f"{PATH}/new", page=PATH, **{**WINE, **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_program_is_created_and_activated_in_a_minute(served: Town, pages: Callable[[Member], Paper]) -> None:
    browser = pages(served.make_member(role="admin"))
    assert "No programs yet" in browser.get(PATH).text
    assert 'value="UTC"' in browser.get(f"{PATH}/new").text
    path = create(browser)
    page = browser.get(path).text
    assert "5 corks for every £100.00" in page and "Ready to start?" in page and "Points never expire." in page
    version = page.split('name="version" value="')[1].split('"')[0]
    assert browser.post(f"{path}/status", page=path, status="active", version=version).headers["location"] == path
    assert "The program runs." in browser.get(path).text
    assert "Wine &amp; Dine" in browser.get(PATH).text


def fields_of(page: str) -> dict[str, str]:
    """What the editor's form would send as it stands."""
    form = page.split('<form id="editor"')[1].split("</form>")[0]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and not ('type="checkbox"' in tag and " checked" not in tag):
            found[name[1]] = unescape(value[1]) if value else ""
    for name, body in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else re.findall(r'value="([^"]*)"', body)[0]
    for name, body in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(body)
    return found


def test_rules_are_tried_out_before_they_are_saved(served: Town, pages: Callable[[Member], Paper]) -> None:
    browser = pages(served.make_member(role="admin"))
    path = create(browser)
    form = fields_of(browser.get(f"{path}/rules").text)
    assert form["rules-0-spend_per"] == "100.00" and form["rules-0-points"] == "5" and form["base"] == "1"
    tried = browser.post(f"{path}/rules", page=path, **form | {"rules-0-points": "10", "try-amount": "99.99", "do": "try"})
    assert tried.status_code == 200
    assert "<strong>9</strong> corks" in tried.text and "gives 9 points" in tried.text
    assert fields_of(tried.text)["rules-0-points"] == "10"
    assert "10 corks" not in browser.get(path).text
    saved = browser.post(f"{path}/rules", page=path, **fields_of(tried.text) | {"do": "save"})
    assert saved.headers["location"] == f"{path}/rules"
    page = browser.get(f"{path}/rules").text
    assert "Rule “Everything”: points 5 → 10" in page and "Version 2" in page
    assert "10 corks for every £100.00" in browser.get(path).text


def test_every_page_opens(served: Town, pages: Callable[[Member], Paper]) -> None:
    admin, ana = served.make_member(role="admin"), served.make_member("A-1", display_name="Ana Díaz")
    terms = {"tiers": [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 100, "multiplier_percent": 150}]}
    program = served.make_program(terms, [ana], burn_points=100, burn_minor=500)
    served.earned(program, ana, 100_000)
    served.burn(program, ana, 5)
    browser, path = pages(admin), f"{PATH}/{program.id}"
    for part in (
        "",
        "/rules",
        "/rules/versions/1",
        "/campaigns",
        "/campaigns/new",
        "/rewards",
        "/rewards/new",
        "/members",
        f"/members/{ana.id}",
        "/numbers",
        "/keys",
        "/settings",
    ):
        page = browser.get(f"{path}{part}")
        assert page.status_code == 200, (part, page.text)
