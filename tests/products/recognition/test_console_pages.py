"""The staff's pages of recognition, and the console around them."""

from collections.abc import Callable, Iterator

import pytest

from laurels.identity.tables import Member
from products.recognition.community import Community
from products.recognition.paper import Paper, errors_in
from support.members import SignIn

pytestmark = pytest.mark.any_database

STAFF_PAGES = (
    "/console",
    "/console/recognition",
    "/console/patterns",
    "/console/values",
    "/console/vouchers",
    "/console/ledger",
    "/console/audit",
)


@pytest.fixture
def stocked(community: Community) -> Iterator[Community]:
    """A community whose vouchers come from a counted stock."""
    with community.open(voucher_stock_limited=True):
        yield community


@pytest.fixture
def pages(community: Community, sign_in: SignIn) -> Callable[[Member], Paper]:
    """`pages(member)` is the member's browser, once the community is served."""
    return lambda who: Paper(community, sign_in, who)


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_console_is_for_staff(served: Community, pages: Callable[[Member], Paper], path: str) -> None:
    assert pages(served.join("1")).get(path).status_code == 403
    assert pages(served.join("2", role="staff")).get(path).status_code == 200


def test_recognition_is_found_and_taken_back_with_a_reason_on_record(served: Community, pages: Callable[[Member], Paper]) -> None:
    ada, bo, sam = served.join("1"), served.join("2"), served.join("9", role="staff", display_name="Sam Staff")
    thanks = served.gave(ada, bo, 30, message="For the vote.")
    browser = pages(sam)
    assert "For the vote." in browser.get("/console/recognition", text="VOTE", member="2").text
    assert "For the vote." not in browser.get("/console/recognition", member="9").text
    assert "Nobody has this student id." in browser.get("/console/recognition", member="nobody").text
    path = f"/console/recognition/{thanks}/reverse"
    assert "Nothing can undo this" in browser.get(path).text
    for reason, said in (("", "Say why: the people concerned may ask."), ("x" * 501, "That is too long. 500 characters are the most.")):
        assert errors_in(browser.post(path, reason=reason)) == {"reason": said}
    assert errors_in(browser.post(path, reason="\x07")) == {"reason": "Send text without control characters."}
    assert served.purse(bo)["received"] == 30
    assert browser.post(path, reason="Votes aren't for sale.").headers["location"] == "/console/recognition"
    assert served.purse(bo)["received"] == 0
    assert "Taken back" in browser.get("/console/recognition").text
    assert f"recognition/{thanks}" in browser.get("/console/audit").text
    again = browser.post(path, reason="Again.")
    assert again.status_code == 409 and "This was reversed already." in again.text


def test_members_can_t_take_back(served: Community, pages: Callable[[Member], Paper]) -> None:
    ada, bo = served.join("1"), served.join("2")
    thanks = served.gave(ada, bo, 30)
    assert pages(ada).post(f"/console/recognition/{thanks}/reverse", reason="Mine.").status_code == 403
    assert served.purse(bo)["received"] == 30


def test_pattern_is_told_in_numbers_and_leads_to_its_recognitions(served: Community, pages: Callable[[Member], Paper]) -> None:
    ada, bo = served.join("1", display_name="Ada"), served.join("2", display_name="Bo")
    served.gave(ada, bo, 60)
    served.gave(bo, ada, 50)
    browser = pages(served.join("9", role="staff"))
    page = browser.get("/console/patterns").text
    assert "Ada → Bo" in page and "the first gave 60, the second gave 50" in page
    assert "Ada → Bo" not in browser.get("/console/patterns", month="2026-10").text
    assert "1 pattern deserves a look" in browser.get("/console").text


def test_value_is_added_retired_and_offered_again(served: Community, pages: Callable[[Member], Paper]) -> None:
    ada, browser = pages(served.join("1")), pages(served.join("9", role="staff"))
    assert browser.post("/console/values", name=" Courage ", is_active="true").headers["location"] == "/console/values"
    assert ">Courage<" in ada.get("/recognition").text
    browser.post("/console/values", name="Courage", is_active="false")
    assert ">Courage<" not in ada.get("/recognition").text
    assert "Retired" in browser.get("/console/values").text
    for name, said in (
        ("", "Type a name."),
        ("x" * 41, "That is too long. 40 characters are the most."),
        ("a\nb", "Send text without control characters."),
    ):
        assert errors_in(browser.post("/console/values", name=name)) == {"name": said}


def test_full_list_of_values_takes_no_more(served: Community, pages: Callable[[Member], Paper]) -> None:
    browser = pages(served.join("9", role="staff"))
    for number in range(100):
        browser.post("/console/values", name=f"Value {number}")
    refused = browser.post("/console/values", name="One more")
    assert refused.status_code == 409 and "The list holds at most 100 values." in refused.text


def test_stock_is_filled_and_emptied_on_record(stocked: Community, pages: Callable[[Member], Paper]) -> None:
    ada, bo = stocked.join("1"), stocked.join("2")
    stocked.gave(ada, bo, 10)
    browser = pages(stocked.join("9", role="admin"))
    assert "Out of vouchers" in pages(bo).get("/rewards").text
    refused = pages(bo).post("/rewards/redeem", credits="5")
    assert refused.status_code == 409 and "No voucher is left." in refused.text
    assert browser.post("/console/vouchers", added="3").headers["location"] == "/console/vouchers"
    assert pages(bo).post("/rewards/redeem", credits="5").status_code == 303
    assert errors_in(browser.post("/console/vouchers", added="-5"))["added"].startswith("There are 2 available")
    for typed in ("", "0", "1.5", "many"):
        assert errors_in(browser.post("/console/vouchers", added=typed)) == {"added": "Type a whole number, such as 50 or -10."}
    assert "stock.changed" in browser.get("/console/audit").text


def test_unlimited_vouchers_have_no_stock_to_change(served: Community, pages: Callable[[Member], Paper]) -> None:
    page = pages(served.join("9", role="staff")).get("/console/vouchers").text
    assert "Unlimited" in page and 'name="added"' not in page


def test_ledger_is_verified_on_demand(served: Community, pages: Callable[[Member], Paper]) -> None:
    ada, bo = served.join("1"), served.join("2")
    served.gave(ada, bo, 10)
    browser = pages(served.join("9", role="staff"))
    assert "recognition" in browser.get("/console/ledger").text
    assert "All is in order." in browser.post("/console/ledger/verify").text


def test_audit_goes_on_page_by_page(served: Community, pages: Callable[[Member], Paper]) -> None:
    browser = pages(served.join("9", role="staff"))
    for number in range(52):
        browser.post("/console/values", name=f"Value {number:02d}")
    first = browser.get("/console/audit").text
    assert "value/Value 51" in first and "value/Value 00" not in first
    following = first.split('href="/console/audit?cursor=')[1].split('"')[0]
    assert "value/Value 00" in browser.get("/console/audit", cursor=following).text


def test_moderation_goes_on_page_by_page(served: Community, pages: Callable[[Member], Paper]) -> None:
    ada, bo = served.join("1"), served.join("2")
    for number in range(27):
        served.gave(ada, bo, 1, message=f"Number {number:02d}.")
    browser = pages(served.join("9", role="staff"))
    first = browser.get("/console/recognition", member="1").text
    following = first.split('href="/console/recognition?')[1].split('"')[0].replace("&amp;", "&")
    assert "member=1" in following
    assert "Number 00." in browser.get(f"/console/recognition?{following}").text


@pytest.mark.parametrize("path", ["/console/recognition", "/console/patterns", "/console/members", "/recognition", "/leaderboard"])
def test_page_asked_for_with_what_no_database_takes_is_a_page(served: Community, pages: Callable[[Member], Paper], path: str) -> None:
    browser = pages(served.join("9", role="staff"))
    for query in ({"member": "a\0b"}, {"about": "\0"}, {"text": "\0"}, {"q": "\0"}, {"month": "9999-12"}, {"month": "0000-01"}):
        assert browser.get(path, **query).status_code == 200, query
