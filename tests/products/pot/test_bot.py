"""The built-in bot: what it understands, and that it says only what is so."""

from dataclasses import replace
import re

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.core.ids import new_id
from laurels.products.pot.bot import Topic, built_in_reply, understand
from laurels.products.pot.bounds import MAX_REPLY
from laurels.products.pot.decisions import Paid
from laurels.products.pot.rules import DEFAULT_RULES, CappedPrice, FallingOdds, PotRules
from laurels.web.language import languages

LOST = Paid(
    message=new_id(),
    round=3,
    number=7,
    price_number=4,
    price=20,
    ppm=100_000,
    prize=0,
    balance=1_075,
    pot=12_345,
    current=3,
    next_price=25,
    messages=4,
)
WON = replace(LOST, prize=12_345, pot=0, current=4, balance=13_420)
EVERY = [None, *Topic]


def reply(topic: Topic | None, done: Paid = LOST, rules: PotRules = DEFAULT_RULES, language: str = "en") -> str:
    return built_in_reply(topic, done, rules, rules.params(), language=language)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Hello there", Topic.GREETING),
        ("¡Hola!", Topic.GREETING),
        ("Who are you?", Topic.WHO),
        ("¿Quién eres?", Topic.WHO),
        ("Are you a real person?", Topic.WHO),
        ("What does a message COST?", Topic.PRICE),
        ("¿Cuánto cuesta?", Topic.PRICE),
        ("How much is in the pot?", Topic.POT),
        ("¿Qué hay en el bote?", Topic.POT),
        ("hello, what are my odds", Topic.ODDS),
        ("Is this rigged?", Topic.ODDS),
        ("¿Qué probabilidad tengo?", Topic.ODDS),
        ("How do I verify a draw?", Topic.ODDS),
        ("What is my balance?", Topic.COINS),
        ("mis monedas", Topic.COINS),
        ("What are the rules?", Topic.RULES),
        ("¿Cómo funciona?", Topic.RULES),
        ("Did I win?", Topic.WON),
        ("¿He ganado?", Topic.WON),
        ("thx", Topic.THANKS),
        ("Muchas gracias", Topic.THANKS),
        ("I want to stop, the odds are bad", Topic.HOLDING_BACK),
        ("i lost it all", Topic.HOLDING_BACK),
        ("quiero dejarlo", Topic.HOLDING_BACK),
        ("He perdido mucho", Topic.HOLDING_BACK),
        ("Is there a daily limit?", Topic.HOLDING_BACK),
        ("Tell me about octopuses", None),
        ("Quote a spotless display", None),
    ],
)
def test_a_message_is_about_what_its_words_say(words: str, topic: Topic | None) -> None:
    assert understand(words) is topic


def test_accents_and_composed_letters_make_no_difference() -> None:
    assert understand("cómo funciona") is understand("co\u0301mo funciona") is understand("COMO FUNCIONA") is Topic.RULES


@given(st.text(max_size=2_000))
def test_any_text_gets_a_reply_that_fits(words: str) -> None:
    said = reply(understand(words))
    assert 0 < len(said) <= MAX_REPLY


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("topic", EVERY)
@pytest.mark.parametrize("done", [LOST, WON])
def test_every_sentence_is_filled_in_every_language(topic: Topic | None, done: Paid, language: str) -> None:
    said = reply(topic, done, language=language)
    assert said
    assert not re.search(r"[{}]|None|  ", said), said


@pytest.mark.parametrize("topic", EVERY)
def test_a_win_is_told_first_and_never_called_lost(topic: Topic | None) -> None:
    said = reply(topic, WON)
    assert said.startswith("Congratulations! This message won the pot: 12,345 coins. You have 13,420 now")
    assert "didn't win" not in said


@pytest.mark.parametrize("topic", EVERY)
@pytest.mark.parametrize("done", [LOST, WON])
def test_no_reply_urges_to_send_more(topic: Topic | None, done: Paid) -> None:
    said = reply(topic, done).lower()
    assert not re.search(r"again|try|once more|another message|keep going|good luck|next time|so close|almost|nearly|soon", said), said


def test_who_wants_to_hold_back_hears_where_and_nothing_of_what_could_be_won() -> None:
    said = reply(Topic.HOLDING_BACK)
    assert "Coins and limits" in said
    assert "pause of up to 365 days" in said
    assert "10,000 coins a day" in said
    assert not re.search(r"12,345|win|pot", said), said
    assert "a day" not in reply(Topic.HOLDING_BACK, rules=DEFAULT_RULES.model_copy(update={"daily_limit": None}))


def test_numbers_are_those_of_the_message_and_the_rules() -> None:
    assert reply(Topic.PRICE).startswith("This message cost 20 and didn't win. As things stand, your next message would cost 25.")
    assert "The pot holds 12,345 coins." in reply(Topic.POT)
    assert "1 in 10 (10%)" in reply(Topic.ODDS)
    assert "You have 1,075 coins. Each week brings 50, and fills your purse up to 200 at most." in reply(Topic.COINS)
    assert "no weekly allowance" in reply(Topic.COINS, rules=PotRules(weekly_allowance=0))
    assert "an AI model" in reply(Topic.WHO)
    assert reply(None).startswith("I didn't understand this one. I am the pot's built-in bot")


def test_the_rules_are_told_as_the_round_is_drawn_by() -> None:
    said = reply(
        Topic.RULES, rules=PotRules(price=CappedPrice(kind="capped", step=3, most=30), odds=FallingOdds(kind="falling", ppm=50_000))
    )
    assert "costs 3 more than the one before, up to 30" in said
    assert "1 in 20 (5%) at most" in said
