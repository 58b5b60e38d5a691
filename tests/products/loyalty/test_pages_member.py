"""Loyalty's pages for members, as a browser without scripts and as htmx ask for them."""

from collections.abc import Callable
from html import unescape
import re
from typing import Any
from uuid import UUID

import httpx
import pytest

from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member
from laurels.products.loyalty.actions.programs import change_program
from laurels.products.loyalty.actions.rewards import NewReward, add_reward
from laurels.products.loyalty.tables import Program
from laurels.web.etags import WHICHEVER
from products.loyalty.town import Town
from products.recognition.paper import Paper, errors_in

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]
TIERS = [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 20, "multiplier_percent": 150}]


def offer(town: Town, program: Program, **fields: Any) -> UUID:
    """Put a reward on sale."""
    values: dict[str, Any] = {"name": "Dinner for two", "cost": 5, "description": "Three courses.", **fields}
    return add_reward(town.database, OPERATOR, program.id, NewReward(**values), now=town.clock.at).id


def words(answer: httpx.Response) -> str:
    """What a page says, its tags left out."""
    main = answer.text.partition("<main")[2].partition("</main>")[0] or answer.text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main)))


def problem_in(answer: httpx.Response) -> str:
    """What a form says above its fields."""
    found = re.search(r'role="alert">.*?<p>(.*?)</p>', answer.text, re.DOTALL)
    assert found is not None, answer.text
    return unescape(found[1])


def test_programs_are_listed_joined_and_left(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(name="Wine & Dine")
    browser = pages(ana)
    assert "Open to you" in words(browser.get("/programs"))
    led = browser.post(f"/programs/{program.id}/join")
    assert (led.status_code, led.headers["location"]) == (303, f"/programs/{program.id}")
    assert browser.told(f"/programs/{program.id}") == "Welcome to Wine &amp; Dine."
    served.earned(program, ana, 20_000)
    listed = words(browser.get("/programs"))
    assert "Yours Wine & Dine 10 points" in listed and "Open to you" not in listed
    assert "You give up 10 points" in words(browser.get(f"/programs/{program.id}/leave"))
    led = browser.post(f"/programs/{program.id}/leave")
    assert (led.status_code, led.headers["location"]) == (303, "/programs")
    assert served.held(program, ana) == {"earned": 10}
    about = words(browser.get(f"/programs/{program.id}"))
    assert "You left on Nov 20, 2026" in about and "Join this program" in about
    assert "Given up by leaving" in words(browser.get(f"/programs/{program.id}/history"))


def test_form_sent_twice_joins_once(served: Town, pages: Open) -> None:
    program, browser = served.make_program(), pages(served.make_member())
    for _ in range(2):
        assert browser.post(f"/programs/{program.id}/join", request_key="k1").status_code == 303
    assert "You are a member of this program already." in problem_in(browser.post(f"/programs/{program.id}/join"))


def test_program_by_invitation_says_so(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(joining="invitation")
    browser = pages(ana)
    assert "by invitation" in words(browser.get(f"/programs/{program.id}"))
    assert "No programs yet" in words(browser.get("/programs"))
    refused = browser.post(f"/programs/{program.id}/join")
    assert (refused.status_code, problem_in(refused)) == (403, "One joins this program by invitation. Ask its admins for one.")


def test_who_does_not_belong_is_led_to_the_program(served: Town, pages: Open) -> None:
    program, browser = served.make_program(), pages(served.make_member())
    for path in ("rewards", "burn?points=5", "leave"):
        led = browser.get(f"/programs/{program.id}/{path}")
        assert (led.status_code, led.headers["location"]) == (303, f"/programs/{program.id}"), path
    for path in ("points", "lots"):
        assert browser.get(f"/programs/{program.id}/{path}").status_code == 404
    for path in ("", "/rewards", "/history", "/burns", "/lots", "/leave"):
        assert browser.get(f"/programs/{new_id()}{path}").status_code == 404, path


def test_program_shows_what_a_member_has(served: Town, pages: Open) -> None:
    ana = served.make_member()
    terms = {"pending_days": 14, "expiry": {"kind": "months", "months": 12}, "tiers": TIERS}
    program = served.make_program(terms, [ana], unit_name="corks")
    served.earned(program, ana, 20_000, transaction_id="T-1", at=served.clock.at)
    served.later(days=14)
    served.earned(program, ana, 10_000, transaction_id="T-2")
    answer = pages(ana).get(f"/programs/{program.id}")
    page = words(answer)
    assert "Active 10 corks to spend" in page and "Pending 5 5 turn active on Dec 18, 2026" in page
    assert "Next to expire 10 until Nov 21, 2027, 12:00 AM" in page
    assert "Silver" in page and "5 corks more to Gold" in page
    assert "Earned T-2 · £100.00" in page and "10 corks T-1" in page and "10 Active" in page and "5 Pending" in page
    assert "December 2026 5 0 15" in page and "November 2027 0 10 5" in page, "the forecast, told as a table"
    assert '<svg class="chart"' in answer.text and "<script" not in answer.text.partition("<main")[2]
    assert "5 corks for every £100.00" in page and "Points expire 12 months after they were earned." in page


def test_script_gets_the_numbers_that_changed(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    served.earned(program, ana, 20_000)
    answer = pages(ana).get(f"/programs/{program.id}/points", scripted=True)
    assert answer.status_code == 200 and "<html" not in answer.text
    for part in ('hx-target="#points"', 'hx-target="#latest"', 'hx-target="#lots"', 'hx-target="#forecast"'):
        assert part in answer.text


def test_reward_is_reserved_and_confirmed(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    reward = offer(served, program, stock=3, per_member=2, voucher_days=30)
    served.earned(program, ana, 20_000)
    browser, base = pages(ana), f"/programs/{program.id}"
    catalogue = words(browser.get(f"{base}/rewards"))
    assert "Dinner for two 5 points Three courses. 3 left. You have had 0 of 2." in catalogue
    asked = words(browser.get(f"{base}/burn?reward_id={reward}"))
    assert "You give 5 points" in asked and "Left to spend 5 points" in asked and "kept for 15 minutes" in asked
    led = browser.post(f"{base}/burn", reward_id=str(reward))
    path = led.headers["location"]
    assert path.startswith(f"{base}/burns/")
    page = words(browser.get(path))
    assert "Reserved" in page and "15 minutes · until" in page
    assert "2 left. You have had 1 of 2." in words(browser.get(f"{base}/rewards"))
    served.later(minutes=5)
    assert "10 minutes · until" in words(browser.get(path, scripted=True))
    led = browser.post(f"{path}/confirm")
    assert led.headers["location"] == path
    page = words(browser.get(path))
    assert re.search(r"\b[A-Z0-9]{4}-[A-Z0-9-]+\b", page) and "The voucher holds until Dec 20, 2026" in page
    assert served.held(program, ana) == {"points": 5, "earned": 10}


def test_reservation_is_cancelled_or_runs_out(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    reward = offer(served, program)
    served.earned(program, ana, 20_000)
    browser, base = pages(ana), f"/programs/{program.id}"
    path = browser.post(f"{base}/burn", reward_id=str(reward)).headers["location"]
    assert "5 points are reserved. Confirm or cancel that first." in words(browser.get(f"{base}/leave"))
    refused = browser.post(f"{base}/leave")
    assert (refused.status_code, problem_in(refused)) == (409, "5 points are reserved. Confirm or cancel that first.")
    assert browser.post(f"{path}/cancel").status_code == 303
    assert browser.told(path) == "Cancelled. Your points are back."
    assert "The points went back." in words(browser.get(path))
    again = browser.post(f"{path}/confirm")
    assert again.status_code == 409
    assert problem_in(again) == "This burn is cancelled already, and nothing was changed. Burn again for another."
    late = browser.post(f"{base}/burn", reward_id=str(reward)).headers["location"]
    served.later(minutes=15)
    assert "The time is over." in words(browser.get(late))
    refused = browser.post(f"{late}/confirm")
    assert refused.status_code == 409 and "The reservation ran out" in problem_in(refused)
    assert browser.post(f"{late}/cancel").status_code == 303
    assert served.held(program, ana) == {"points": 10, "earned": 10}


def test_burn_at_once_counts_once_however_often_it_is_sent(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    reward = offer(served, program)
    served.earned(program, ana, 20_000)
    browser = pages(ana)
    sent = {"reward_id": str(reward), "at_once": "true", "request_key": "k1"}
    first, second = (browser.post(f"/programs/{program.id}/burn", **sent).headers["location"] for _ in range(2))
    assert first == second
    assert served.held(program, ana) == {"points": 5, "earned": 10}
    assert browser.told(first) == "It is yours."
    assert "Yours" in words(browser.get(first))


def test_free_amount_is_worth_what_the_program_says(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana], burn_points=10, burn_minor=150)
    served.earned(program, ana, 40_000)
    browser, base = pages(ana), f"/programs/{program.id}"
    assert "Worth £3.00 10 points are worth £1.50" in words(browser.get(f"{base}/rewards"))
    assert "a discount of £2.25" in words(browser.get(f"{base}/burn?points=15"))
    path = browser.post(f"{base}/burn", points="15", at_once="true").headers["location"]
    assert "Worth £2.25" in words(browser.get(path))
    assert "Discount of £2.25 15 points" in words(browser.get(f"{base}/burns"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a whole number from 1."),
        ("0", "Type a whole number from 1."),
        ("1.5", "Type a whole number from 1."),
        ("9" * 30, "Type a whole number from 1."),
        ("21", "You have fewer points to spend."),
        ("1", "1 points are worth nothing yet. Choose at least 2."),
    ],
)
def test_wrong_amount_comes_back_with_its_error(served: Town, pages: Open, typed: str, said: str) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana], burn_points=2, burn_minor=1)
    served.earned(program, ana, 40_000)
    answer = pages(ana).get(f"/programs/{program.id}/burn", points=typed)
    assert (answer.status_code, errors_in(answer)) == (422, {"points": said})


def test_catalogue_says_what_cannot_be_had_and_why(served: Town, pages: Open) -> None:
    ana, ben = served.make_member(), served.make_member()
    program = served.make_program(None, [ana, ben])
    served.earned(program, ana, 20_000)
    served.earned(program, ben, 20_000)
    single = offer(served, program, name="Last bottle", stock=1)
    once = offer(served, program, name="Once for each", cost=2, per_member=1)
    dear = offer(served, program, name="Balloon ride", cost=500)
    browser, base = pages(ana), f"/programs/{program.id}"
    pages(ben).post(f"{base}/burn", reward_id=str(single), at_once="true")
    assert browser.post(f"{base}/burn", reward_id=str(once), at_once="true").status_code == 303
    page = words(browser.get(f"{base}/rewards"))
    assert "Sold out" in page and "You have had all that one may" in page and "492 points missing" in page
    for reward, status, said in (
        (single, 409, "Nothing of this reward is left. Your points are untouched."),
        (once, 409, "The limit is 1 and 1 are used"),
        (dear, 409, "There are 8 available and 500 are needed."),
    ):
        answer = browser.post(f"{base}/burn", reward_id=str(reward))
        assert answer.status_code in (status, 422) and problem_in(answer).startswith(said), answer.status_code
    assert "Nothing of this reward is left." in problem_in(browser.get(f"{base}/burn?reward_id={single}"))
    assert problem_in(browser.get(f"{base}/burn?reward_id={dear}")) == "You have fewer points to spend."
    assert browser.get(f"{base}/burn?reward_id={new_id()}").status_code == 404


def test_burn_of_another_member_has_no_page(served: Town, pages: Open) -> None:
    ana, ben, admin = served.make_member(), served.make_member(), served.make_member(role="admin")
    program = served.make_program(None, [ana, ben])
    served.earned(program, ana, 20_000)
    path = f"/programs/{program.id}/burns/{served.burn(program, ana, 4, confirm_minutes=15).burn}"
    for other in (ben, admin):
        browser = pages(other)
        assert browser.get(path).status_code == 404
        assert [browser.post(f"{path}/{verb}").status_code for verb in ("confirm", "cancel")] == [404, 404]
    assert served.held(program, ana) == {"points": 6, "held": 4, "earned": 10}


def test_history_is_narrowed_and_taken_away(served: Town, pages: Open) -> None:
    ana = served.make_member(time_zone="America/New_York")
    program = served.make_program(None, [ana])
    served.at(2026, 11, 21, 3)  # still the 20th in New York
    served.earned(program, ana, 20_000, transaction_id="T-first")
    served.at(2026, 11, 21, 12)
    served.earned(program, ana, 40_000, transaction_id="T-second")
    served.give_back(program, 20_000, transaction_id="T-second", return_id="R-1")
    served.burn(program, ana, 5)
    browser, base = pages(ana), f"/programs/{program.id}/history"

    def shown(**query: str) -> list[str]:
        page = words(browser.get(base, **query))
        return [name for name in ("T-first", "T-second", "R-1", "Discount") if name in page]

    assert shown() == ["T-first", "T-second", "R-1", "Discount"]
    assert shown(kind="earn") == ["T-first", "T-second"]
    assert shown(kind="nonsense", **{"from": "2026-13-45"}) == ["T-first", "T-second", "R-1", "Discount"]
    assert shown(to="2026-11-20") == ["T-first"]
    assert shown(**{"from": "2026-11-21"}) == ["T-second", "R-1", "Discount"]
    assert shown(text="SECOND") == ["T-second", "R-1"] or shown(text="SECOND") == ["T-second"]
    assert shown(text="nothing like it") == []
    page = browser.get(base, **{"from": "2026-11-21", "to": "2026-11-21"})
    [link] = re.findall(r'href="(/api/v1/[^"]+statement\.csv[^"]*)"', page.text)
    table = browser.get(unescape(link))
    assert table.headers["content-type"].startswith("text/csv")
    assert "T-second" in table.text and "T-first" not in table.text


def test_history_goes_on_over_pages(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana])
    for number in range(52):
        served.earned(program, ana, 20_000, transaction_id=f"T-{number:02d}")
    browser = pages(ana)
    page = browser.get(f"/programs/{program.id}/history", kind="earn")
    assert "T-51" in page.text and "T-01" not in page.text
    [following] = re.findall(r'href="(/programs/[^"]+cursor=[^"]+)"', page.text)
    page = browser.get(unescape(following))
    assert "T-01" in page.text and "T-02" not in page.text and "Back to the start" in page.text
    page = browser.get(f"/programs/{program.id}/lots")
    [following] = re.findall(r'href="(/programs/[^"]+cursor=[^"]+)"', page.text)
    assert "T-51" in page.text and "T-01" in browser.get(unescape(following)).text


def test_paused_program_keeps_its_pages_and_sells_nothing(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana], burn_points=1, burn_minor=1)
    reward = offer(served, program)
    served.earned(program, ana, 20_000)
    change_program(served.database, OPERATOR, program.id, {"status": "paused"}, expected=WHICHEVER, now=served.clock.at)
    browser, base = pages(ana), f"/programs/{program.id}"
    page = browser.get(f"{base}/rewards")
    assert "This program pauses" in words(page) and "Get it" not in page.text and "Take a discount" not in page.text
    refused = browser.post(f"{base}/burn", reward_id=str(reward))
    assert refused.status_code == 409 and problem_in(refused).startswith("This program is paused.")


def test_home_shows_programs(served: Town, pages: Open) -> None:
    ana = served.make_member()
    browser = pages(ana)
    assert "Programs" not in words(browser.get("/"))
    program = served.make_program(name="Wine & Dine")
    assert "Programs open to you" in words(browser.get("/"))
    served.join(program, ana)
    served.earned(program, ana, 20_000)
    assert "Wine & Dine 10 points" in words(browser.get("/"))


def test_what_people_wrote_is_shown_as_text(served: Town, pages: Open) -> None:
    ana = served.make_member()
    program = served.make_program(None, [ana], name="<b>Wine</b>", description="<script>alert(1)</script>", unit_name="<i>p</i>")
    offer(served, program, name="<u>Dinner</u>", description="<img src=x>")
    served.earned(program, ana, 20_000, transaction_id="<em>T</em>")
    browser, base = pages(ana), f"/programs/{program.id}"
    for path in ("/programs", base, f"{base}/rewards", f"{base}/history", f"{base}/lots", f"{base}/leave", "/"):
        text = browser.get(path).text
        assert not re.search(r"<(b>W|script>a|i>p|u>D|img s|em>T)", text), path
