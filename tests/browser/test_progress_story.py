"""What members do with their progress: claim, begin and complete, celebrate, buy a freeze; with and without scripts."""

import re

from playwright.sync_api import expect
import pytest

from browser.community import Community
from browser.conftest import VisitAs
from browser.progress import award
from laurels.products.progress.rules import ActivityType


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_member_claims_completes_a_quest_and_celebrates(visit: VisitAs, community: Community, scripts: bool) -> None:
    member = community.newcomer(f"Mia {'Script' if scripts else 'Plain'}")
    seen = visit(member, width=390, height=844, java_script_enabled=scripts)
    page = seen.page
    seen.open("/")
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Progress").click()
    expect(page.locator("#streak")).to_contain_text("Starts with your next activity")

    page.get_by_role("link", name="Find quests").click()
    page.get_by_role("button", name="Begin: Say hello").click()
    expect(page.get_by_role("status").filter(has_text="It has begun.")).to_be_visible()
    seen.open("/progress")
    page.get_by_role("radio", name="Comment posted").check()
    page.get_by_role("spinbutton", name="Points").fill("101")
    page.get_by_label("In a few words").fill("Hello <b>there</b>")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("The limit is 100 and 0 are used")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Points")).to_be_focused()
    expect(page.get_by_label("In a few words")).to_have_value("Hello <b>there</b>")
    page.get_by_role("spinbutton", name="Points").fill("40")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("status").filter(has_text="Noted: +40.")).to_be_visible()
    expect(page.locator("#latest")).to_contain_text("Hello <b>there</b>")
    expect(page.locator("#streak")).to_contain_text("1 day")

    page.get_by_role("button", name="Complete: Say hello").click()
    expect(page.get_by_role("status").filter(has_text="Well done: +10.")).to_be_visible()
    expect(page.locator("#upgrade")).to_contain_text("Level 2")

    seen.open("/progress")
    expect(page.locator("#upgrade")).to_be_empty()
    if scripts:
        community.wait_until_followed(1)
    award(community.app.state.context, member, 460, ActivityType.REFERRAL)
    if not scripts:
        page.reload()
    expect(page.locator("#upgrade")).to_contain_text("You are Blaze now")  # by itself, where there are scripts
    expect(page.locator("#standing")).to_contain_text("510 this week")
    page.get_by_role("link", name="Get a freeze").click()
    page.get_by_role("button", name="Spend 100 points").click()
    expect(page.get_by_role("status").filter(has_text="The freeze is yours.")).to_be_visible()
    expect(page.locator("#streak")).to_contain_text("1 freeze in hand")

    page.get_by_text("Show as table").click()
    expect(page.get_by_role("row", name="W47 510")).to_be_visible()
    page.get_by_role("link", name="All activities").click()
    page.get_by_role("combobox", name="What").select_option("Side quest")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    # A browser reports a page's own 4xx as an error of the console: that one is meant. Leaving a page cuts what it was fetching.
    meant = re.compile("status of 409|/progress/now: net::ERR_ABORTED")
    assert [said for said in seen.complaints if not meant.search(said)] == []


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_celebration_moves_only_where_motion_is_welcome(visit: VisitAs, community: Community, motion: str, moves: bool) -> None:
    member = community.newcomer(f"Moe {motion}")
    seen = visit(member)
    seen.page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
    seen.open("/progress")
    award(community.app.state.context, member, 300, ActivityType.REFERRAL)
    seen.open("/progress")
    celebrated = seen.page.locator(".upgrade")
    expect(celebrated).to_contain_text("You are Spark now")
    names = celebrated.evaluate("one => [one, one.querySelector('.medal')].map(part => getComputedStyle(part).animationName)")
    assert names == (["arrive", "shine"] if moves else ["none", "none"])


def test_activities_are_taken_away_as_a_table(visit: VisitAs, community: Community) -> None:
    seen = visit(community.members[1])
    seen.open("/progress/activities?type=project_create")
    with seen.page.expect_download() as started:
        seen.page.get_by_role("link", name="The same as a table (CSV)").click()
    lines = started.value.path().read_text().splitlines()
    assert lines[0].startswith("occurred_at,activity_type,points")
    assert len(lines) == 4
    assert all("project_create" in line for line in lines[1:])
    assert seen.complaints == []
