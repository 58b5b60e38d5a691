"""The staff's pages of the pot in a browser: a preview that follows the typing, and forms that are refused."""

from playwright.sync_api import expect
import pytest

from browser.community import Community
from browser.conftest import VisitAs
from browser.test_access import violations


def test_preview_follows_what_is_typed(visit: VisitAs, community: Community) -> None:
    seen = visit(community.staff, width=1280)
    seen.open("/console/pot/rules")
    preview = seen.page.locator("#preview")
    tenth = preview.locator("tbody tr").nth(9)
    expect(tenth).to_have_text("105050")
    seen.page.get_by_label("One step, in coins").fill("7")
    expect(tenth).to_have_text("105070")
    highest = seen.page.get_by_label("Highest price, in coins")
    assert not highest.is_visible()
    seen.page.get_by_label("Its price").select_option("capped")
    highest.fill("21")
    expect(tenth).to_have_text("105021")
    seen.page.get_by_label("In percent").fill("lots")
    expect(preview.get_by_text("Type a percentage from 0.0001 to 100")).to_be_visible()
    assert [said for said in seen.complaints if "status of 422" not in said] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_refused_forms_are_for_everyone(visit: VisitAs, community: Community, scheme: str) -> None:
    seen = visit(community.staff, width=320, with_axe=True, color_scheme=scheme)
    for path, button, said in (
        ("/console/pot/reset", "Reset the pot", "Tick this, so that no pot is emptied by accident."),
        (f"/console/pot/coins/{community.members[1].id}", "Do it", "Fill this in."),
    ):
        seen.open(path)
        seen.page.get_by_role("button", name=button).click()
        seen.page.get_by_text(said).first.wait_for()
        assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert violations(seen.page) == []
    seen.open("/console/pot/rules")
    seen.page.get_by_label("In percent").fill("0")
    seen.page.get_by_role("button", name="Save the rules").click()
    seen.page.locator("#chance-error").wait_for()
    assert violations(seen.page) == []
