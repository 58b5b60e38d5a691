"""The editor of a program's rules: its dry run, its rows, its versions, and two who edit at once."""

from collections.abc import Callable

import pytest

from laurels.identity.tables import Member
from laurels.products.loyalty.rules import Terms
from products.loyalty.admin_paper import PATH, fields_of, problems_in
from products.loyalty.town import Town
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Pages = Callable[[Member], Paper]

FRIDAY = {
    "rules-1-name": "Fridays",
    "rules-1-spend_per": "10",
    "rules-1-points": "2",
    "rules-1-accrual": "whole_steps",
    "rules-1-minimum_spend": "20.00",
    "rules-1-categories": "wine\nchampagne",
    "rules-1-weekdays": "fri",
    "rules-1-begins": "09:00",
    "rules-1-ends": "22:00",
    "rules-1-priority": "3",
    "rules-1-cap_points": "50",
    "rules-1-cap_window": "week",
    "rules-1-cap_when_full": "deny",
}


class Editor:
    """An admin at the rules of a program."""

    def __init__(self, browser: Paper, path: str) -> None:
        self.browser = browser
        self.path = path

    def form(self) -> dict[str, str]:
        """What the form holds when it is opened."""
        return fields_of(self.browser.get(f"{self.path}/rules").text)

    def press(self, do: str, form: dict[str, str], *, status: int = 200) -> str:
        """Send the form by one of its buttons; gives the page that answers, or where it leads."""
        answer = self.browser.post(f"{self.path}/rules", page=self.path, **form | {"do": do})
        assert answer.status_code == status, answer.text
        return answer.headers["location"] if status == 303 else answer.text


@pytest.fixture
def editor(served: Town, pages: Pages) -> Editor:
    program = served.make_program(unit_name="corks", zone="Europe/London")
    return Editor(pages(served.make_member(role="admin")), f"{PATH}/{program.id}")


def terms_of(served: Town, editor: Editor) -> Terms:
    """The last version, as the API tells it."""
    admin = served.make_member(role="admin")
    listed = served.read(admin, f"/programs/{editor.path.rpartition('/')[2]}/rules")
    return Terms.model_validate(listed["items"][0]["terms"])


def test_purchase_is_tried_by_rules_that_are_not_saved(served: Town, editor: Editor) -> None:
    form = editor.form()
    assert form["rules-0-spend_per"] == "100.00" and form["rules-0-points"] == "5" and form["base"] == "1"
    page = editor.press("try", form | {"rules-0-points": "10", "try-amount": "99.99"})
    assert "<strong>9</strong> corks" in page and "gives 9 points." in page and "999/1000 of a point is dropped" in page
    assert fields_of(page)["rules-0-points"] == "10"
    assert terms_of(served, editor).rules[0].points == 5


def test_dry_run_goes_by_the_member_the_time_and_what_was_bought(served: Town, editor: Editor) -> None:
    form = editor.press("add-rules", editor.form())
    wine = fields_of(form) | FRIDAY | {"try-amount": "60.00", "try-category-0": "wine", "try-amount-0": "45.00"}
    assert "<strong>8</strong> corks" in editor.press("try", wine | {"try-at": "2026-11-20T21:59"})
    late = editor.press("try", wine | {"try-at": "2026-11-20T22:00"})
    assert "<strong>3</strong> corks" in late and "“Fridays” isn&#39;t for this time of day: 22:00." in late
    assert "“Fridays” isn&#39;t for this day of the week." in editor.press("try", wine | {"try-at": "2026-11-21T12:00"})
    assert "Nothing was spent on what “Fridays” counts." in editor.press("try", wine | {"try-category-0": "cheese"})


def test_dry_run_says_what_is_wrong_beside_its_fields(editor: Editor) -> None:
    form = editor.form()
    assert problems_in(editor.press("try", form | {"try-amount": ""}, status=422)) == {"try-amount": "Fill this in."}
    assert problems_in(editor.press("try", form | {"try-amount": "lots"}, status=422)) == {"try-amount": "Type an amount, such as 100.00."}
    wrong = {"try-amount": "99999999999999", "try-at": "soon", "try-category-0": "wine", "try-amount-1": "5"}
    assert problems_in(editor.press("try", form | wrong, status=422)) == {
        "try-amount": "That is more than a purchase can be.",
        "try-at": "Type a date and a time, such as 2026-12-01T09:00.",
        "try-amount-0": "Fill this in.",
        "try-category-1": "Fill this in.",
    }
    nobody = editor.press("try", form | {"try-member": "nobody"}, status=409)
    assert problems_in(nobody)["try-member"].startswith("Nobody in this program is known as nobody.")


def test_all_of_a_rule_is_saved_as_it_was_typed(served: Town, editor: Editor) -> None:
    page = editor.press("add-rules", editor.form())
    assert "autofocus" in page.split('id="rules-1-name"')[1].split(">")[0]
    more = {
        "stacking": "first",
        "pending_days": "14",
        "expiry_kind": "calendar_end",
        "expiry_period": "quarter",
        "expiry_periods": "2",
        "return_policy": "only_pending",
        "unknown_members": "refuse",
        "future_tolerance_minutes": "0",
    }
    form = fields_of(editor.press("add-tiers", fields_of(page) | FRIDAY | more))
    form = fields_of(editor.press("add-tiers", form | {"tiers-0-name": "Silver"}))
    form |= {"tiers-1-name": "Gold", "tiers-1-threshold": "500", "tiers-1-multiplier_percent": "150", "tier_window": "year"}
    assert editor.press("save", form, status=303) == f"{editor.path}/rules"
    saved = terms_of(served, editor).model_dump(mode="json")
    assert saved["rules"][1] == {
        "name": "Fridays",
        "spend_per": 1_000,
        "points": 2,
        "accrual": "whole_steps",
        "minimum_spend": 2_000,
        "categories": ["wine", "champagne"],
        "weekdays": ["fri"],
        "hours": {"begins": "09:00", "ends": "22:00"},
        "priority": 3,
        "cap": {"points": 50, "window": "week", "when_full": "deny"},
    }
    assert saved["expiry"] == {"kind": "calendar_end", "period": "quarter", "periods": 2}
    assert saved["tiers"][1] == {"name": "Gold", "threshold": 500, "multiplier_percent": 150}
    assert (saved["stacking"], saved["pending_days"], saved["return_policy"]) == ("first", 14, "only_pending")
    assert (saved["unknown_members"], saved["future_tolerance_minutes"], saved["tier_window"]) == ("refuse", 0, "year")
    assert {name: value for name, value in editor.form().items() if name in FRIDAY} == FRIDAY | {"rules-1-spend_per": "10.00"}
    page = editor.browser.get(f"{editor.path}/rules").text
    assert (
        "New rule “Fridays”: 2 corks for every full £10.00, only wine, champagne, from £20.00, Fri, 09:00–22:00, at most 50 a week" in page
    )
    assert "New tier “Gold”: from 500, 150%" in page
    assert "Points expire: Points never expire. → Points expire at the end of a quarter, 2 quarters on." in page


def test_rows_are_removed_and_numbered_anew(editor: Editor) -> None:
    form = fields_of(editor.press("add-rules", editor.form())) | FRIDAY
    left = fields_of(editor.press("remove-rules-0", form))
    assert left["rules-0-name"] == "Fridays" and "rules-1-name" not in left
    assert left["rules-0-categories"] == "wine\nchampagne" and left["rules-0-weekdays"] == "fri"
    tiers = fields_of(editor.press("add-tiers", left))
    assert "tiers-0-name" in tiers and "tiers-0-name" not in fields_of(editor.press("remove-tiers-0", tiers))


def test_wrong_terms_are_told_beside_their_fields(editor: Editor) -> None:
    form = fields_of(editor.press("add-rules", editor.form())) | FRIDAY
    wrong = {
        "rules-0-name": "",
        "rules-0-spend_per": "0",
        "rules-0-points": "1,5",
        "rules-1-ends": "09:00",
        "rules-1-cap_points": "0",
        "pending_days": "400",
        "expiry_kind": "months",
        "expiry_months": "",
    }
    page = editor.press("save", form | wrong, status=422)
    assert problems_in(page) == {
        "rules-0-name": "Fill this in.",
        "rules-0-spend_per": "Send 1 or more.",
        "rules-0-points": "Type a whole number.",
        "rules-1-ends": "Send hours that end at another time than they begin, or leave them out for the whole day.",
        "rules-1-cap_points": "Send 1 or more.",
        "pending_days": "Send 365 or less.",
        "expiry_months": "Fill this in.",
    }
    twice = editor.press("save", form | {"rules-0-name": "Fridays"}, status=422)
    assert problems_in(twice) == {"form": "Send each name once."}
    much = editor.press("save", form | {"rules-0-spend_per": "0.01", "rules-0-points": "11"}, status=422)
    assert problems_in(much) == {"rules-0-points": "Send at most ten points for each minor unit that is spent."}


def test_two_who_edit_at_once_do_not_undo_each_other(served: Town, pages: Pages, editor: Editor) -> None:
    first, second = editor.form(), editor.form()
    editor.press("save", first | {"rules-0-points": "6"}, status=303)
    late = editor.press("save", second | {"rules-0-points": "7"}, status=412)
    assert problems_in(late)["form"].startswith("Somebody else changed this while you were at it")
    assert "Rule “Everything”: points 5 → 6" in late
    again = fields_of(late)
    assert (again["rules-0-points"], again["base"]) == ("7", "2")
    editor.press("save", again, status=303)
    assert terms_of(served, editor).rules[0].points == 7


def test_form_sent_twice_is_saved_once(served: Town, editor: Editor) -> None:
    form = editor.form() | {"rules-0-points": "6"}
    editor.press("save", form, status=303)
    editor.press("save", form, status=303)
    assert "Version 3" not in editor.browser.get(f"{editor.path}/rules").text


def test_rules_can_begin_later_and_are_told_so(editor: Editor) -> None:
    form = editor.form() | {"rules-0-points": "6"}
    passed = editor.press("save", form | {"valid_from": "2026-11-01T00:00"}, status=422)
    assert problems_in(passed) == {"valid_from": "Send an instant that hasn't passed, or none for now."}
    editor.press("save", fields_of(passed) | {"valid_from": "2027-01-01T00:00"}, status=303)
    page = editor.browser.get(f"{editor.path}/rules").text
    assert "To come" in page and "In force" in page and "2027-01-01T00:00:00+00:00" in page
    version = editor.browser.get(f"{editor.path}/rules/versions/2").text
    assert "points 5 → 6" in version and "6 corks for every £100.00" in version
    assert editor.browser.get(f"{editor.path}/rules/versions/9").status_code == 404
    assert editor.browser.get(f"{editor.path}/rules/versions/{10**20}").status_code == 422
    assert fields_of(editor.browser.get(f"{editor.path}/rules").text)["rules-0-points"] == "6"
    assert fields_of(editor.browser.get(f"{editor.path}/rules", **{"from": "1"}).text)["rules-0-points"] == "5"


def test_version_that_never_came_into_force_is_told(served: Town, pages: Pages, editor: Editor) -> None:
    for points in ("6", "7"):
        editor.press("save", editor.form() | {"rules-0-points": points, "valid_from": "2027-01-01T00:00"}, status=303)
    assert "Replaced before it began" in editor.browser.get(f"{editor.path}/rules").text
    served.at(2027, 2, 1)
    page = pages(served.make_member(role="admin")).get(f"{editor.path}/rules").text
    assert "Over" in page and "To come" not in page


def test_script_gets_the_form_alone(editor: Editor) -> None:
    form = editor.form() | {"do": "try"}
    part = editor.browser.post(f"{editor.path}/rules", page=editor.path, scripted=True, **form).text
    assert part.lstrip().startswith('<form id="editor"') and "<html" not in part and "corks" in part
