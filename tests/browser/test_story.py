"""What people do, from the first page to the voucher: with and without scripts, by keyboard, and two at a time."""

import re

from playwright.sync_api import Page, expect
import pytest

from browser.community import PASSWORD, Community
from browser.conftest import VisitAs


def _sign_in(page: Page, name: str) -> None:
    page.get_by_label("Email, username or student id").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_member_signs_in_thanks_endorses_climbs_and_redeems(visit: VisitAs, community: Community, scripts: bool) -> None:
    name = f"Nina {'Script' if scripts else 'Plain'}"
    newcomer, friend = community.newcomer(name), community.newcomer(f"{name} Friend")
    other = community.newcomer(f"{name} Other")
    received = community.give(friend, newcomer, 30, "Held the ladder.")
    community.give(friend, other, 5, "Carried the chairs.")
    seen = visit(width=390, height=844, java_script_enabled=scripts)
    page = seen.page

    seen.open("/")
    _sign_in(page, newcomer.username or "")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Hello, {name}")

    page.get_by_role("link", name="Thank someone").click()
    page.get_by_label("Who helped you?").fill(friend.display_name)
    if scripts:
        page.get_by_role("radio", name=friend.display_name).check()
    page.get_by_role("radio", name="20", exact=True).check()
    page.get_by_label("What did they do?").fill("Explained <b>pointers</b> with string and paper.")
    page.get_by_role("button", name="Give credits").click()
    expect(page.get_by_role("status").filter(has_text="has your thanks")).to_be_visible()
    expect(page.locator("#feed > li").first).to_contain_text("Explained <b>pointers</b> with string and paper.")
    expect(page.locator("#balance")).to_contain_text("80")

    carried = page.locator("li.thanks").filter(has_text=f"thanked {other.display_name}")
    carried.get_by_role("button", name="Endorse").click()
    if not scripts:
        expect(page).to_have_url(re.compile("/recognition/[0-9a-f-]{36}$"))
    expect(carried.get_by_text("Endorsed 1")).to_be_visible()

    seen.open("/recognition")
    page.get_by_role("link", name="Whole leaderboard").click()
    expect(page.locator("li.me")).to_contain_text("30")
    seen.open(f"/recognition/{received}")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Thanks to {name}")

    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Rewards").click()
    page.get_by_label("How many?").fill("10")
    page.get_by_role("button", name="See the voucher").click()
    expect(page.get_by_text("a voucher worth ₹50.00")).to_be_visible()
    page.get_by_role("button", name="Redeem").click()
    expect(page.get_by_role("status").filter(has_text="Here is your voucher")).to_be_visible()
    expect(page.locator(".code")).to_have_count(1)
    assert seen.complaints == []


def test_thanks_by_keyboard_alone(visit: VisitAs, community: Community) -> None:
    typist, friend = community.newcomer("Kay Board"), community.newcomer("Fern Friend")
    seen = visit(typist)
    seen.open("/recognition")
    keys = seen.page.keyboard
    keys.press("Tab")
    expect(seen.page.get_by_role("link", name="Skip to content")).to_be_focused()
    keys.press("Enter")
    keys.press("Tab")
    expect(seen.page.get_by_label("Who helped you?")).to_be_focused()
    keys.type("Fern")
    seen.page.get_by_role("radio", name="Fern Friend").wait_for()
    keys.press("Tab")  # what it is for
    keys.press("Tab")
    expect(seen.page.get_by_role("radio", name="Fern Friend")).to_be_focused()
    keys.press("Space")
    keys.press("Tab")
    expect(seen.page.get_by_role("radio", name="10", exact=True)).to_be_focused()
    keys.press("ArrowLeft")
    keys.press("Tab")
    expect(seen.page.get_by_label("Another amount")).to_be_focused()
    keys.press("Tab")
    keys.type("Turned the pages.")
    keys.press("Tab")
    keys.press("Enter")
    first = seen.page.locator("#feed > li").first
    expect(first).to_contain_text("Turned the pages.")
    expect(first).to_contain_text("+5")
    assert friend.display_name in first.inner_text()
    expect(seen.page.get_by_role("button", name="Give credits")).to_be_focused()
    assert seen.complaints == []


def test_focus_goes_on_where_a_part_was_replaced(visit: VisitAs, community: Community) -> None:
    giver, receiver = community.newcomer("Foc Us"), community.newcomer("Rec Eiver")
    community.give(giver, receiver, 1, "Kept the place.")
    seen = visit(community.newcomer("Loo Ker"))
    seen.open("/recognition")
    item = seen.page.locator("li.thanks").filter(has_text="Kept the place.")
    item.get_by_role("button", name="Endorse").press("Enter")
    expect(item.locator(".badge.end")).to_be_focused()
    shown = seen.page.locator("#feed > li.thanks").count()
    seen.page.get_by_role("link", name="Show more").press("Enter")
    expect(seen.page.locator("#feed > li.thanks").nth(shown).locator("time").locator("..")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_refused_form_comes_back_as_it_was_with_focus_on_its_first_error(visit: VisitAs, community: Community, scripts: bool) -> None:
    seen = visit(community.members[3], java_script_enabled=scripts)
    seen.open("/recognition")
    seen.page.get_by_label("Who helped you?").fill("Daiyu Chen")
    seen.page.get_by_label("Another amount").fill("0")
    seen.page.get_by_label("What did they do?").fill("Sang.")
    seen.page.get_by_role("button", name="Give credits").click()
    amount = seen.page.get_by_label("Another amount")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("0")
    expect(amount).to_have_accessible_description("Choose an amount, or type a whole number from 1.")
    expect(seen.page.get_by_label("What did they do?")).to_have_value("Sang.")
    expect(seen.page.get_by_label("Who helped you?")).to_have_value("Daiyu Chen")


def test_name_of_several_is_asked_about_without_scripts(visit: VisitAs, community: Community) -> None:
    community.newcomer("Robin One")
    second = community.newcomer("Robin Two")
    seen = visit(community.newcomer("Una Script"), java_script_enabled=False)
    seen.open("/recognition")
    seen.page.get_by_label("Who helped you?").fill("Robin")
    seen.page.get_by_label("What did they do?").fill("Flew.")
    seen.page.get_by_role("button", name="Give credits").click()
    seen.page.get_by_text("Choose who you mean.").wait_for()
    seen.page.get_by_role("radio", name=second.display_name).check()
    seen.page.get_by_role("button", name="Give credits").click()
    expect(seen.page.locator("#feed > li").first).to_contain_text("Robin Two")


def test_more_than_is_left_is_refused_beside_the_amount(visit: VisitAs, community: Community) -> None:
    seen = visit(community.newcomer("Max Most"))
    seen.open(f"/recognition?receiver={community.members[0].id}")
    seen.page.get_by_label("Another amount").fill("101")
    seen.page.get_by_label("What did they do?").fill("Everything.")
    seen.page.get_by_role("button", name="Give credits").click()
    expect(seen.page.get_by_label("Another amount")).to_have_accessible_description(re.compile("The limit is 100"))


def test_thanks_appears_on_open_pages_by_itself(visit: VisitAs, community: Community) -> None:
    giver, receiver = community.newcomer("Gil Giver"), community.newcomer("Rae Receiver")
    watching, home = visit(community.members[4]), visit(receiver, width=390)
    watching.open("/recognition")
    home.open("/")
    watching.page.locator("#live[data-htmx-powered]").wait_for(state="attached")
    expect(home.page.locator("#purses")).to_contain_text("₹0.00")
    community.wait_until_followed(2)
    recognition = community.give(giver, receiver, 40, "Lit the way.")
    item = watching.page.locator(f"#thanks-{recognition}")
    expect(item).to_contain_text("Lit the way.")
    expect(watching.page.locator("#standings")).to_contain_text("Rae Receiver")
    expect(home.page.locator("#purses")).to_contain_text("₹200.00")
    # What was drawn for everyone can be endorsed by whoever sees it.
    item.get_by_role("button", name="Endorse").click()
    expect(item.get_by_text("Endorsed 1")).to_be_visible()
    # And so everyone else sees the count.
    expect(home.page.locator(f"#thanks-{recognition} .meta .num")).to_have_text("1")
    assert watching.complaints == home.complaints == []


def test_own_thanks_is_shown_once_and_can_t_be_endorsed(visit: VisitAs, community: Community) -> None:
    giver = community.newcomer("Solo Giver")
    seen, other_tab = visit(giver), visit(giver)
    seen.open("/recognition")
    other_tab.open("/recognition")
    community.wait_until_followed(2)
    seen.page.get_by_label("Who helped you?").fill("Ines Costa")
    seen.page.get_by_label("What did they do?").fill("Was there once.")
    seen.page.get_by_role("button", name="Give credits").click()
    for one in (seen, other_tab):
        items = one.page.locator("#feed > li").filter(has_text="Was there once.")
        expect(items).to_have_count(1)
        expect(items.get_by_role("button", name="Endorse")).to_have_count(0)
        expect(one.page.locator("#balance")).to_contain_text("90")


def test_theme_is_kept_and_drawn_by_the_server(visit: VisitAs, community: Community) -> None:
    seen = visit(community.members[5], color_scheme="light", java_script_enabled=False)
    seen.open("/leaderboard")
    seen.page.get_by_role("button", name="Switch to dark colours").click()
    expect(seen.page).to_have_url(f"{seen.address}/leaderboard")
    expect(seen.page.locator("html")).to_have_attribute("data-theme", "dark")
    seen.page.get_by_role("button", name="Switch to light colours").click()
    expect(seen.page.locator("html")).to_have_attribute("data-theme", "light")


def test_page_says_when_the_connection_is_gone(visit: VisitAs, community: Community) -> None:
    seen = visit(community.members[5])
    seen.open("/recognition")
    seen.page.context.set_offline(True)
    expect(seen.page.get_by_text("You are offline.")).to_be_visible()
    seen.page.context.set_offline(False)
    expect(seen.page.get_by_text("You are offline.")).to_be_hidden()


def test_staff_takes_a_thanks_back_with_a_reason(visit: VisitAs, community: Community) -> None:
    giver, receiver = community.newcomer("Tess Taken"), community.newcomer("Ray Returned")
    recognition = community.give(giver, receiver, 15, "Bought votes.")
    watching, seen = visit(community.members[6]), visit(community.staff)
    watching.open("/recognition")
    expect(watching.page.locator(f"#thanks-{recognition}")).to_be_visible()
    community.wait_until_followed(1)
    seen.open("/console/recognition?text=Bought votes")
    seen.page.get_by_role("link", name="Take back the thanks from Tess Taken").click()
    seen.page.get_by_role("button", name="Take back").click()
    expect(seen.page.get_by_label("Why?")).to_be_focused()
    seen.page.get_by_label("Why?").fill("Votes aren't for sale.")
    seen.page.get_by_role("button", name="Take back").click()
    expect(seen.page.get_by_role("status").filter(has_text="taken back")).to_be_visible()
    expect(watching.page.locator(f"#thanks-{recognition}")).to_have_count(0)
    seen.open("/console/audit")
    expect(seen.page.get_by_text(f"recognition/{recognition}")).to_be_visible()
    seen.open("/console/ledger")
    seen.page.get_by_role("button", name="Verify now").click()
    expect(seen.page.get_by_text("All is in order.")).to_be_visible()
