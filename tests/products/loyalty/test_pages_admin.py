"""The pages of those who run programs: the list, creating, activating, settings, status, and who may see them."""

from collections.abc import Callable

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
