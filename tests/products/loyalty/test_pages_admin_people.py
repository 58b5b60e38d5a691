"""The admins' pages of members, invitations, admins, keys, webhooks and numbers."""

from collections.abc import Callable
import re

import pytest

from laurels.identity.tables import Member
from laurels.products.loyalty.queries import subject_of
from laurels.products.loyalty.tables import Program
from products.loyalty.admin_paper import PATH, problems_in
from products.loyalty.town import Town
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Pages = Callable[[Member], Paper]
TIERS = [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 100, "multiplier_percent": 150}]


@pytest.fixture
def admin(served: Town) -> Member:
    return served.make_member(role="admin")


def test_members_are_listed_and_found(served: Town, pages: Pages, admin: Member) -> None:
    ana, bo, cy = (served.make_member(display_name=name) for name in ("Ana Díaz", "Bo Lind", "Cy Roe"))
    program = served.make_program({"tiers": TIERS}, [ana, bo])
    served.earned(program, ana, 240_000)
    browser, path = pages(admin), f"{PATH}/{program.id}/members"
    page = browser.get(path).text
    assert "Ana Díaz" in page and "Bo Lind" in page and "Cy Roe" not in page
    assert re.search(r'Ana Díaz</a></th>\s*<td>\w+</td>\s*<td class="figure">120</td>\s*<td class="figure"></td>\s*<td>Gold</td>', page)
    found = browser.get(path, q="dia").text
    assert "Ana Díaz" in found and "Bo Lind" not in found
    assert "Nobody is found" in browser.get(path, q="nobody").text
    assert browser.get(path, q="a\0b").status_code == 200
    assert served.ask(bo, "DELETE", f"/programs/{program.id}/membership").status_code < 300
    assert "Bo Lind" not in browser.get(path).text and "Bo Lind" in browser.get(path, former="true").text
    assert cy.student_id not in browser.get(path, former="true").text


def test_one_member_s_points_are_shown_by_lot_and_line(served: Town, pages: Pages, admin: Member) -> None:
    ana, bo = served.make_member(display_name="Ana Díaz"), served.make_member()
    program = served.make_program({"tiers": TIERS, "expiry": {"kind": "months", "months": 6}}, [ana])
    served.earned(program, ana, 100_000, transaction_id="INV-1")
    served.earned(program, ana, 20_000, transaction_id="INV-2")
    served.burn(program, ana, 5)
    served.burn(program, ana, 7, confirm_minutes=60)
    path = f"{PATH}/{program.id}/members"
    page = pages(admin).get(f"{path}/{ana.id}").text
    assert "Ana Díaz" in page and "40 to Gold" in page
    assert "INV-1" in page and "£1,000.00" in page and "Discount of £0.05" in page
    assert "38 Active" in page and "7 Reserved" in page and "5 Spent" in page
    assert pages(admin).get(f"{path}/{bo.id}").status_code == 404


def test_history_of_a_member_goes_on_page_by_page(served: Town, pages: Pages, admin: Member) -> None:
    ana = served.make_member()
    program = served.make_program({}, [ana])
    for number in range(27):
        served.earned(program, ana, 10_000, transaction_id=f"INV-{number:02d}")
    path = f"{PATH}/{program.id}/members/{ana.id}"
    first = pages(admin).get(path).text.split('id="history-title"')[1]
    assert "INV-26" in first and "INV-01" not in first
    following = first.split(f'href="{path}?cursor=')[1].split('"')[0]
    assert "INV-01" in pages(admin).get(path, cursor=following).text.split('id="history-title"')[1]


def test_member_is_invited_and_the_invitation_taken_back(served: Town, pages: Pages, admin: Member) -> None:
    ana = served.make_member("A-1", display_name="Ana Díaz")
    program = served.make_program(joining="invitation")
    browser, path = pages(admin), f"{PATH}/{program.id}"
    assert browser.post(f"{path}/invitations", page=path, member="A-1").headers["location"] == f"{path}/members"
    assert "They are invited." in browser.get(f"{path}/members").text
    assert "Ana Díaz" in browser.get(f"{path}/members").text
    for typed, said in (("", "Type a student id."), ("nobody", "Nobody is known by that name.")):
        refused = browser.post(f"{path}/invitations", page=path, member=typed)
        assert refused.status_code == 422 and problems_in(refused.text) == {"member": said}
    suspended = served.make_member(status="suspended")
    assert "member" in problems_in(browser.post(f"{path}/invitations", page=path, member=suspended.student_id).text)
    assert browser.post(f"{path}/invitations/{ana.id}/removal", page=path).status_code == 303
    assert "Ana Díaz" not in browser.get(f"{path}/members").text


def test_member_is_named_admin_and_dismissed(served: Town, pages: Pages, admin: Member) -> None:
    ana, program = served.make_member("A-1", display_name="Ana Díaz"), served.make_program()
    browser, path = pages(admin), f"{PATH}/{program.id}"
    assert pages(ana).get(path).status_code == 403
    assert browser.post(f"{path}/admins", page=path, member="A-1").headers["location"] == f"{path}/settings"
    assert pages(ana).get(path).status_code == 200
    assert "Ana Díaz" in browser.get(f"{path}/settings").text
    assert 'name="member"' not in pages(ana).get(f"{path}/settings").text
    refused = browser.post(f"{path}/admins", page=path, member="nobody")
    assert refused.status_code == 422 and problems_in(refused.text) == {"member": "Nobody is known by that name."}
    assert browser.post(f"{path}/admins/{ana.id}/removal", page=path).status_code == 303
    assert pages(ana).get(path).status_code == 403


def test_key_is_shown_once_opens_its_program_and_is_revoked(served: Town, pages: Pages, admin: Member) -> None:
    ana = served.make_member()
    program = served.make_program({}, [ana])
    browser, path = pages(admin), f"{PATH}/{program.id}"
    made = browser.post(f"{path}/keys", page=path, name="Till 1", scopes=["earn", "read"], expires_at="2027-01-01T00:00")
    assert made.status_code == 201
    token = re.search(r"<code>(lk_\S+)</code>", made.text)
    assert token is not None
    headers = {"Authorization": f"Bearer {token[1]}"}
    assert served.get(headers, f"/programs/{program.id}").status_code == 200
    listed = browser.get(f"{path}/keys").text
    assert "Till 1" in listed and "Live" in listed and token[1] not in listed
    key = re.search(rf'action="({path}/keys/\S+/revocation)"', listed)
    assert key is not None
    assert browser.post(key[1], page=path).headers["location"] == f"{path}/keys"
    assert "Revoked" in browser.get(f"{path}/keys").text
    assert served.get(headers, f"/programs/{program.id}").status_code == 401


def test_key_without_a_name_or_a_scope_is_refused(served: Town, pages: Pages, admin: Member) -> None:
    program = served.make_program()
    browser, path = pages(admin), f"{PATH}/{program.id}"
    refused = browser.post(f"{path}/keys", page=path, name="", expires_at="")
    assert refused.status_code == 422
    assert problems_in(refused.text) == {"name": "Fill this in.", "scopes": "Choose at least one."}
    passed = browser.post(f"{path}/keys", page=path, name="Till", scopes="earn", expires_at="2026-01-01T00:00")
    assert "expires_at" in problems_in(passed.text)
    assert "No keys yet" in browser.get(f"{path}/keys").text


def test_webhooks_of_a_program_are_its_own(served: Town, pages: Pages, admin: Member) -> None:
    theirs, program, other = served.make_member(), served.make_program(), served.make_program()
    assert served.ask(admin, "PUT", f"/programs/{program.id}/admins/{theirs.id}").status_code == 204
    browser, path = pages(theirs), f"{PATH}/{program.id}"
    new = browser.get(f"{path}/webhooks/new").text
    assert "points.earned" in new and "recognition.given" not in new and 'name="subject"' not in new
    sent = {"url": "https://192.0.2.1/hook", "description": "Shop", "event_types": "points.earned", "subject": subject_of(other.id)}
    refused = browser.post(f"{path}/webhooks/new", page=path, **sent)
    assert refused.status_code == 422 and "url" in problems_in(refused.text)
    made = browser.post(f"{path}/webhooks/new", page=path, **sent | {"url": "https://shop.example.org/hook"})
    assert made.status_code == 201, made.text
    assert re.search(r"<code>whsec_[A-Za-z0-9+/=]{44}</code>", made.text)
    hook = re.search(rf'href="({path}/webhooks/[0-9a-f-]{{36}})"', made.text)
    assert hook is not None
    assert "shop.example.org" in browser.get(f"{path}/webhooks").text
    page = browser.get(hook[1]).text
    assert f'action="{hook[1]}/test"' in page and "/console/webhooks" not in page
    delivery = browser.post(f"{hook[1]}/test", page=path).headers["location"]
    assert delivery.startswith(f"{hook[1]}/deliveries/") and browser.get(delivery).status_code == 200
    assert browser.post(hook[1], page=path, status="disabled").headers["location"] == hook[1]
    whole = pages(admin)
    assert subject_of(program.id) in whole.get("/console/webhooks").text
    elsewhere = hook[1].replace(str(program.id), str(other.id))
    assert whole.get(elsewhere).status_code == 404 and whole.get(f"{PATH}/{other.id}/webhooks").text.count("shop.example.org") == 0
    assert browser.post(f"{hook[1]}/deletion", page=path).headers["location"] == f"{path}/webhooks"
    assert "shop.example.org" not in browser.get(f"{path}/webhooks").text


def test_numbers_tell_what_is_outstanding_and_that_it_balances(served: Town, pages: Pages, admin: Member) -> None:
    ana = served.make_member()
    terms = {"expiry": {"kind": "months", "months": 1}, "tiers": TIERS}
    program: Program = served.make_program(terms, [ana], burn_points=100, burn_minor=500)
    browser, path = pages(admin), f"{PATH}/{program.id}/numbers"
    empty = browser.get(path).text
    assert "Nothing was earned yet" in empty and "Balances" in empty
    served.earned(program, ana, 200_000, transaction_id="INV-1")
    served.give_back(program, 20_000, transaction_id="INV-1")
    served.burn(program, ana, 20, confirm_minutes=60)
    page = browser.get(path).text
    assert "worth £4.50" in page and page.count('role="img"') == 2
    told = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "December 2026 70 0 20 90 £4.50" in told
    assert "November 2026 100 0 0% 70" in told
    assert "Given 100" in told and "Taken back 10" in told and told.count("Agree") == 6
    served.at(2027, 1, 5)
    told = " ".join(re.sub(r"<[^>]+>", " ", pages(admin).get(path).text).split())
    assert "November 2026 100 70 70% 0" in told
