"""The admins' pages of campaigns and rewards."""

from collections.abc import Callable
import re

import pytest

from laurels.identity.tables import Member
from laurels.products.loyalty.tables import Program
from products.loyalty.admin_paper import PATH, fields_of, problems_in
from products.loyalty.town import Town
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Pages = Callable[[Member], Paper]

ADVENT = {
    "name": "Advent",
    "starts_at": "2026-12-01T00:00",
    "ends_at": "2026-12-25T00:00",
    "bonus": "multiplier",
    "multiplier_percent": "200",
    "extra_points": "",
    "minimum_spend": "20",
    "categories": "wine\nchampagne",
    "budget": "500",
}
DINNER = {
    "name": "Dinner for two",
    "description": "Three courses.",
    "cost": "900",
    "stock": "4",
    "per_member": "2",
    "on_sale_from": "",
    "on_sale_until": "2026-12-31T12:00",
    "voucher_pattern": "WINE-####-####",
    "voucher_days": "180",
}


@pytest.fixture
def admin(served: Town) -> Member:
    return served.make_member(role="admin")


@pytest.fixture
def program(served: Town) -> Program:
    return served.make_program(zone="Europe/Madrid")


@pytest.fixture
def path(program: Program) -> str:
    return f"{PATH}/{program.id}"


def add(browser: Paper, path: str, fields: dict[str, str]) -> str:
    """Send the form for a new campaign or reward; gives its page."""
    answer = browser.post(f"{path}/new", page=path, **fields)
    assert answer.status_code == 303, answer.text
    made: str = answer.headers["location"]
    return made


def test_campaign_is_added_with_its_budget(served: Town, pages: Pages, admin: Member, program: Program, path: str) -> None:
    browser = pages(admin)
    assert "No campaigns yet" in browser.get(f"{path}/campaigns").text
    made = add(browser, f"{path}/campaigns", ADVENT)
    [told] = served.pages(admin, f"/programs/{program.id}/campaigns")
    assert (told["starts_at"], told["ends_at"]) == ("2026-11-30T23:00:00+00:00", "2026-12-24T23:00:00+00:00")
    assert (told["multiplier_percent"], told["extra_points"], told["minimum_spend"], told["budget_left"]) == (200, None, 2_000, 500)
    assert told["categories"] == ["wine", "champagne"]
    page = browser.get(made).text
    assert "To come" in page and "200% of what the rules give" in page and "wine, champagne" in page
    assert "Advent" in browser.get(f"{path}/campaigns").text


def test_campaign_is_changed_funded_and_removed_before_it_begins(
    served: Town, pages: Pages, admin: Member, program: Program, path: str
) -> None:
    browser = pages(admin)
    made = add(browser, f"{path}/campaigns", ADVENT)
    form = fields_of(browser.get(made).text, f'action="{made}"')
    assert form["starts_at"] == "2026-12-01T00:00" and form["minimum_spend"] == "20.00" and form["has_budget"] == "true"
    extra = form | {"bonus": "extra", "extra_points": "10", "categories": ""}
    assert browser.post(made, page=made, **extra).status_code == 303
    assert "10 points more a purchase" in browser.get(made).text
    stale = browser.post(made, page=made, **form)
    assert stale.status_code == 412 and "look at the campaign as it is now" in stale.text
    for points, left in (("250", 750), ("-700", 50)):
        assert browser.post(f"{made}/budget", page=made, points=points).status_code == 303
        assert served.pages(admin, f"/programs/{program.id}/campaigns")[0]["budget_left"] == left
    refused = browser.post(f"{made}/budget", page=made, points="-51")
    assert refused.status_code == 409 and problems_in(refused.text)["form"]
    assert problems_in(browser.post(f"{made}/budget", page=made, points="1.5").text) == {"points": "Type a whole number."}
    end = fields_of(browser.get(made).text, f'action="{made}/end"')
    assert browser.post(f"{made}/end", page=made, **end).headers["location"] == f"{path}/campaigns"
    assert served.pages(admin, f"/programs/{program.id}/campaigns") == []


def test_campaign_that_runs_keeps_its_promise(served: Town, pages: Pages, admin: Member, path: str) -> None:
    browser = pages(admin)
    made = add(browser, f"{path}/campaigns", ADVENT | {"starts_at": "", "budget": ""})
    served.later(hours=1)
    browser = pages(admin)
    form = fields_of(browser.get(made).text, f'action="{made}"')
    assert set(form) - {"csrf_token"} == {"version", "name", "ends_at"}
    longer = form | {"ends_at": "2027-01-07T00:00", "has_budget": "true"}
    assert browser.post(made, page=made, **longer).status_code == 303
    assert "Its budget is used up" in browser.get(made).text
    assert browser.post(made, page=made, **longer, bonus="extra", extra_points="5").status_code == 412
    end = fields_of(browser.get(made).text, f'action="{made}/end"')
    assert browser.post(f"{made}/end", page=made, **end | {"version": "1"}).status_code == 412
    assert browser.post(f"{made}/end", page=made, **end).headers["location"] == made
    page = browser.get(made).text
    assert "Ended" in page and f'action="{made}/end"' not in page


def test_wrong_campaign_is_told_beside_its_fields(pages: Pages, admin: Member, path: str) -> None:
    browser = pages(admin)
    wrong = ADVENT | {"name": "", "ends_at": "", "multiplier_percent": "50", "budget": "-1", "minimum_spend": "x"}
    answer = browser.post(f"{path}/campaigns/new", page=path, **wrong)
    assert answer.status_code == 422
    assert problems_in(answer.text) == {
        "name": "Fill this in.",
        "ends_at": "Fill this in.",
        "multiplier_percent": "Send 101 or more.",
        "minimum_spend": "Type an amount, such as 100.00.",
        "budget": "Send 0 or more.",
    }
    assert problems_in(browser.post(f"{path}/campaigns/new", page=path, **ADVENT | {"bonus": "extra"}).text) == {
        "extra_points": "Fill this in."
    }
    backwards = browser.post(f"{path}/campaigns/new", page=path, **ADVENT | {"ends_at": "2026-12-01T00:00"})
    assert problems_in(backwards.text) == {"ends_at": "Send an instant after starts_at."}


def test_reward_is_added_with_its_stock_and_shows_a_code(served: Town, pages: Pages, admin: Member, program: Program, path: str) -> None:
    browser = pages(admin)
    assert "No rewards yet" in browser.get(f"{path}/rewards").text
    made = add(browser, f"{path}/rewards", DINNER)
    [told] = served.pages(admin, f"/programs/{program.id}/rewards")
    assert (told["cost"], told["stock_left"], told["per_member"], told["voucher_days"]) == (900, 4, 2, 180)
    assert (told["on_sale_from"], told["on_sale_until"]) == (None, "2026-12-31T11:00:00+00:00")
    assert re.search(r"<code>WINE-[2-9A-Z]{4}-[2-9A-Z]{4}</code>", browser.get(made).text)
    assert "On sale" in browser.get(f"{path}/rewards").text


def test_reward_is_changed_stocked_archived_and_put_back(served: Town, pages: Pages, admin: Member, program: Program, path: str) -> None:
    browser = pages(admin)
    made = add(browser, f"{path}/rewards", DINNER)
    form = fields_of(browser.get(made).text, f'action="{made}"')
    assert form["on_sale_until"] == "2026-12-31T12:00" and form["has_stock"] == "true"
    emptied = form | {"cost": "800", "per_member": "", "on_sale_until": "", "voucher_pattern": "", "voucher_days": ""}
    assert browser.post(made, page=made, **emptied).status_code == 303
    [told] = served.pages(admin, f"/programs/{program.id}/rewards")
    assert (told["cost"], told["per_member"], told["on_sale_until"], told["voucher_pattern"], told["voucher_days"]) == (800, *[None] * 4)
    assert browser.post(made, page=made, **form).status_code == 412
    assert browser.post(f"{made}/stock", page=made, added="-4").status_code == 303
    assert "Sold out" in browser.get(made).text
    assert browser.post(f"{made}/stock", page=made, added="-1").status_code == 409
    assert problems_in(browser.post(f"{made}/stock", page=made, added="").text) == {"added": "Fill this in."}
    for state, said in (("true", "Archived"), ("false", "Sold out")):
        sent = fields_of(browser.get(made).text, f'action="{made}/archive"')
        assert sent["is_archived"] == state
        assert browser.post(f"{made}/archive", page=made, **sent).status_code == 303
        assert said in browser.get(made).text
    uncounted = fields_of(browser.get(made).text, f'action="{made}"')
    del uncounted["has_stock"]
    assert browser.post(made, page=made, **uncounted).status_code == 303
    assert "not counted" in browser.get(made).text


def test_wrong_reward_is_told_beside_its_fields(pages: Pages, admin: Member, path: str) -> None:
    browser = pages(admin)
    wrong = DINNER | {"name": "", "cost": "0", "stock": "some", "on_sale_until": "2026-13-01T00:00", "voucher_pattern": "WINE-##"}
    answer = browser.post(f"{path}/rewards/new", page=path, **wrong)
    assert problems_in(answer.text) == {
        "name": "Fill this in.",
        "cost": "Send 1 or more.",
        "stock": "Type a whole number.",
        "on_sale_until": "Type a date and a time, such as 2026-12-01T09:00.",
        "voucher_pattern": "Send capital letters, digits and dashes, with 8 to 32 # for random characters.",
    }
    made = add(browser, f"{path}/rewards", DINNER)
    form = fields_of(browser.get(made).text, f'action="{made}"')
    assert problems_in(browser.post(made, page=made, **form | {"name": "", "cost": ""}).text) == {
        "name": "Fill this in.",
        "cost": "Fill this in.",
    }


def test_lists_go_on_page_by_page(served: Town, pages: Pages, admin: Member, path: str) -> None:
    browser = pages(admin)
    for number in range(27):
        add(browser, f"{path}/rewards", {"name": f"Reward {number:02d}", "cost": str(100 + number)})
        add(browser, f"{path}/campaigns", ADVENT | {"name": f"Campaign {number:02d}", "starts_at": f"2026-12-{number % 20 + 1:02d}T00:00"})
    for part, first, last in (("rewards", "Reward 00", "Reward 26"), ("campaigns", "Campaign 19", "Campaign 00")):
        page = browser.get(f"{path}/{part}").text
        assert first in page and last not in page
        following = page.split(f'href="{path}/{part}?cursor=')[1].split('"')[0]
        assert last in browser.get(f"{path}/{part}", cursor=following).text
