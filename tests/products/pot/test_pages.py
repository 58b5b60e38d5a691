"""The pot's chat, as a browser without scripts asks for it, and the parts that a script asks for."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
import re
from threading import Event
from uuid import UUID

import httpx
import pytest

from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.products.pot.decisions import PutOffReply, RefundMessage
from products.pot.parlour import Parlour
from products.recognition.paper import SCRIPTED, Paper, errors_in
from support.members import SignIn
from support.openai_server import an_openai_server

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


def said(answer: httpx.Response) -> str:
    """What a page says, its tags left out."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text))).strip()


def fields(parlour: Parlour, who: Member, *, price: int, is_lucky: bool = False, **more: str) -> dict[str, str]:
    """A message as its form sends it, whose draw is known."""
    place = parlour.pot().messages + 1
    seed = parlour.lucky(who, wins_at=place) if is_lucky else parlour.unlucky(who, until=place)
    return {"message": "Hello", "max_price": str(price), "client_seed": seed, "request_key": str(new_id()), **more}


def waiting(parlour: Parlour, who: Member) -> UUID:
    """A message that waits for its reply."""
    return parlour.send(who, "Are you there?", client_seed=parlour.unlucky(who, until=9), answer=None).message


def test_pot_odds_commitment_and_price_are_on_the_page(served: Parlour, pages: Open) -> None:
    served.begin()
    ana, ben = served.make_member(), served.make_member()
    served.send(ben, client_seed=served.unlucky(ben, until=1))
    page = pages(ana).get("/pot")
    assert page.status_code == 200
    for part in ("5</strong>", served.pot().commitment, "Send for 5 coins", '<input type="hidden" name="max_price" value="5">'):
        assert part in page.text
    assert "Chance of your next message 1 in 10 (10%)" in said(page)
    assert "Coins can't be exchanged for anything of value." in said(page)
    assert "Hello! I am the pot's bot." in said(page)


def test_odds_that_fall_are_told_and_followed(served: Parlour, pages: Open) -> None:
    served.begin(odds={"kind": "falling", "ppm": 100_000})
    ana, ben = served.make_member(), served.make_member()
    for _ in range(5):
        served.send(ben, client_seed=served.unlucky(ben, until=5))
    page = pages(ana).get("/pot")
    assert "about 1 in 17.8 (5.625%)" in said(page)
    assert "the fuller the pot, the smaller it is" in said(page)
    assert " data-moves" in page.text


def test_message_is_paid_once_and_shown(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    sent = fields(served, ana, price=5, message="Hello <b>there</b>")
    browser = pages(ana)
    for _ in range(2):
        answer = browser.post("/pot/messages", **sent)
        assert (answer.status_code, answer.headers["location"]) == (303, "/pot#composer")
    assert [(one.words, one.price) for one in served.messages()] == [("Hello <b>there</b>", 5)]
    page = browser.get("/pot")
    assert "Hello &lt;b&gt;there&lt;/b&gt;" in page.text
    assert "Send for 10 coins" in said(page)
    assert "85 are left after it" in said(page)


def test_script_gets_the_message_and_all_that_it_changed(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    answer = pages(ana).post("/pot/messages", scripted=True, **fields(served, ana, price=5))
    assert answer.status_code == 200
    assert re.findall('hx-target="#([a-z-]+)" hx-swap="([A-Za-z]+)"', answer.text) == [
        ("nothing-yet", "delete"),
        ("talk", "beforeend"),
        ("pot", "outerHTML"),
        ("purse", "outerHTML"),
        ("wins", "outerHTML"),
        ("terms", "outerHTML"),
        ("win", "innerHTML"),
    ]
    assert "Send for 10 coins" in answer.text
    assert "The pot is yours" not in answer.text
    now = pages(ana).get("/pot/now", scripted=True)
    assert 'hx-target="#price"' in now.text
    assert '<textarea class="input"' not in now.text, "what somebody is writing stays"


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("message", "  ", "Write something first."),
        ("message", "x" * 2_001, "That is too long. 2,000 characters are the most."),
        ("message", "a\x07b", "Send text without control characters."),
        ("client_seed", "x" * 65, "That is too long. 64 characters are the most."),
        ("client_seed", "a\nb", "Send text without control characters."),
    ],
)
@pytest.mark.parametrize("scripted", [True, False])
def test_wrong_message_costs_nothing(served: Parlour, pages: Open, field: str, typed: str, problem: str, scripted: bool) -> None:
    served.begin()
    ana = served.make_member()
    answer = pages(ana).post("/pot/messages", scripted=scripted, **fields(served, ana, price=5, **{field: typed}))
    assert answer.status_code == 422
    assert errors_in(answer) == {field: problem}
    assert (served.messages(), served.in_pot()) == ([], 0)


@pytest.mark.parametrize("sent", ["", "five", "-1", "5.0"])
def test_message_without_the_price_that_its_writer_saw_is_not_paid(served: Parlour, pages: Open, sent: str) -> None:
    served.begin()
    ana = served.make_member()
    answer = pages(ana).post("/pot/messages", **fields(served, ana, price=5, max_price=sent))
    assert answer.status_code == 422
    assert "The price got lost on the way." in said(answer)
    assert served.messages() == []


def test_price_that_moved_is_told_with_the_new_one_on_the_button(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    served.send(ana, client_seed=served.unlucky(ana, until=1))
    for scripted in (True, False):
        answer = pages(ana).post("/pot/messages", scripted=scripted, **fields(served, ana, price=5, message="Mine"))
        assert answer.status_code == 409
        assert "Your next message costs 10 now" in said(answer)
        assert "Send for 10 coins" in said(answer)
        assert re.search(r"<textarea[^>]*>\s*Mine</textarea>", answer.text)
    assert len(served.messages()) == 1


def test_win_is_celebrated_for_its_winner_alone(served: Parlour, pages: Open) -> None:
    served.begin()
    ana, ben = served.make_member(display_name="Ana"), served.make_member()
    served.send(ben, client_seed=served.unlucky(ben, until=1))
    answer = pages(ana).post("/pot/messages", **fields(served, ana, price=5, is_lucky=True))
    where = answer.headers["location"]
    assert re.fullmatch(r"/pot\?won=[0-9a-f-]{36}", where)
    page = pages(ana).get(where)
    assert "The pot is yours: 10 coins!" in said(page)
    assert "You have 105 coins now" in said(page)
    assert pages(ben).get(where).status_code == 404
    assert "Ana" in said(pages(ben).get("/pot"))
    lost = served.messages()[0].id
    assert "The pot is yours" not in pages(ben).get(f"/pot?won={lost}").text
    assert "The pot is yours" not in pages(ben).get("/pot?won=nonsense").text


def test_script_is_given_the_win(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    answer = pages(ana).post("/pot/messages", scripted=True, **fields(served, ana, price=5, is_lucky=True))
    assert re.search(r'<section class="card win" tabindex="-1" autofocus', answer.text)
    assert answer.text.count("autofocus") == 1, "the win takes the focus, not the form"
    assert "It won the pot: 5 coins" in said(answer)


def test_who_cannot_pay_is_told_why_in_place_of_the_button(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    served.give(ana, -97)
    page = pages(ana).get("/pot")
    assert "Your next message costs 5, and you have 3." in said(page)
    assert "Send for" not in page.text
    answer = pages(ana).post("/pot/messages", **fields(served, ana, price=5))
    assert answer.status_code == 409
    assert served.messages() == []


def test_day_s_limit_is_shown_once_half_of_it_is_used(served: Parlour, pages: Open) -> None:
    served.begin(daily_limit=20)
    ana = served.make_member()
    browser, dull = pages(ana), served.unlucky(ana, until=9)
    served.send(ana, client_seed=dull)
    assert "limit allows are used" not in browser.get("/pot").text
    served.send(ana, client_seed=dull)
    page = browser.get("/pot")
    assert "15 of the 20 coins that your day's limit allows are used" in said(page)
    assert "Your next message costs 15, and your day's limit leaves 5." in said(page)


def test_who_asked_for_a_pause_has_no_form(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    browser = pages(ana)
    assert browser.post("/pot/pause", days="7", is_meant="true").status_code == 303
    page = browser.get("/pot")
    assert "You asked for a pause until" in said(page)
    assert "<textarea" not in page.text
    assert browser.post("/pot/messages", **fields(served, ana, price=5)).status_code == 409


def test_reply_that_is_on_its_way_is_fetched_when_it_is_there(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    message = waiting(served, ana)
    page = pages(ana).get("/pot")
    assert "The bot is writing…" in said(page)
    assert f'hx-get="/pot/messages/{message}" hx-trigger="reply.ready from:#live' in page.text
    assert pages(ana).get(f"/pot/messages/{message}").headers["location"] == "/pot"
    assert "The bot is writing…" in pages(ana).get(f"/pot/messages/{message}", scripted=True).text
    assert pages(served.make_member()).get(f"/pot/messages/{message}", scripted=True).status_code == 404


@pytest.mark.parametrize("scripted", [True, False])
def test_reply_that_failed_can_be_asked_for_again(served: Parlour, pages: Open, scripted: bool) -> None:
    served.begin()
    ana, ben = served.make_member(), served.make_member()
    message = waiting(served, ana)
    served.post_now(PutOffReply(message, None))
    path, before = f"/pot/messages/{message}/retry", served.coins(ana)
    assert "Asking again costs nothing." in said(pages(ana).get("/pot"))
    assert pages(ben).post(path, scripted=True).status_code == 404
    answer = pages(ana).post(path, scripted=scripted)
    assert answer.status_code == (200 if scripted else 303)
    assert served.message(message).reply_status == "answered"
    assert served.coins(ana) == before
    again = pages(ana).post(path)
    assert again.headers["location"] == "/pot"
    assert pages(ana).post(path, scripted=True).status_code == 409


def test_price_that_was_returned_is_told(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    row = served.message(waiting(served, ana))
    served.post_now(RefundMessage(row.id, ana.id, row.pot, row.day))
    assert "Its price, 5 coins, was returned." in said(pages(ana).get("/pot"))


def test_older_messages_follow_page_by_page(served: Parlour, pages: Open) -> None:
    served.begin(price={"kind": "capped", "step": 1, "most": 1})
    ana, ben = served.make_member(), served.make_member()
    dull = served.unlucky(ana, until=25)
    for number in range(25):
        served.send(ana, f"Message no. {number:02}", client_seed=dull)
        served.later(seconds=1)
    served.send(ben, "Ben's own", client_seed=served.unlucky(ben, until=26))
    browser = pages(ana)
    page = browser.get("/pot")
    assert re.findall(r"Message no\. (\d\d)", page.text) == [f"{number:02}" for number in range(5, 25)]
    assert "Ben's own" not in unescape(page.text)
    older = re.search(r'href="(/pot\?cursor=[^"]+)" hx-get', page.text)
    assert older is not None
    part = browser.get(unescape(older[1]), scripted=True)
    assert re.findall(r"Message no\. (\d\d)", part.text) == [f"{number:02}" for number in range(5)]
    assert "<html" not in part.text
    whole = browser.get(unescape(older[1]))
    assert "Back to the latest" in said(whole)
    assert "<textarea" not in whole.text
    assert browser.get("/pot?cursor=nonsense").status_code == 422


def test_home_tells_of_the_pot(served: Parlour, pages: Open) -> None:
    served.begin()
    ana, ben = served.make_member(), served.make_member()
    served.send(ben, client_seed=served.unlucky(ben, until=1))
    page = said(pages(ana).get("/"))
    assert "In it now 5 coins You have 100 coins · your next message costs 5" in page


def test_first_look_begins_the_first_round(served: Parlour, pages: Open) -> None:
    assert "In the pot Live 0 coins" in said(pages(served.make_member()).get("/pot"))
    assert served.pot().round == 1


def test_strangers_are_led_to_sign_in(served: Parlour) -> None:
    for path in ("/pot", "/pot/now", "/pot/coins", "/pot/rounds", "/pot/rounds/1", "/pot/rounds/1/proof.json"):
        answer = served.http.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
        assert answer.headers.get("location", "").startswith("/sign-in"), path


def test_clock_of_a_message_is_its_writer_s(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    served.send(ana, client_seed=served.unlucky(ana, until=1))
    served.clock.advance(timedelta(minutes=5))
    assert "5 min. ago · 5 coins · round 1, no. 1" in said(pages(ana).get("/pot"))


def test_reply_of_a_model_is_waited_for(parlour: Parlour, sign_in: SignIn) -> None:
    is_let = Event()
    with an_openai_server() as server, parlour.open_wide(**server.settings):
        parlour.serve()
        parlour.begin()
        server.say("Late, and still.", waits=is_let)
        ana = parlour.make_member()
        headers = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
        parlour.http.cookies.update(sign_in(ana).cookies)
        token = re.search(r'name="csrf-token" content="([^"]+)"', parlour.http.get("/pot", headers=headers).text)
        assert token is not None
        sent = {"csrf_token": token[1], **fields(parlour, ana, price=5)}
        answer = parlour.http.post("/pot/messages", data=sent, headers=headers | SCRIPTED)
        is_let.set()
        assert answer.status_code == 200, answer.text
        assert 'hx-trigger="load delay:1s, reply.ready from:#live' in answer.text, "it may come before the page can hear of it"
        assert "The bot is writing…" in said(answer)
