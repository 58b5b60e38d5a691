"""The pages of those who run programs: the list, creating, activating, settings, status, and who may see them."""

from collections.abc import Callable

import pytest

from laurels.identity.tables import Member
from products.loyalty.admin_paper import PATH, create, fields_of, problems_in
from products.loyalty.settings_paper import appointed, created
from products.loyalty.town import Town
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Pages = Callable[[Member], Paper]

PARTS = (
    "",
    "/rules",
    "/rules/versions/1",
    "/campaigns",
    "/campaigns/new",
    "/rewards",
    "/rewards/new",
    "/members",
    "/numbers",
    "/keys",
    "/webhooks",
    "/webhooks/new",
    "/settings",
)


def test_program_is_created_and_activated_in_a_minute(served: Town, pages: Pages) -> None:
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


def test_form_of_a_program_says_what_is_wrong_beside_each_field(served: Town, pages: Pages) -> None:
    browser = pages(served.make_member(role="admin"))
    wrong = {"name": "", "currency": "pound", "zone": "Mars/Base", "spend_per": "1.234", "points": "many"}
    refused = browser.post(f"{PATH}/new", page=PATH, **wrong, unit_name="x", joining="open")
    assert refused.status_code == 422
    assert problems_in(refused.text) == {
        "name": "Fill this in.",
        "currency": "Send an ISO 4217 code, such as EUR or INR.",
        "zone": "Send an IANA time zone, such as Europe/Madrid or Asia/Kolkata.",
        "spend_per": "Type an amount, such as 100.00.",
        "points": "Type a whole number.",
    }
    assert 'value="Mars/Base"' in refused.text and "autofocus" in refused.text.split('id="name"')[1].split(">")[0]
    assert "No programs yet" in browser.get(PATH).text


def test_pages_are_for_who_runs_the_program(served: Town, pages: Pages) -> None:
    admin, other, staff = served.make_member(role="admin"), served.make_member(), served.make_member(role="staff")
    program = created(served, admin)
    draft = created(served, admin, is_active=False)
    theirs = appointed(served, admin, program)
    for part in PARTS:
        assert pages(theirs).get(f"{PATH}/{program['id']}{part}").status_code == 200, part
        assert pages(admin).get(f"{PATH}/{program['id']}{part}").status_code == 200, part
        assert pages(other).get(f"{PATH}/{program['id']}{part}").status_code == 403, part
        assert pages(staff).get(f"{PATH}/{program['id']}{part}").status_code == 403, part
        assert pages(theirs).get(f"{PATH}/{draft['id']}{part}").status_code == 404, part
    assert "Wine &amp; Dine" in pages(theirs).get(PATH).text and "You run no program" in pages(staff).get(PATH).text
    assert pages(theirs).get(f"{PATH}/new").status_code == 403
    assert (
        "Programs that you run" in pages(theirs).get("/programs").text and "Programs that you run" not in pages(other).get("/programs").text
    )


def test_change_of_another_program_is_refused_whatever_the_form(served: Town, pages: Pages) -> None:
    admin = served.make_member(role="admin")
    program, mine = created(served, admin), created(served, admin)
    browser, path = pages(appointed(served, admin, mine)), f"{PATH}/{program['id']}"
    forms = ("/status", "/settings", "/rules", "/campaigns/new", "/rewards/new", "/invitations", "/keys", "/webhooks/new")
    assert {part: browser.post(f"{path}{part}", page=PATH, name="x").status_code for part in forms} == dict.fromkeys(forms, 403)
    assert browser.post(f"{PATH}/{mine['id']}/admins", page=PATH, member="1").status_code == 403


def test_settings_change_and_two_who_change_them_at_once_are_told(served: Town, pages: Pages) -> None:
    admin = served.make_member(role="admin")
    browser, path = pages(admin), f"{PATH}/{created(served, admin, burn_rate={'points': 100, 'value_minor': 500})['id']}"
    form = fields_of(browser.get(f"{path}/settings").text, f'action="{path}/settings"')
    assert form["burn_minor"] == "5.00" and form["joining"] == "open" and "currency" not in form
    changed = form | {"name": "Cellar", "joining": "invitation", "burn_points": "", "burn_minor": ""}
    assert browser.post(f"{path}/settings", page=path, **changed).headers["location"] == f"{path}/settings"
    page = browser.get(path).text
    assert "Cellar" in page and "Only who is invited" in page and "for rewards only" in page
    late = browser.post(f"{path}/settings", page=path, **form | {"name": "Bottles"})
    assert late.status_code == 412
    assert problems_in(late.text)["form"].startswith("Somebody else changed this while you were at it")
    again = fields_of(late.text, f'action="{path}/settings"')
    assert again["name"] == "Bottles"
    assert browser.post(f"{path}/settings", page=path, **again).status_code == 303
    assert "Bottles" in browser.get(path).text


def test_half_a_burn_rate_is_refused_beside_its_field(served: Town, pages: Pages) -> None:
    browser = pages(served.make_member(role="admin"))
    path = create(browser)
    form = fields_of(browser.get(f"{path}/settings").text, f'action="{path}/settings"')
    refused = browser.post(f"{path}/settings", page=path, **form | {"burn_points": "100", "zone": "Nowhere"})
    assert problems_in(refused.text) == {
        "zone": "Send an IANA time zone, such as Europe/Madrid or Asia/Kolkata.",
        "burn_minor": "Fill this in.",
    }


def test_program_is_paused_goes_on_and_is_archived_for_good(served: Town, pages: Pages) -> None:
    admin = served.make_member(role="admin")
    browser, path = pages(admin), f"{PATH}/{created(served, admin)['id']}"

    def become(status: str) -> int:
        form = fields_of(browser.get(path).text, f'action="{path}/status"')
        return browser.post(f"{path}/status", page=path, **form | {"status": status}).status_code

    assert become("paused") == 303 and "is earned or spent while the program is paused" in browser.get(path).text
    assert become("active") == 303
    stale = browser.post(f"{path}/status", page=path, status="paused", version="1")
    assert stale.status_code == 412 and "Somebody else changed this" in stale.text
    assert browser.post(f"{path}/status", page=path, status="gone", version="1").status_code == 422
    assert become("archived") == 303
    page = browser.get(path).text
    assert "doesn&#39;t change any more" in page or "doesn't change any more" in page
    assert f'action="{path}/status"' not in page and "Save the rules" not in browser.get(f"{path}/rules").text
