"""What an admin does with a program of their own: create it, try its rules out, change them, activate it."""

import re

from playwright.sync_api import Page, expect
import pytest

from browser.community import Community
from browser.conftest import VisitAs


def _create(page: Page, name: str) -> None:
    page.get_by_role("link", name="New program").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("What are its points called?").fill("corks")
    page.get_by_label("Currency").fill("GBP")
    page.get_by_label("Time zone").fill("Europe/London")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_admin_creates_a_program_tries_its_rules_and_activates_it(visit: VisitAs, community: Community, scripts: bool) -> None:
    name = f"Wine & {'Script' if scripts else 'Plain'}"
    seen = visit(community.staff, width=390, height=844, java_script_enabled=scripts)
    page = seen.page
    seen.open("/console/programs")
    _create(page, name)
    expect(page.get_by_text("5 corks for every £100.00")).to_be_visible()

    page.get_by_role("link", name="Try them out").click()
    page.get_by_role("button", name="Add a rule").click()
    second = page.get_by_role("group", name="Rule 2")
    expect(second.get_by_label("Name")).to_be_focused()
    second.get_by_label("Name").fill("Wine on Fridays")
    second.get_by_label("For every (GBP)").fill("10")
    second.get_by_label("so many points", exact=True).fill("2")
    second.get_by_text("When, and how much at most").click()
    second.get_by_label("Only these categories").fill("wine")
    second.get_by_role("checkbox", name="Fri").check()
    second.get_by_label("At most so many points").fill("12")
    page.get_by_label("Amount (GBP)", exact=True).fill("99.99")
    page.get_by_text("What was bought").click()
    page.get_by_label("Category").first.fill("wine")
    page.get_by_label("Amount", exact=True).first.fill("80.00")
    if scripts:
        page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Try it").last.click()
    expect(page.locator(".result")).to_have_text("12 corks")
    if scripts:
        assert page.evaluate("window.stayed") is True
    expect(page.locator("#tried")).to_contain_text("“Wine on Fridays” would give 16 points; its cap leaves room for 12.")
    expect(page.locator("#tried")).to_contain_text("“Everything” would give 4 points; another rule goes before it.")
    expect(second.get_by_label("Only these categories")).to_have_value("wine")

    second.get_by_label("so many points", exact=True).fill("none")
    page.get_by_role("button", name="Save the rules").click()
    expect(second.get_by_label("so many points", exact=True)).to_be_focused()
    expect(second.get_by_label("so many points", exact=True)).to_have_accessible_description("Type a whole number.")
    second.get_by_label("so many points", exact=True).fill("3")
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_role("status").filter(has_text="The rules are saved as a new version.")).to_be_visible()
    expect(page.get_by_text("New rule “Wine on Fridays”: 3 corks for every £10.00, only wine, Fri, at most 12 a month")).to_be_visible()

    page.get_by_role("navigation", name="Pages of the program").get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("status").filter(has_text="The program runs.")).to_be_visible()
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    assert [said for said in seen.complaints if "status of 422" not in said] == []


def test_enter_in_the_editor_tries_and_does_not_save(visit: VisitAs, community: Community) -> None:
    seen = visit(community.staff)
    seen.open(community.path("/console/programs/{other}/rules"))
    points = seen.page.get_by_role("group", name="Rule 1").get_by_label("so many points", exact=True)
    points.fill("7")
    points.press("Enter")
    expect(seen.page.locator(".result")).to_be_visible()
    expect(points).to_have_value("7")
    seen.open(community.path("/console/programs/{other}"))
    expect(seen.page.get_by_text(re.compile("1 points for every"))).to_be_visible()


def test_only_what_matters_of_expiry_and_bonus_is_asked_for(visit: VisitAs, community: Community) -> None:
    seen = visit(community.staff)
    seen.open(community.path("/console/programs/{program}/rules"))
    kind = seen.page.get_by_label("Points expire")
    for chosen, months, period in (
        ("none", False, False),
        ("months", True, False),
        ("calendar_end", False, True),
        ("inactivity", True, False),
    ):
        kind.select_option(chosen)
        expect(seen.page.get_by_label("After so many months")).to_be_visible(visible=months)
        expect(seen.page.get_by_label("At the end of the")).to_be_visible(visible=period)
    seen.open(community.path("/console/programs/{program}/campaigns/new"))
    expect(seen.page.get_by_label("Points more a purchase")).to_be_hidden()
    seen.page.get_by_role("radio", name="Extra points").check()
    expect(seen.page.get_by_label("Points more a purchase")).to_be_visible()
    expect(seen.page.get_by_label("Percent of the points")).to_be_hidden()
    assert seen.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_member_who_was_named_admin_finds_the_way(visit: VisitAs, community: Community, scripts: bool) -> None:
    person = community.newcomer(f"Pat {'Script' if scripts else 'Plain'}")
    staff = visit(community.staff, java_script_enabled=scripts)
    staff.open(community.path("/console/programs/{program}/settings"))
    staff.page.get_by_label("Student id, username or email of a member").fill(person.student_id)
    staff.page.get_by_role("button", name="Have them run it").click()
    expect(staff.page.get_by_role("button", name=f"Remove {person.display_name}")).to_be_visible()
    seen = visit(person, width=390, java_script_enabled=scripts)
    seen.open("/programs")
    seen.page.get_by_role("link", name="Programs that you run").click()
    seen.page.get_by_role("link", name="Wine & Dine").click()
    seen.page.get_by_role("navigation", name="Pages of the program").get_by_role("link", name="Numbers").click()
    expect(seen.page.get_by_role("heading", name="What is outstanding, by month of expiry")).to_be_visible()
    assert seen.complaints == []
