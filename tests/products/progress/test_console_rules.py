"""The staff's editor of the rules."""

from collections.abc import Callable
import re

import pytest

from laurels.identity.tables import Member
from laurels.products.progress.rules import PRESETS, Rules, preset
from products.loyalty.admin_paper import fields_of, problems_in
from products.progress.circle import Circle
from products.progress.settings_paper import rules
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Pages = Callable[[Member], Paper]

PATH = "/console/progress/rules"


@pytest.fixture
def staff(served: Circle) -> Member:
    return served.make_member(role="staff")


def rules_now(served: Circle, staff: Member) -> Rules:
    """The rules in force."""
    return Rules.model_validate_json(served.ask(staff, "GET", "/progress/rules").text)


def save(browser: Paper, form: dict[str, str], **changes: str) -> int:
    """Send the form."""
    status: int = browser.post(PATH, page=PATH, **form | changes).status_code
    return status


@pytest.mark.parametrize("name", PRESETS)
def test_form_of_a_preset_makes_that_preset(served: Circle, pages: Pages, staff: Member, name: str) -> None:
    browser = pages(staff)
    assert save(browser, fields_of(browser.get(PATH, preset=name).text)) == 303
    assert rules_now(served, staff) == preset(name)


def test_all_parts_are_read(served: Circle, pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    changed = rules(
        tiers=[{"key": "a", "title": "A", "at": 0}, {"key": "b", "title": "B", "at": 10}],
        levels=[0, 7],
        caps=[{"name": "all", "activity_types": [], "window": "month", "points": 9, "mode": "clip", "applies_to": "all"}],
        streak_bonus=None,
        freezes={"most": 3, "earned_every": None, "cost": None},
        decay={"after_days": 90, "every_days": 30, "percent": 5, "notice_days": 14},
        self_reported=[],
    )
    form = {
        name: value
        for name, value in fields_of(browser.get(PATH).text).items()
        if not name.startswith(("tiers-", "caps-", "streak_", "self_"))
    }
    form |= {"tiers-0-key": "a", "tiers-0-title": "A", "tiers-0-at": "0", "tiers-9-key": "b", "tiers-9-title": "B", "tiers-9-at": "10"}
    form |= {"levels": "0\n7\n", "freezes_most": "3", "freezes_earned_every": "", "freezes_cost": ""}
    form |= {"caps-1-name": "all", "caps-1-points": "9", "caps-1-window": "month", "caps-1-mode": "clip", "caps-1-applies_to": "all"}
    form |= {"decay_after_days": "90", "decay_every_days": "30", "decay_percent": "5", "decay_notice_days": "14"}
    answer = browser.post(PATH, page=PATH, **form)
    assert answer.status_code == 303, problems_in(answer.text)
    assert rules_now(served, staff) == Rules.model_validate(changed)
    assert save(browser, fields_of(browser.get(PATH).text)) == 303  # sent back as it is, it changes nothing
    assert rules_now(served, staff) == Rules.model_validate(changed)
    assert "Version 3" not in browser.get(PATH).text


def test_preview_tells_how_members_would_be_spread_and_changes_nothing(served: Circle, pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    served.award(served.make_member(), 300)
    form = fields_of(browser.get(PATH).text)
    page = browser.post(PATH, page=PATH, **form | {"tiers-1-at": "301", "do": "preview"}).text
    now, then = re.findall(r'<th scope="row" class="clip">Spark</th><td class="figure">(\d+)</td><td class="figure">(\d+)</td>', page)
    assert (now, then) == (("250", "1"), ("301", "0"))
    assert "Version 2" not in browser.get(PATH).text
    assert fields_of(page).keys() == form.keys()  # no more empty rows than before


def test_stale_form_saves_nothing(served: Circle, pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    form = fields_of(browser.get(PATH).text)
    assert save(browser, form, max_self_points="500") == 303
    stale = browser.post(PATH, page=PATH, **form | {"max_self_points": "900"})
    assert stale.status_code == 412 and "Somebody else changed this" in problems_in(stale.text)["form"]
    assert 'value="900"' in stale.text and rules_now(served, staff).max_self_points == 500
    assert save(browser, fields_of(stale.text)) == 303  # having been told, they save all the same
    assert rules_now(served, staff).max_self_points == 900


def test_what_is_wrong_stands_beside_its_field(pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    form = fields_of(browser.get(PATH).text)
    wrong = {"levels": "0 ten", "then_every": "", "tiers-2-at": "-1", "caps-0-points": "0", "freezes_cost": "much", "decay_percent": "5"}
    answer = browser.post(PATH, page=PATH, **form | wrong)
    assert answer.status_code == 422
    found = problems_in(answer.text)
    assert {*wrong} - {"decay_percent"} | {"decay_after_days", "decay_every_days", "decay_notice_days"} == found.keys() - {"form"}, found
    answer = browser.post(PATH, page=PATH, **form | {"tiers-1-at": "0"})
    assert "ascending" in problems_in(answer.text)["form"]


def test_older_version_fills_the_form(served: Circle, pages: Pages, staff: Member) -> None:
    browser = pages(staff)
    save(browser, fields_of(browser.get(PATH).text), max_self_points="7")
    assert fields_of(browser.get(PATH).text)["max_self_points"] == "7"
    old = fields_of(browser.get(PATH, **{"from": 1}).text)
    assert (old["max_self_points"], old["version"]) == ("1000", "2")
    assert browser.get(PATH, **{"from": 9}).status_code == 404
    assert browser.get(PATH, preset="nothing").status_code == 404
