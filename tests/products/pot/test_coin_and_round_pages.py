"""Pages of coins, limits and pauses, and of rounds, as a browser without scripts asks for them; what open pages are told."""

from collections.abc import Callable
import hashlib
import hmac
import re

import orjson
import pytest

from conftest import NOW
from laurels.identity.tables import Member
from laurels.ledger.outbox import Told
from laurels.products.pot.facts import CoinsChanged, MessagePaid, PotWon, ReplyReady
from laurels.products.pot.live import POT_CHANGED, Telling, tell_owners, tell_pot, tell_waiting
from laurels.web.live import Message, member_topic
from products.pot.parlour import FIRST_SEED, Parlour
from products.pot.test_pages import said
from products.recognition.paper import Paper, errors_in

pytestmark = pytest.mark.any_database

Open = Callable[[Member], Paper]


def play(parlour: Parlour, *members: Member) -> None:
    """A round that the last of these wins."""
    parlour.begin()
    for place, who in enumerate(members[:-1], 1):
        parlour.send(who, client_seed=parlour.unlucky(who, until=place))
    parlour.send(members[-1], client_seed=parlour.lucky(members[-1], wins_at=len(members)))


def test_statement_tells_what_came_and_went(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    served.give(ana, 50)
    served.send(ana, client_seed=served.lucky(ana, wins_at=1))
    page = said(pages(ana).get("/pot/coins"))
    for line in ("To begin with", "+100 100", "Added by staff a test", "+50 150", "A message", "-5 145", "You won the pot", "+5 150"):
        assert line in page
    assert "Each week brings 50 up to 200 in all" in page
    assert "Completing a quest +10" in page


def test_statement_goes_on_page_by_page(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    for amount in range(1, 31):
        served.give(ana, amount)
    browser = pages(ana)
    first = browser.get("/pot/coins")
    following = re.search(r'href="(/pot/coins\?cursor=[^"]+)"', first.text)
    assert following is not None
    second = said(browser.get(following[1]))
    assert "+6 " in said(first)
    assert "To begin with" not in said(first)
    assert "+5 115" in second
    assert "To begin with" in second


def test_lower_limit_holds_at_once_and_a_higher_one_from_tomorrow(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    browser = pages(ana)
    assert browser.post("/pot/limits", daily_limit="40").headers["location"] == "/pot/coins"
    assert browser.told("/pot/coins") == "Your limit holds now."
    assert "0 of 40 coins are used today" in said(browser.get("/pot/coins"))
    browser.post("/pot/limits", daily_limit="")
    page = said(browser.get("/pot/coins"))
    assert "0 of 40 coins are used today" in page
    assert "From tomorrow on you have no limit of your own." in page


@pytest.mark.parametrize("typed", ["-1", "ten", "1.5", "9999999999999"])
def test_limit_that_is_no_number_of_coins_changes_nothing(served: Parlour, pages: Open, typed: str) -> None:
    served.begin()
    browser = pages(served.make_member())
    answer = browser.post("/pot/limits", daily_limit=typed)
    assert answer.status_code == 422
    assert errors_in(answer) == {"daily_limit": "Type whole coins, or nothing for no limit of your own."}
    assert "of 10,000 coins are used today" in said(browser.get("/pot/coins"))


def test_pause_has_to_be_meant(served: Parlour, pages: Open) -> None:
    served.begin()
    browser = pages(served.make_member())
    answer = browser.post("/pot/pause", days="365")
    assert answer.status_code == 422
    assert errors_in(answer) == {"is_meant": "Tick this, so that no pause begins by accident."}
    assert set(errors_in(browser.post("/pot/pause", days="366"))) == {"days", "is_meant"}
    assert "You asked for a pause" not in browser.get("/pot/coins").text


def test_rounds_are_listed_with_who_won(served: Parlour, pages: Open) -> None:
    ana, ben = served.make_member(display_name="Ana"), served.make_member(display_name="Ben")
    play(served, ana, ben)
    page = said(pages(ben).get("/pot/rounds"))
    assert "Round 2 goes on 0 coins 0 messages" in page
    assert re.search(r"Round 1 Ben you Nov 20, 2026, .* 2 10", page)


def test_round_that_ended_tells_all_that_verifies_it(served: Parlour, pages: Open) -> None:
    ana, ben = served.make_member(), served.make_member(display_name="Ben")
    play(served, ana, ana, ben)
    [row] = served.rounds()
    page = pages(ana).get("/pot/rounds/1")
    for part in (row.commitment, row.seed, row.params_hash, "Every message wins with a chance of 1 in 10 (10%)."):
        assert part in page.text
    assert page.text.count('<tr class="me">') == 2
    proof = orjson.loads(pages(ana).get("/pot/rounds/1/proof.json").content)
    assert hashlib.sha256(proof["params"].encode()).hexdigest() == proof["params_hash"]
    seed = bytes.fromhex(proof["seed"])
    head = f"pot-v1|{proof['label']}|{proof['params_hash']}|".encode()
    assert (seed, hashlib.sha256(head + seed).hexdigest()) == (FIRST_SEED, proof["commitment"])
    for draw in proof["draws"]:
        text = f"{proof['label']}|{draw['number']}|{draw['member']}|{draw['client_seed']}"
        drawn = int.from_bytes(hmac.digest(seed, text.encode(), "sha256"), "big")
        assert (drawn < draw["ppm"] * 2**256 // 10**6) is (draw["prize"] > 0)
    assert [(draw["number"], draw["prize"]) for draw in proof["draws"]] == [(1, 0), (2, 0), (3, 20)]
    assert (proof["ended_by"], proof["winner"], proof["amount"]) == ("won", str(ben.id), 20)


def test_round_that_goes_on_keeps_its_seed(served: Parlour, pages: Open) -> None:
    served.begin()
    ana = served.make_member()
    served.send(ana, client_seed=served.unlucky(ana, until=1))
    page = pages(ana).get("/pot/rounds/1")
    assert served.pot().commitment in page.text
    assert FIRST_SEED.hex() not in page.text
    assert "This round goes on." in said(page)
    assert "Verify in this browser" not in page.text
    assert pages(ana).get("/pot/rounds/1/proof.json").status_code == 409
    for path in ("/pot/rounds/2", "/pot/rounds/2/proof.json"):
        assert pages(ana).get(path).status_code == 404
    assert pages(ana).get("/pot/rounds/0").status_code in (404, 422)


def test_draws_go_on_page_by_page(served: Parlour, pages: Open) -> None:
    served.begin(price={"kind": "capped", "step": 1, "most": 1})
    ana = served.make_member()
    dull = served.unlucky(ana, until=53)
    for _ in range(53):
        served.send(ana, client_seed=dull)
    first = pages(ana).get("/pot/rounds/1")
    following = re.search(r'href="(/pot/rounds/1\?cursor=[^"]+)"', first.text)
    assert following is not None
    assert (first.text.count("not won"), pages(ana).get(following[1]).text.count("not won")) == (50, 3)


def told(fact: object, name: str) -> Told:
    """A fact as the outbox tells it."""
    return Told("pot", 1, 0, name, orjson.dumps(fact).decode(), NOW)


def test_open_pages_are_told_what_the_pot_holds_last(served: Parlour) -> None:
    ana = served.make_member(display_name="Ana")
    facts = [MessagePaid("main", ana.id, ana.id, 1, n, 5, left=5 * n, current=1, messages=n) for n in (1, 2)]
    elsewhere = MessagePaid("other", ana.id, ana.id, 1, 1, 5, left=999, current=1, messages=1)
    [message] = tell_pot([told(fact, MessagePaid.name) for fact in (*facts, elsewhere)])
    assert message == Message("pot", POT_CHANGED, b'{"pot":10,"round":1,"messages":2}')
    assert list(tell_pot([told(elsewhere, MessagePaid.name)])) == []


def test_win_is_told_with_its_winner_s_name(served: Parlour) -> None:
    ana = served.make_member(display_name="Ana")
    [message] = Telling(served.app.state.context).tell([told(PotWon("main", ana.id, ana.id, 7, 75), PotWon.name)])
    assert (message.topic, message.event) == ("pot", "pot.won")
    assert orjson.loads(message.data) == {"name": "Ana", "prize": 75, "round": 7, "member": str(ana.id)}


def test_members_are_told_of_their_own_coins_and_replies(served: Parlour) -> None:
    ana = served.make_member()
    changed = told(CoinsChanged(ana.id, "top_up", 5, 105), CoinsChanged.name)
    assert tell_owners([changed, changed]) == [Message(member_topic(ana.id), "coins.changed")]
    ready = told(ReplyReady(ana.id, ana.id, "answered"), ReplyReady.name)
    assert tell_waiting([ready]) == [Message(member_topic(ana.id), "reply.ready")]
