"""The staff's pages of the pot, as a browser without scripts asks for them."""

from collections.abc import Callable
import csv
from datetime import timedelta
from io import StringIO
import re

import pytest
from sqlalchemy import select

from conftest import NOW
from laurels.core.ids import new_id
from laurels.identity.tables import Member, staff_action
from laurels.ledger.writer import Proposal
from laurels.products.pot.decisions import Contribute, PutOffReply
from laurels.products.pot.rules import PotRules, read_params
from products.loyalty.admin_paper import fields_of, problems_in
from products.pot.parlour import FIRST_SEED, Parlour
from products.pot.test_pages import said
from products.recognition.paper import Paper

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]

PATH = "/console/pot"
RULES = f"{PATH}/rules"
RESET = f"{PATH}/reset"
COINS = f"{PATH}/coins"


@pytest.fixture
def staff(served: Parlour) -> Member:
    served.begin()
    return served.make_member(role="staff", display_name="Sol")


@pytest.fixture
def admin(served: Parlour) -> Member:
    served.begin()
    return served.make_member(role="admin")


def table_of(browser: Paper, name: str) -> list[list[str]]:
    """The rows of a CSV."""
    return list(csv.reader(StringIO(browser.get(f"{PATH}/{name}.csv").text)))


def put_in(parlour: Parlour, who: Member, amount: int) -> None:
    """Contribute."""
    parlour.post_now(Contribute(new_id(), who.id, amount, parlour.clock.at, parlour.place.settings.zone))


def fail_reply(parlour: Parlour, who: Member) -> str:
    """A paid message whose reply failed; gives its id."""
    sent = parlour.send(who, "Between us", client_seed=parlour.unlucky(who, until=9), answer=None)
    parlour.writer.post_now(Proposal(PutOffReply(sent.message, None), parlour.clock.at, "test"))
    return str(sent.message)


def actions(parlour: Parlour) -> list[str]:
    """What the log of changes tells, oldest first."""
    with parlour.database.read.connect() as connection:
        return list(connection.scalars(select(staff_action.c.action).order_by(staff_action.c.id)))


def test_members_have_no_way_in_and_staff_no_way_to_reset(served: Parlour, pages: Open, staff: Member) -> None:
    ana = served.make_member()
    browser = pages(ana)
    for path in (PATH, RULES, COINS, f"{COINS}/{ana.id}", RESET, f"{PATH}/days.csv"):
        assert browser.get(path).status_code == 403
    assert pages(staff).get(RESET).status_code == 403
    assert pages(staff).post(RESET, page=PATH, reason="Mine", is_meant="true", round="1").status_code == 403
    assert RESET not in pages(staff).get(PATH).text
    assert served.pot().round == 1


def test_monitoring_says_so_where_nothing_has_happened(pages: Open, staff: Member) -> None:
    page = said(pages(staff).get(PATH))
    for line in ("Round 1 goes on", "the built-in bot", "Nobody has paid today", "Replies that failed None", "The first round goes on."):
        assert line in page


def test_monitoring_tells_what_coins_did_by_day(served: Parlour, pages: Open, staff: Member) -> None:
    ana, ben = served.make_member(display_name="Ana & Co"), served.make_member(display_name="=Ben")
    served.send(ana, client_seed=served.unlucky(ana, until=9))
    served.clock.at = NOW + timedelta(days=1)
    served.give(ben, 30)
    served.give(ben, -7)
    put_in(served, ben, 20)
    served.seeds.coming = [FIRST_SEED]
    served.send(ben, client_seed=served.lucky(ben, wins_at=2))
    browser = pages(staff)
    page = browser.get(PATH).text
    assert page.count('<svg class="chart"') == 4
    assert page.count("Show as table") == 4
    assert "won by =Ben" in said(browser.get(PATH))
    header, *days = table_of(browser, "days")
    told = [dict(zip(header, row, strict=True)) for row in days]
    assert len(told) == 30
    yesterday, today = ({name: row[name] for name in row if row[name] != "0"} for row in told[-2:])
    assert yesterday == {"day": "2026-11-20", "issued": "100", "start": "100", "message": "5"}
    moved = {"start": "100", "top_up": "30", "message": "5", "contribution": "20", "prize": "30", "deduction": "7"}
    assert today == {"day": "2026-11-21", "issued": "130", **moved}
    assert {value for row in told[:-2] for name, value in row.items() if name != "day"} == {"0"}
    assert table_of(browser, "rounds")[1][:8] == ["1", NOW.isoformat(), served.clock.at.isoformat(), "won", "2", "10", "20", "30"]
    assert table_of(browser, "rounds")[1][8] == "'=Ben"
    assert browser.get(f"{PATH}/nothing.csv").status_code == 404


def test_coins_are_told_to_the_last_one(served: Parlour, pages: Open, staff: Member, admin: Member) -> None:
    """What was issued is in members' purses, in the pot, reset or taken."""
    ana = served.make_member()
    served.give(ana, -40)
    put_in(served, ana, 9)
    pages(admin).post(RESET, page=PATH, reason="New term", is_meant="true", round="1")
    served.send(ana)
    page = said(pages(staff).get(PATH))
    assert "In the pot 5" in page
    assert f"Members have {served.coins(ana)}" in page
    assert "Coins ever issued 100" in page
    assert table_of(pages(staff), "days")[-1] == ["2026-11-20", "100", "100", "0", "0", "0", "0", "5", "9", "0", "9", "0", "40"]


def test_limits_tell_how_far_members_went(served: Parlour, pages: Open, staff: Member) -> None:
    served.set_rules(daily_limit=40)
    for amount in (5, 10, 39, 40):
        put_in(served, served.make_member(), amount)
    careful = served.make_member()
    pages(careful).post("/pot/limits", daily_limit="10")
    put_in(served, careful, 5)
    idle = served.make_member()
    served.give(idle, 5)
    browser = pages(staff)
    assert table_of(browser, "limits")[1:] == [["0", "1"], ["25", "1"], ["50", "1"], ["75", "1"], ["100", "1"], ["", "0"]]
    served.set_rules(daily_limit=None)
    assert table_of(browser, "limits")[-1] == ["", "4"]
    served.clock.at = NOW + timedelta(days=1)
    assert "Nobody has paid today" in said(browser.get(PATH))


def test_failed_reply_is_asked_for_again_and_nobody_reads_the_words(served: Parlour, pages: Open, staff: Member) -> None:
    ana = served.make_member(display_name="Ana")
    message = fail_reply(served, ana)
    browser = pages(staff)
    page = browser.get(PATH).text
    assert f"{PATH}/replies/{message}/retry" in page
    assert "Between us" not in page
    answer = browser.post(f"{PATH}/replies/{message}/retry", page=PATH)
    assert (answer.status_code, answer.headers["location"]) == (303, PATH)
    assert served.messages()[0].reply_status == "answered"
    assert "Replies that failed None" in said(browser.get(PATH))
    browser.post(f"{PATH}/replies/{message}/retry", page=PATH)
    assert "has been answered" in browser.told(PATH)
    browser.post(f"{PATH}/replies/{new_id()}/retry", page=PATH)
    assert browser.told(PATH)


EVERYTHING = {
    "starting_coins": 7,
    "weekly_allowance": 0,
    "allowance_up_to": 90,
    "daily_limit": None,
    "price": {"kind": "demand", "step": 3, "target": 40, "window_minutes": 15},
    "price_resets": "day",
    "odds": {"kind": "falling", "ppm": 25_000},
    "on_failed_reply": "refund",
    "earnings": [{"trigger": "recognition_given", "coins": 1}, {"trigger": "tier_reached", "coins": 2}],
}


def typed(browser: Paper, **changes: str) -> dict[str, str]:
    """The form of the rules, but for what differs."""
    return {**fields_of(browser.get(RULES).text), **changes}


def test_form_saves_all_parts_of_the_rules(served: Parlour, pages: Open, staff: Member) -> None:
    browser = pages(staff)
    form = {"starting_coins": "7", "weekly_allowance": "0", "allowance_up_to": "90", "daily_limit": "", "on_failed_reply": "refund"}
    form |= {"price_kind": "demand", "step": "3", "target": "40", "window_minutes": "15", "price_resets": "day"}
    form |= {"odds_kind": "falling", "chance": "2,5 %"}
    earnings = {name: "" for name in typed(browser) if name.startswith("earn-")}
    earnings |= {"earn-recognition_given": "1", "earn-tier_reached": "2"}
    answer = browser.post(RULES, page=RULES, **typed(browser, **form, **earnings))
    assert answer.status_code == 303, problems_in(answer.text)
    assert PotRules.model_validate_json(served.pot().rules) == PotRules.model_validate(EVERYTHING)
    assert served.pot().version == 2
    assert actions(served)[-1] == "rules.changed"
    assert read_params(served.pot().params).price.kind == "linear"  # the round that goes on keeps its own
    assert "hold from the next round on" in said(browser.get(PATH))
    assert browser.post(RULES, page=RULES, **typed(browser)).status_code == 303  # sent back as it is, it changes nothing
    assert served.pot().version == 2


@pytest.mark.parametrize("price", [{"kind": "linear", "step": 9}, {"kind": "capped", "step": 4, "most": 12}])
def test_form_sent_back_as_it_is_changes_nothing(served: Parlour, pages: Open, staff: Member, price: dict[str, object]) -> None:
    served.set_rules(price=price, odds={"kind": "flat", "ppm": 1}, earnings=[])
    before = served.pot()
    browser = pages(staff)
    assert browser.post(RULES, page=RULES, **typed(browser)).status_code == 303
    assert served.pot() == before


WRONG = (
    ({"step": "0"}, "step"),
    ({"step": ""}, "step"),
    ({"step": "five"}, "step"),
    ({"price_kind": "capped", "most": ""}, "most"),
    ({"price_kind": "demand", "target": "0"}, "target"),
    ({"price_kind": "demand", "window_minutes": "20000"}, "window_minutes"),
    ({"price_kind": "free"}, "price_kind"),
    ({"odds_kind": "none"}, "odds_kind"),
    ({"chance": "0"}, "chance"),
    ({"chance": "100.5"}, "chance"),
    ({"chance": "1 in 10"}, "chance"),
    ({"chance": ""}, "chance"),
    ({"price_resets": "monthly"}, "price_resets"),
    ({"on_failed_reply": "forget"}, "on_failed_reply"),
    ({"daily_limit": "0"}, "daily_limit"),
    ({"starting_coins": "-1"}, "starting_coins"),
    ({"weekly_allowance": ""}, "weekly_allowance"),
    ({"earn-recognition_given": "", "earn-quest_completed": "-5"}, "earn-quest_completed"),
)


@pytest.mark.parametrize(("changes", "field"), WRONG)
def test_what_is_wrong_stands_beside_its_field(served: Parlour, pages: Open, staff: Member, changes: dict[str, str], field: str) -> None:
    browser = pages(staff)
    for wish in ("save", "preview"):
        answer = browser.post(RULES, page=RULES, **typed(browser, **changes, do=wish))
        assert answer.status_code == 422
        problems = problems_in(answer.text)
        assert field in problems, problems
        assert "form" not in problems
        assert f'id="{field}"' in answer.text
    assert served.pot().version == 1


def test_stale_form_saves_nothing(served: Parlour, pages: Open, staff: Member) -> None:
    browser = pages(staff)
    form = typed(browser, step="8")
    served.set_rules(starting_coins=1)
    answer = browser.post(RULES, page=RULES, **form)
    assert answer.status_code == 412
    assert "Somebody else changed this" in problems_in(answer.text)["form"]
    assert 'name="step" value="8"' in answer.text.replace('type="text" id="step" ', "")
    assert PotRules.model_validate_json(served.pot().rules).price.step == 5
    again = browser.post(RULES, page=RULES, **fields_of(answer.text))
    assert again.status_code == 303  # knowing of it, they may


def test_preview_tells_what_typed_rules_would_mean_and_changes_nothing(served: Parlour, pages: Open, staff: Member) -> None:
    browser = pages(staff)
    form = typed(browser, price_kind="capped", step="10", most="35", odds_kind="falling", chance="20", do="preview")
    whole = said(browser.post(RULES, page=RULES, **form))
    assert "Round 1 As typed" in whole
    assert "1 5 10 2 10 20 3 15 30 4 20 35 5 25 35" in whole
    assert "50 1 in 10 (10%) about 1 in 6.7 (15%)" in whole
    assert "5,000 1 in 10 (10%) about 1 in 556.8 (0.18%)" in whole
    assert "on average 10 none" in whole
    assert "until 50% of rounds have ended 7 4 until 90% of rounds have ended 22 20" in whole
    assert "from round 2 on. Round 1 keeps those that it began with" in whole
    part = browser.post(RULES, page=RULES, scripted=True, **form).text
    assert "<html" not in part
    assert "about 1 in 556.8" in part
    wrong = browser.post(RULES, page=RULES, scripted=True, **{**form, "step": "many"})
    assert wrong.status_code == 422
    assert "Type a whole number." in wrong.text
    assert served.pot().version == 1


def test_reset_tells_what_is_lost_and_asks_why(served: Parlour, pages: Open, admin: Member) -> None:
    ana, ben = served.make_member(), served.make_member()
    for who in (ana, ben, ben):
        served.send(who, client_seed=served.unlucky(who, until=9))
    browser = pages(admin)
    page = browser.get(RESET)
    assert "20 coins are lost." in said(page)
    assert "2 members have paid for messages in round 1." in said(page)
    form = fields_of(page.text, form='id="reset"')
    refused = browser.post(RESET, page=PATH, **form)
    assert refused.status_code == 422
    assert problems_in(refused.text).keys() == {"reason", "is_meant"}
    assert (served.in_pot(), served.pot().round) == (20, 1)


def test_reset_empties_the_pot_once_and_is_on_record(served: Parlour, pages: Open, admin: Member) -> None:
    ana = served.make_member()
    served.send(ana, client_seed=served.unlucky(ana, until=9))
    browser = pages(admin)
    form = fields_of(browser.get(RESET).text, form='id="reset"') | {"reason": "The term is over", "is_meant": "true"}
    done = browser.post(RESET, page=PATH, **form)
    assert (done.status_code, done.headers["location"]) == (303, PATH)
    again = browser.post(RESET, page=PATH, **form)  # a double click has one outcome
    assert again.status_code == 303
    assert (served.pot().round, served.in_pot()) == (2, 0)
    [ended] = served.rounds()
    assert (ended.ended_by, ended.amount, ended.reason) == ("reset", 5, "The term is over")
    assert actions(served).count("pot.reset") == 1
    assert "The term is over" in said(browser.get(PATH))


def test_reset_of_a_round_that_was_won_meanwhile_resets_nothing(served: Parlour, pages: Open, admin: Member) -> None:
    ana = served.make_member()
    browser = pages(admin)
    form = fields_of(browser.get(RESET).text, form='id="reset"') | {"reason": "The term is over", "is_meant": "true"}
    served.send(ana, client_seed=served.lucky(ana, wins_at=1))
    put_in(served, ana, 50)
    refused = browser.post(RESET, page=PATH, **form)
    assert refused.status_code == 409
    assert "Round 1 has ended meanwhile" in problems_in(refused.text)["form"]
    shown = fields_of(refused.text, form='id="reset"')
    assert (shown["round"], shown["reason"], "is_meant" in shown) == ("2", "The term is over", False)
    assert (served.pot().round, served.in_pot()) == (2, 50)


def test_coins_are_added_and_taken_with_a_reason(served: Parlour, pages: Open, staff: Member) -> None:
    ana = served.make_member(display_name="Ana")
    browser, here = pages(staff), f"{COINS}/{ana.id}"
    form = fields_of(browser.get(here).text, form='id="change"')
    assert form["way"] == "add"
    for way, amount, reason in (("add", "50", "Helped at the open day"), ("take", "30", "Typed twice")):
        fresh = fields_of(browser.get(here).text, form='id="change"')
        done = browser.post(here, page=PATH, **fresh | {"way": way, "amount": amount, "reason": reason})
        assert (done.status_code, done.headers["location"]) == (303, here)
    assert served.coins(ana) == 120
    assert actions(served)[-2:] == ["coins.changed", "coins.changed"]
    page = said(browser.get(here))
    assert "Taken by staff Typed twice" in page
    listed = said(browser.get(COINS))
    assert "-30 Typed twice Sol" in listed.replace("−", "-")
    assert "+50 Helped at the open day Sol" in listed
    assert "Ana" in said(browser.get(COINS, q="Ana"))
    assert f'href="{here}"' in browser.get(COINS, q="Ana").text


def test_form_sent_twice_adds_once(served: Parlour, pages: Open, staff: Member) -> None:
    ana = served.make_member()
    browser, here = pages(staff), f"{COINS}/{ana.id}"
    form = fields_of(browser.get(here).text, form='id="change"') | {"amount": "50", "reason": "Once"}
    assert [browser.post(here, page=PATH, **form).status_code for _ in range(2)] == [303, 303]
    assert served.coins(ana) == 150


@pytest.mark.parametrize(
    ("changes", "status", "fields"),
    [
        ({"amount": "", "reason": ""}, 422, {"amount", "reason"}),
        ({"amount": "-5"}, 422, {"amount"}),
        ({"amount": "2.5"}, 422, {"amount"}),
        ({"way": "burn"}, 422, {"way"}),
        ({"reason": "x" * 301}, 422, {"reason"}),
        ({"way": "take", "amount": "101"}, 409, {"form"}),
    ],
)
def test_change_that_cannot_be_is_refused(
    served: Parlour, pages: Open, staff: Member, changes: dict[str, str], status: int, fields: set[str]
) -> None:
    ana = served.make_member()
    browser, here = pages(staff), f"{COINS}/{ana.id}"
    form = fields_of(browser.get(here).text, form='id="change"') | {"amount": "5", "reason": "Because"} | changes
    answer = browser.post(here, page=PATH, **form)
    assert answer.status_code == status
    assert problems_in(answer.text).keys() == fields
    assert served.postings(ana) == []


def test_suspended_member_gets_nothing_and_can_be_taken_from(served: Parlour, pages: Open, staff: Member) -> None:
    ana = served.make_member()
    served.give(ana, 10)
    served.suspend(ana)
    browser, here = pages(staff), f"{COINS}/{ana.id}"
    form = fields_of(browser.get(here).text, form='id="change"') | {"amount": "5", "reason": "Because"}
    assert browser.post(here, page=PATH, **form).status_code == 409
    assert browser.post(here, page=PATH, **form | {"way": "take", "request_key": "another"}).status_code == 303
    assert served.coins(ana) == 105


def test_list_of_changes_goes_on_page_by_page(served: Parlour, pages: Open, staff: Member) -> None:
    ana = served.make_member()
    for amount in range(1, 28):
        served.give(ana, amount)
    browser = pages(staff)
    first = browser.get(COINS)
    following = re.search(rf'href="({COINS}\?cursor=[^"]+)"', first.text)
    assert following is not None
    assert "+27 a test The command line" in said(first)
    assert "+2 a test" in said(browser.get(following[1]))
    assert "+3 a test" not in said(browser.get(following[1]))


def test_members_page_leads_to_their_coins(served: Parlour, pages: Open, staff: Member) -> None:
    ana = served.make_member()
    page = pages(staff).get(f"/console/members/{ana.id}").text
    assert f'href="{COINS}/{ana.id}"' in page
    assert f'href="/console/progress/members/{ana.id}"' in page
    assert pages(staff).get(f"{COINS}/{new_id()}").status_code == 404
