"""The Streamlit client: coming in, paying for messages, winning and leaving, over a real server's API."""

import socket

import pytest
from streamlit.testing.v1 import AppTest

from clients.counter import PASSWORD, Counter, button, field, numbers, words
from laurels.products.pot.decisions import PutOffReply
from products.pot.chatting import post

pytestmark = pytest.mark.any_database

FAIR = "10%"


def send(tab: AppTest, message: str, price: int, *, client_seed: str = "") -> AppTest:
    """Write a message and press the button, which says the price."""
    field(tab, "Your message").input(message)
    field(tab, "Client seed (optional)").input(client_seed)
    return button(tab, f"Send for {price} coins").click().run()


def test_newcomer_registers_and_is_in(counter: Counter) -> None:
    counter.parlour.begin()
    tab = counter.visit()
    for label, value in {"Student id": "S-77", "Email": "ivo@example.org", "Full name (optional)": "Ivo Petrov"}.items():
        field(tab, label).input(value)
    field(tab, "Choose a password").input(PASSWORD)
    button(tab, "Register").click().run()
    assert "Signed in as Ivo Petrov" in words(tab)
    assert numbers(tab) == {"In the pot": "0", "Your coins": "100", "Chance to win": FAIR}
    assert counter.parlour.pot().commitment in words(tab)
    assert "Your next message costs 5 and wins 10% of the time: 1 in 10." in words(tab)
    assert "Coins can't be exchanged for anything of value." in words(tab)


def test_message_costs_what_the_button_says(counter: Counter) -> None:
    counter.parlour.begin()
    ana = counter.member()
    tab = counter.visit_as(ana)
    send(tab, "What is *in* the pot?", 5, client_seed=counter.parlour.unlucky(ana, until=1))
    assert numbers(tab) == {"In the pot": "5", "Your coins": "95", "Chance to win": FAIR}
    (sent,) = counter.parlour.messages()
    assert (sent.words, sent.price, counter.parlour.coins(ana)) == ("What is *in* the pot?", 5, 95)
    assert "What is *in* the pot?" in words(tab) and str(sent.reply) in words(tab)
    assert button(tab, "Send for 10 coins") and field(tab, "Your message").value == ""


def test_winner_is_told_in_words(counter: Counter) -> None:
    counter.parlour.begin()
    ana = counter.member()
    tab = counter.visit_as(ana)
    send(tab, "One", 5, client_seed=counter.parlour.unlucky(ana, until=1))
    send(tab, "Two", 10, client_seed=counter.parlour.lucky(ana, wins_at=2))
    assert "**The pot is yours: 15 coins!** Your message won round 1. You have 100 coins now" in words(tab)
    assert numbers(tab)["In the pot"] == "0" and numbers(tab)["Your coins"] == "100"
    assert "10 coins · round 1, number 2 · won 15 coins" in words(tab)
    assert len(tab.get("balloons")) == 1
    assert len(tab.run().get("balloons")) == 0, "a win is celebrated once"


def test_wrong_password_is_refused(counter: Counter) -> None:
    ana = counter.member()
    tab = counter.visit()
    field(tab, "Username, email or student id").input(ana.email)
    field(tab, "Password").input("not my password")
    button(tab, "Sign in").click().run()
    assert "This name and password don't belong together. Check both and try again." in words(tab)
    assert not tab.metric


def test_taken_student_id_is_told(counter: Counter) -> None:
    ana = counter.member()
    tab = counter.visit()
    field(tab, "Student id").input(ana.student_id)
    field(tab, "Email").input("new@example.org")
    field(tab, "Choose a password").input(PASSWORD)
    button(tab, "Register").click().run()
    assert "Another member has this student_id." in words(tab)


def test_taken_email_isnt_told_to_others(counter: Counter) -> None:
    ana = counter.member()
    tab = counter.visit()
    field(tab, "Student id").input("S-78")
    field(tab, "Email").input(ana.email)
    field(tab, "Choose a password").input("another quiet lantern")
    button(tab, "Register").click().run()
    assert "If the address had an account already, its owner got a mail instead." in words(tab)
    assert not tab.metric


def test_fields_left_empty_and_wrong_ones_are_told(counter: Counter) -> None:
    tab = counter.visit()
    button(tab, "Sign in").click().run()
    assert "Fill in every field that isn't optional." in words(tab)
    for label in ("Student id", "Email", "Choose a password"):
        field(tab, label).input("short")
    button(tab, "Register").click().run()
    assert "Email: " in words(tab) and "Password: " in words(tab)


def test_moved_price_is_shown_and_asked_for_again(counter: Counter) -> None:
    counter.parlour.begin()
    ana = counter.member()
    tab = counter.visit_as(ana)
    assert post(counter.parlour, ana, "/messaging/send", message="From another tab").status_code == 201
    send(tab, "And from this one", 5)
    assert "Your next message costs 10 now, and you set 5 as the most." in words(tab)
    assert len(counter.parlour.messages()) == 1, "nothing was paid at a price that nobody was shown"
    assert field(tab, "Your message").value == "And from this one"
    button(tab, "Send for 10 coins").click().run()
    assert [one.words for one in counter.parlour.messages()] == ["From another tab", "And from this one"]


def test_lost_answer_is_paid_once(counter: Counter) -> None:
    counter.parlour.begin()
    ana = counter.member()
    tab = counter.visit_as(ana)
    counter.line.losing = 2
    send(tab, "Once, please", 5, client_seed=counter.parlour.unlucky(ana, until=2))
    assert "it isn't known whether it was paid" in words(tab)
    tab.run()
    button(tab, "Send it again").click().run()
    assert "it isn't known whether it was paid" in words(tab), "lost again"
    button(tab, "Send it again").click().run()
    assert numbers(tab)["Your coins"] == "95"
    assert [one.words for one in counter.parlour.messages()] == ["Once, please"]
    send(tab, "Another", 10, client_seed=counter.parlour.unlucky(ana, until=2))
    assert len(counter.parlour.messages()) == 2


def test_lost_answer_may_be_left(counter: Counter) -> None:
    counter.parlour.begin()
    tab = counter.visit_as(counter.member())
    counter.line.losing = 1
    send(tab, "Once, please", 5)
    button(tab, "Leave it").click().run()
    assert "Once, please" in words(tab) and "isn't known" not in words(tab)
    assert button(tab, "Send for 10 coins") and len(counter.parlour.messages()) == 1


def test_empty_message_isnt_sent(counter: Counter) -> None:
    counter.parlour.begin()
    tab = counter.visit_as(counter.member())
    send(tab, "   ", 5)
    assert "Write something first." in words(tab) and counter.parlour.messages() == []


@pytest.mark.parametrize(
    ("obstacle", "told"),
    [
        ("poor", "Your next message costs 5 coins, and you have 3. The next allowance comes Monday, 23 November 2026, 00:00 (UTC)."),
        ("limit", "more than your limit leaves for today. A new day begins Saturday, 21 November 2026, 00:00 (UTC)."),
        ("pause", "You asked for a pause until Sunday, 22 November 2026, 10:00 (UTC). What you have stays yours."),
    ],
)
def test_what_keeps_from_sending_is_told_instead_of_a_button(counter: Counter, obstacle: str, told: str) -> None:
    parlour, ana = counter.parlour, counter.member()
    parlour.begin(daily_limit=60)
    tab = counter.visit_as(ana)
    assert button(tab, "Send for 5 coins")
    if obstacle == "poor":
        parlour.give(ana, -97)
    elif obstacle == "limit":
        assert post(parlour, ana, "/pot/contribute", amount=56).status_code == 201
    else:
        assert post(parlour, ana, "/pot/pause", days=2).status_code == 200
    send(tab, "Too late", 5)
    assert told in words(tab)
    assert not [one for one in tab.button if one.label.startswith("Send")]
    assert parlour.messages() == []


def test_expired_token_is_renewed(counter: Counter) -> None:
    counter.parlour.begin()
    ana = counter.member()
    tab = counter.visit_as(ana)
    counter.parlour.later(minutes=16)
    send(tab, "Still here", 5, client_seed=counter.parlour.unlucky(ana, until=1))
    assert numbers(tab)["Your coins"] == "95"


def test_ended_session_leads_to_the_door(counter: Counter) -> None:
    counter.parlour.begin()
    tab = counter.visit_as(counter.member())
    counter.parlour.later(days=60)
    send(tab, "Too late", 5)
    assert "Your session has ended. Sign in again." in words(tab)
    assert counter.parlour.messages() == [] and button(tab, "Sign in")


def test_signing_out_ends_the_session_on_the_server(counter: Counter) -> None:
    counter.parlour.begin()
    ana = counter.member()
    tab = counter.visit_as(ana)
    access = tab.session_state["visit"].tokens.access
    bearer = {"Authorization": f"Bearer {access}"}
    assert counter.parlour.get(bearer, "/auth/me").status_code == 200
    button(tab, "Sign out").click().run()
    assert counter.parlour.get(bearer, "/auth/me").status_code == 401
    assert "You are signed out." in words(tab) and not tab.metric
    assert tab.session_state["visit"].tokens is None


def test_older_messages_are_shown_when_asked_for(counter: Counter) -> None:
    counter.parlour.begin(price={"kind": "capped", "step": 1, "most": 1})
    ana = counter.member()
    for number in range(23):
        counter.parlour.send(ana, f"Message {number}.")
    tab = counter.visit_as(ana)
    assert "Message 3." in words(tab) and "Message 2." not in words(tab)
    button(tab, "Older messages").click().run()
    assert words(tab).index("Message 0.") < words(tab).index("Message 22.")
    assert not [one for one in tab.button if one.label == "Older messages"]


def test_reply_that_failed_is_asked_for_again_for_nothing(counter: Counter) -> None:
    parlour, ana = counter.parlour, counter.member()
    parlour.begin()
    sent = parlour.send(ana, "Are you there?", answer=None, client_seed=parlour.unlucky(ana, until=1))
    tab = counter.visit_as(ana)
    assert "The bot is being asked." in words(tab)
    parlour.post_now(PutOffReply(sent.message, None))
    button(tab, "Look again").click().run()
    assert "The bot couldn't answer. Your message counted; asking again costs nothing." in words(tab)
    button(tab, "Ask again").click().run()
    assert parlour.message(sent.message).reply_status == "answered"
    assert "couldn't answer" not in words(tab) and parlour.coins(ana) == 95


def test_server_that_is_away_is_told(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.parlour.begin()
    tab = counter.visit_as(counter.member())
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, and not listening: nobody else takes the port
        monkeypatch.setenv("LAURELS_API", f"http://127.0.0.1:{closed.getsockname()[1]}")
        send(tab, "Anybody there?", 5)
        assert "Laurels can't be reached at http://127.0.0.1:" in words(tab)
    monkeypatch.setenv("LAURELS_API", counter.address)
    button(tab, "Try again").click().run()
    assert [one.words for one in counter.parlour.messages()] == ["Anybody there?"]
