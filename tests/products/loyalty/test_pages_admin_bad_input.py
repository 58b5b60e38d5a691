"""Whatever is typed into the admins' forms, a page answers: never a mistake of ours."""

from collections.abc import Callable

import pytest

from laurels.identity.tables import Member
from products.loyalty.admin_paper import PATH
from products.loyalty.town import Town
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

WRONG = (
    "\0",
    "9" * 30,
    "-1",
    "1e9",
    "٣",
    "a" * 5_000,
    "<script>",
    "2026-13-45",
    "0001-01-01T00:00",
    "1970-01-01T00:00",
    "2999-12-31T23:59",
    "9999-12-31T23:59",
)
RULES = {"rules-0-name": "A", "rules-0-spend_per": "100", "rules-0-points": "5", "expiry_kind": "months", "expiry_months": "120"}
FORMS: dict[str, dict[str, str]] = {
    "/settings": {"name": "x", "unit_name": "x", "joining": "open", "confirm_minutes": "5", "burn_points": "", "version": "1"},
    "/status": {"status": "paused", "version": "1"},
    "/rules": {**RULES, "do": "save", "base": "1", "valid_from": "", "stacking": "best", "tiers-0-name": "T", "tiers-0-threshold": "0"},
    "/campaigns/new": {"name": "x", "starts_at": "", "ends_at": "2027-01-01T00:00", "bonus": "extra", "extra_points": "5", "budget": ""},
    "/rewards/new": {"name": "x", "cost": "5", "stock": "", "on_sale_from": "", "on_sale_until": "", "voucher_pattern": ""},
    "/invitations": {"member": "x"},
    "/admins": {"member": "x"},
    "/keys": {"name": "x", "scopes": "earn", "expires_at": ""},
    "/webhooks/new": {"url": "https://shop.example.org/", "description": "", "event_types": "points.earned"},
}
TRIAL = {**RULES, "do": "try", "try-amount": "5", "try-at": "", "try-member": "", "try-category-0": "wine", "try-amount-0": "5"}


@pytest.mark.parametrize("part", [*FORMS, "/rules?try"])
def test_form_with_one_wrong_field_is_answered(served: Town, pages: Callable[[Member], Paper], part: str) -> None:
    browser, path = pages(served.make_member(role="admin")), f"{PATH}/{served.make_program().id}"
    right = TRIAL if part == "/rules?try" else FORMS[part]
    for name in right:
        for value in WRONG:
            answer = browser.post(f"{path}{part.partition('?')[0]}", page=PATH, **right | {name: value})
            assert answer.status_code < 500, (name, value, answer.text)


@pytest.mark.parametrize("part", ["", "/rules", "/members", "/campaigns", "/rewards", "/keys", "/webhooks", "/numbers", "/settings"])
def test_page_asked_for_with_a_wrong_query_is_answered(served: Town, pages: Callable[[Member], Paper], part: str) -> None:
    browser, path = pages(served.make_member(role="admin")), f"{PATH}/{served.make_program().id}"
    for value in WRONG:
        answer = browser.get(f"{path}{part}", q=value, cursor=value, former=value, **{"from": value})
        assert answer.status_code < 500, (value, answer.text)
