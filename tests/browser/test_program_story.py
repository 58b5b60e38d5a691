"""What members do with programs: join, earn, reserve, confirm, and leave; with and without scripts."""

import re

from playwright.sync_api import expect
import pytest

from browser.community import Community
from browser.conftest import VisitAs


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_member_joins_earns_spends_and_leaves(visit: VisitAs, community: Community, scripts: bool) -> None:
    member = community.newcomer(f"Pia {'Script' if scripts else 'Plain'}")
    seen = visit(member, width=390, height=844, java_script_enabled=scripts)
    page = seen.page
    ways = page.get_by_role("navigation", name="Wine & Dine")

    seen.open("/programs")
    page.get_by_role("button", name="Join Wine & Dine").click()
    expect(page.get_by_role("status").filter(has_text="Welcome to Wine & Dine.")).to_be_visible()
    expect(page.get_by_text("No points yet")).to_be_visible()
    if scripts:
        community.wait_until_followed(1)
    community.sell(f"Story-{scripts}", member, 200_000, days_ago=20)
    if not scripts:
        page.reload()
    expect(page.locator("#points .gold")).to_contain_text("100")  # by itself, where there are scripts
    expect(page.locator("#lots")).to_contain_text("100 Active")
    page.get_by_text("Show as table").click()
    expect(page.get_by_role("row", name="November 2026 0 0 100")).to_be_visible()

    ways.get_by_role("link", name="Rewards").click()
    page.get_by_role("link", name="Get it: House wine").click()
    expect(page.get_by_text("60 corks")).to_be_visible()
    page.get_by_role("button", name="Reserve").click()
    expect(page.get_by_text("15 minutes")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".code")).to_have_text(re.compile("^WINE-[0-9A-Z]{4}-[0-9A-Z]{4}$"))

    page.get_by_role("link", name="To the rewards").click()
    page.get_by_label("How many corks?").fill("61")
    page.get_by_role("button", name="See what they are worth").click()
    expect(page.get_by_text("You have fewer points to spend.")).to_be_visible()
    expect(page.get_by_label("How many corks?")).to_have_value("61")
    page.get_by_label("How many corks?").fill("50")
    page.get_by_role("button", name="See what they are worth").click()
    expect(page.get_by_text("a discount of £0.75")).to_be_visible()
    page.get_by_role("button", name="Spend 50 corks now").click()
    expect(page.get_by_role("status").filter(has_text="It is yours.")).to_be_visible()

    page.get_by_role("link", name="To the rewards").click()
    ways.get_by_role("link", name="History").click()
    page.get_by_label("What").select_option("Spent")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    ways.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="Leave this program").click()
    expect(page.get_by_text("10 corks")).to_be_visible()
    page.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("status").filter(has_text="You have left Wine & Dine.")).to_be_visible()
    # A browser reports a page's own 4xx as an error of the console: that one is meant.
    assert [said for said in seen.complaints if "status of 422" not in said] == []


def test_history_is_taken_away_as_a_table(visit: VisitAs, community: Community) -> None:
    seen = visit(community.members[1])
    seen.open(community.path("/programs/{program}/history?from=2026-11-20&to=2026-11-20"))
    with seen.page.expect_download() as started:
        seen.page.get_by_role("link", name="These days as a table (CSV)").click()
    lines = started.value.path().read_text().splitlines()
    assert lines[0].startswith("occurred_at,kind,points,balance")
    assert any("T-106" in line for line in lines)
    assert seen.complaints == []


def test_code_of_a_voucher_is_copied(visit: VisitAs, community: Community) -> None:
    seen = visit(community.members[1], width=390, permissions=["clipboard-read", "clipboard-write"])
    seen.open(community.path("/programs/{program}/burns/{fulfilled}"))
    seen.page.get_by_role("button", name="Copy").click()
    expect(seen.page.get_by_role("status").filter(has_text="The code is copied.")).to_be_visible()
    assert seen.page.evaluate("navigator.clipboard.readText()") == "WINE-7QM2-XVA9"


@pytest.mark.parametrize("locale", ["en", "es"])
@pytest.mark.parametrize("width", [861, 1000])
def test_navigation_fits_in_narrow_windows(visit: VisitAs, community: Community, width: int, locale: str) -> None:
    seen = visit(community.newcomer("Wide Words", role="admin", locale=locale), width=width)
    seen.open("/programs")
    expect(seen.page.get_by_role("banner").locator("[aria-current]")).to_be_in_viewport()
    assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
