"""Recognition's pages, as a browser without scripts and as htmx ask for them."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest

from laurels.identity.tables import Member
from products.recognition.community import Community
from products.recognition.paper import Paper, errors_in, names_in
from support.members import SignIn

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


@pytest.fixture
def pages(served: Community, sign_in: SignIn) -> Open:
    """`pages(member)` is the member's browser."""
    return lambda who: Paper(served, sign_in, who)


def test_stranger_is_led_to_sign_in_and_back(served: Community) -> None:
    led = served.http.get("/rewards", headers={"Accept": "text/html"}, follow_redirects=False)
    assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/rewards")


def test_thanks_is_given_by_a_plain_form(served: Community, pages: Open) -> None:
    ada, bo = served.join("1"), served.join("2", display_name="Bo Li")
    led = pages(ada).post("/recognition", to="2", credits="20", message="  For <i>all</i>.  ")
    assert (led.status_code, led.headers["location"]) == (303, "/recognition")
    assert served.purse(bo)["received"] == 20
    page = pages(bo).get("/recognition").text
    assert "For &lt;i&gt;all&lt;/i&gt;." in page and "+20" in page


def test_form_sent_twice_counts_once(served: Community, pages: Open) -> None:
    ada, bo = served.join("1"), served.join("2")
    browser = pages(ada)
    for _ in range(2):
        assert browser.post("/recognition", to="2", credits="20", message="Thanks.", request_key="k1").status_code == 303
    assert served.purse(bo)["received"] == 20


def test_script_gets_the_parts_that_changed(served: Community, pages: Open) -> None:
    ada, _ = served.join("1"), served.join("2", display_name="Bo Li")
    answer = pages(ada).post("/recognition", scripted=True, to="Bo Li", credits="30", message="Thanks.")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    for part in ('id="composer"', 'hx-target="#feed"', 'hx-target="#balance"', "Bo Li has your thanks, +30."):
        assert part in answer.text


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"to": ""}, "to", "Type a name or a student id."),
        ({"to": "Nobody"}, "to", "Nobody goes by that. Try a part of the name."),
        ({"to": "Robin"}, "to", "Choose who you mean."),
        ({"to": "1"}, "to", "You can't thank yourself. Choose somebody else."),
        ({"to": "", "receiver_id": "01a1f890-e37a-73f9-9bad-95b6014a4f20"}, "to", "There is no such member. Check the id."),
        ({"credits": ""}, "credits", "Choose an amount, or type a whole number from 1."),
        ({"credits": "1.5"}, "credits", "Choose an amount, or type a whole number from 1."),
        ({"own_credits": "0"}, "credits", "Choose an amount, or type a whole number from 1."),
        ({"own_credits": "-5"}, "credits", "Choose an amount, or type a whole number from 1."),
        ({"own_credits": "1e3"}, "credits", "Choose an amount, or type a whole number from 1."),
        ({"own_credits": "٣"}, "credits", "Choose an amount, or type a whole number from 1."),
        ({"own_credits": "9" * 30}, "credits", "Choose an amount, or type a whole number from 1."),
        (
            {"own_credits": "101"},
            "credits",
            "The limit is 100 and 0 are used: 100 are left. Choose a smaller amount, or wait until the limit resets.",
        ),
        ({"message": " \n "}, "message", "Say what they did: a sentence is enough."),
        ({"message": "x" * 501}, "message", "That is too long. 500 characters are the most."),
        ({"message": "bell \x07"}, "message", "Send text without control characters."),
        ({"value": "Greed"}, "value", "There is no such value. Choose one from the list, or leave it out."),
    ],
)
def test_form_that_is_wrong_comes_back_with_its_error(served: Community, pages: Open, typed: dict[str, str], field: str, said: str) -> None:
    ada, bo = served.join("1"), served.join("2", display_name="Bo Li")
    served.join("3", display_name="Robin One")
    served.join("4", display_name="Robin Two")
    form = {"to": "Bo Li", "credits": "10", "message": "Kept."} | typed
    answer = pages(ada).post("/recognition", **form)
    assert 400 <= answer.status_code < 500
    assert unescape(errors_in(answer)[field]) == said
    assert list(errors_in(answer)) == [field]
    assert served.purse(bo)["received"] == 0
    if form["message"] == "Kept.":
        assert "Kept.</textarea>" in answer.text


def test_form_with_nul_in_it_is_refused_like_one_without(served: Community, pages: Open) -> None:
    """PostgreSQL takes no NUL in any text: it was a server error."""
    ada, bo = served.join("1"), served.join("2")
    browser = pages(ada)
    assert errors_in(browser.post("/recognition", to="\0", credits="1", message="Thanks.")) == {"to": "Type a name or a student id."}
    assert browser.post("/recognition", to="2\0", value="\0", credits="1", message="Thanks.").status_code == 303
    assert served.purse(bo)["received"] == 1


def test_name_of_several_offers_them(served: Community, pages: Open) -> None:
    ada, _, two = served.join("1"), served.join("3", display_name="Robin One"), served.join("4", display_name="Robin Two")
    browser = pages(ada)
    assert names_in(browser.post("/recognition", to="Robin", credits="10", message="Flew.")) == ["Robin One", "Robin Two"]
    browser.post("/recognition", to="Robin", receiver_id=str(two.id), credits="10", message="Flew.")
    assert served.purse(two)["received"] == 10


def test_people_are_found_while_typing_but_not_oneself(served: Community, pages: Open) -> None:
    ada = served.join("1", display_name="Robin Me")
    served.join("3", display_name="Robin One")
    served.join("4", display_name="Robin Gone", status="suspended")
    assert names_in(pages(ada).get("/recognition/people", to="rob", scripted=True)) == ["Robin One"]
    assert "Nobody by that name" in pages(ada).get("/recognition/people", to="xyz", scripted=True).text


def test_composer_offers_whom_one_met_lately_and_whom_the_address_names(served: Community, pages: Open) -> None:
    ada, bo, cy = served.join("1"), served.join("2", display_name="Bo Li"), served.join("3", display_name="Cy Fox")
    served.gave(bo, ada, 5)
    assert names_in(pages(ada).get("/recognition")) == ["Bo Li"]
    assert names_in(pages(ada).get("/recognition", receiver=str(cy.id))) == ["Cy Fox"]
    assert names_in(pages(ada).get("/recognition", receiver="nonsense")) == ["Bo Li"]
    assert names_in(pages(ada).get("/recognition", receiver=str(ada.id))) == ["Bo Li"]


def test_feed_is_narrowed_and_goes_on(served: Community, pages: Open) -> None:
    ada, bo = served.join("1"), served.join("2")
    for number in range(22):
        served.gave(ada, bo, 1, message=f"Number {number:02d}.")
        served.clock.advance(timedelta(minutes=1))
    browser = pages(ada)
    first = browser.get("/recognition").text
    assert "Number 21." in first and "Number 01." not in first
    more = unescape(first.split('id="more"><a class="button block" href="')[1].split('"')[0])
    assert "Number 01." in browser.get(more).text
    part = browser.get(more, scripted=True)
    assert "Number 01." in part.text and "<html" not in part.text
    narrowed = browser.get("/recognition", text="number 07", of="given", month="2026-11").text
    assert "Number 07." in narrowed and "Number 08." not in narrowed
    assert "No thanks like these" in browser.get("/recognition", of="received").text
    assert "Number 21." in browser.get("/recognition", month="2026-13", of="nobody's").text


def test_endorsing_twice_says_so_and_counts_once(served: Community, pages: Open) -> None:
    ada, bo, cy = served.join("1"), served.join("2"), served.join("3")
    thanks = served.gave(ada, bo, 5)
    browser = pages(cy)
    assert browser.post(f"/recognition/{thanks}/endorse").headers["location"] == f"/recognition/{thanks}"
    assert browser.told(f"/recognition/{thanks}") == "You endorsed this."
    assert "Endorsed" in browser.post(f"/recognition/{thanks}/endorse", scripted=True).text
    browser.post(f"/recognition/{thanks}/endorse")
    assert browser.told(f"/recognition/{thanks}") == "You endorsed this already."
    assert served.get(ada, f"/recognitions/{thanks}").json()["endorsement_count"] == 1


def test_endorsing_one_s_own_by_script_is_refused_in_a_toast(served: Community, pages: Open) -> None:
    ada, bo = served.join("1"), served.join("2")
    answer = pages(ada).post(f"/recognition/{served.gave(ada, bo, 5)}/endorse", scripted=True)
    assert answer.status_code == 403 and "#toast" in answer.text


def test_recognition_that_isn_t_there_is_a_designed_page(served: Community, pages: Open) -> None:
    answer = pages(served.join("1")).get("/recognition/01a1f890-e37a-73f9-9bad-95b6014a4f20")
    assert answer.status_code == 404 and "Nothing is here" in answer.text


def test_who_deleted_their_account_is_named_as_such_and_offered_to_nobody(served: Community, pages: Open) -> None:
    ana, bo, sam = served.join("1"), served.join("2", display_name="Bo Li"), served.join("9", role="staff")
    thanks = served.gave(ana, bo, 10)
    assert names_in(pages(bo).get("/recognition")) != []
    served.http.request("DELETE", "/api/v1/auth/account", headers=served.headers(ana))
    page = pages(bo).get("/recognition")
    assert "<strong>Deleted member</strong> thanked <strong>Bo Li</strong>" in page.text
    assert names_in(page) == []
    assert "Deleted member thanked Bo Li" in pages(sam).get("/console/recognition").text
    assert "Deleted member gets the credits back" in pages(sam).get(f"/console/recognition/{thanks}/reverse").text


def test_staff_see_who_endorsed_and_members_don_t(served: Community, pages: Open) -> None:
    ada, bo, cy = served.join("1"), served.join("2"), served.join("3", display_name="Cy Fox")
    thanks = served.gave(ada, bo, 5)
    served.post(cy, f"/recognitions/{thanks}/endorsements")
    assert "Cy Fox" in pages(served.join("9", role="staff")).get(f"/recognition/{thanks}").text
    assert "Cy Fox" not in pages(ada).get(f"/recognition/{thanks}").text


def test_own_row_is_on_every_page_of_the_leaderboard(served: Community, pages: Open) -> None:
    giver, last = served.join("1"), served.join("999", display_name="Last One")
    others = [served.join(str(number)) for number in range(100, 127)]
    for other in others:
        served.gave(giver, other, 3)
    served.gave(others[0], last, 1)
    first = pages(last).get("/leaderboard")
    assert 'class="me"' in first.text and ">28<" in first.text and "···" in first.text
    following = unescape(first.text.split('class="button " href="')[1].split('"')[0])
    second = pages(last).get(following)
    assert second.text.count('class="me"') == 1 and "Back to the start" in second.text
    month = pages(giver).get("/leaderboard", month="2026-11")
    assert "You aren't on this board yet." in month.text
    assert "Nobody is on this board yet" in pages(giver).get("/leaderboard", month="2026-01").text


def test_voucher_is_shown_before_and_after_redeeming(served: Community, pages: Open) -> None:
    ada, bo = served.join("1"), served.join("2")
    served.gave(ada, bo, 30)
    browser = pages(bo)
    assert "a voucher worth ₹50.00" in browser.get("/rewards/redeem", credits="10").text
    assert served.purse(bo)["received"] == 30
    for _ in range(2):  # a form sent twice counts once
        assert browser.post("/rewards/redeem", credits="10", request_key="r1").headers["location"] == "/rewards"
    assert served.purse(bo)["received"] == 20
    page = browser.get("/rewards").text
    assert "Here is your voucher" in page and page.count('class="code"') == 1
    assert 'class="code"' in browser.get("/rewards/vouchers", scripted=True).text
    assert 'class="code"' not in pages(ada).get("/rewards").text
    assert "Voucher" in browser.get("/statement").text


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.5", "31", "9" * 30, "x"])
def test_redeeming_what_isn_t_there_is_refused_before_anything_happens(served: Community, pages: Open, typed: str) -> None:
    ada, bo = served.join("1"), served.join("2")
    served.gave(ada, bo, 30)
    browser = pages(bo)
    shown = browser.get("/rewards/redeem", credits=typed)
    assert shown.status_code == 422 and "credits" in errors_in(shown)
    assert browser.post("/rewards/redeem", credits=typed).status_code in (303, 409)
    assert served.purse(bo)["received"] == 30


def test_pages_fetch_what_changed(served: Community, pages: Open) -> None:
    ada, bo = served.join("1"), served.join("2")
    served.gave(ada, bo, 30)
    now = pages(bo).get("/recognition/now", scripted=True).text
    assert all(f'hx-target="#{part}"' in now for part in ("feed", "standings", "balance", "purses"))
    purse = pages(bo).get("/recognition/purse", scripted=True).text
    assert "₹150.00" in purse and "#feed" not in purse


def test_home_tells_balances_and_what_needs_attention(served: Community, pages: Open) -> None:
    ada, bo = served.join("1"), served.join("2", display_name="Bo Li")
    served.gave(ada, bo, 30)
    page = pages(bo).get("/").text
    assert "Hello, Bo Li" in page
    assert "Redeem your 30 received credits" in page
    assert "50 would lapse: only 50 carry over." in page
    assert "Dec 1, 2026" in page


def test_member_s_page_is_in_their_language_and_zone(served: Community, pages: Open) -> None:
    ana, bo = served.join("1", locale="es", time_zone="Asia/Kolkata"), served.join("2", display_name="Bo Li")
    served.gave(ana, bo, 5)
    page = pages(ana).get("/statement").text
    assert "Agradecimiento dado" in page and "Asia/Kolkata" in page and "15:30" in page
    answer = pages(ana).post("/recognition", to="Bo Li", own_credits="500", message="Gracias.")
    assert "El límite es 100" in errors_in(answer)["credits"]
