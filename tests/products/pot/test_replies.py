"""Replies that a model writes after their message: over real HTTP, by a server that a test tells what to answer."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any
from uuid import UUID

from pydantic import SecretStr
import pytest

from laurels.core.errors import Missing
from laurels.identity.tables import Member
from laurels.ledger.writer import Proposal
from laurels.model import open_model
from laurels.products.pot.accounts import ISSUED
from laurels.products.pot.actions.replying import answer_message, await_reply, retry_reply
from laurels.products.pot.bounds import MAX_REPLY
from laurels.products.pot.decisions import TakeReply
from laurels.products.pot.errors import ReplySettled, ReplyUnderWay
from laurels.products.pot.house import House
from laurels.products.pot.jobs import answer_left
from laurels.products.pot.personal import erase_pot
from laurels.products.pot.queries import due_replies
from laurels.products.pot.tables import PotMessage
from laurels.web.caller import Caller
from products.pot.chatting import said, say
from products.pot.parlour import Parlour
from support.openai_server import OpenAIServer, an_openai_server
from support.plans import Plans

HOUR = timedelta(hours=1)


class Salon:
    """A parlour whose bot is a model, and the server that it asks."""

    def __init__(self, parlour: Parlour, server: OpenAIServer) -> None:
        self.parlour = parlour
        self.server = server

    @property
    def house(self) -> House:
        house: House = self.parlour.app.state.pot
        return house

    @contextmanager
    def open(self, **changed: Any) -> Iterator[None]:
        """Serve, with the model's settings changed by name."""
        with self.parlour.open(**(self.server.settings | changed)):
            self.parlour.serve()
            yield

    def on_loop(self, work: Any, *args: Any) -> Any:
        """Await something on the server's event loop."""
        return self.parlour.http.portal.call(work, *args)

    def send(self, who: Member, words: str = "Hello", **more: Any) -> PotMessage:
        """Send a message, and see its first try ended."""
        sent = said(self.parlour, who, words, **more)
        return self.settled(UUID(sent["message_id"]))

    def settled(self, message_id: UUID) -> PotMessage:
        """A message once this process isn't at it any more."""
        self.on_loop(self.house.errands.wait_for, message_id, 30)
        return self.parlour.message(message_id)

    def left_behind(self, who: Member, words: str = "Hello") -> UUID:
        """A message that was paid for by a process that died before it asked."""
        return self.parlour.send(who, words, answer=None, client_seed=self.parlour.unlucky(who, until=12)).message

    def answer_left(self, **changed: Any) -> None:
        """Run the job, as a worker has it."""
        settings = self.parlour.place.settings.model_copy(update=self.server.settings | changed)
        answer_left(self.parlour.job(), House(self.parlour.seeds, open_model(settings, clock=self.parlour.clock)))

    def retry(self, who: Member, message_id: UUID) -> PotMessage:
        """Have a message's reply asked for again by a member; gives it once that try has ended."""
        context = self.parlour.app.state.context
        caller = Caller(who.id, "member", who.id, who.student_id, who.display_name, who.time_zone, who.locale, "bearer")
        self.on_loop(retry_reply, context, self.house, caller, message_id)
        return self.settled(message_id)


@pytest.fixture
def salon(parlour: Parlour) -> Iterator[Salon]:
    """A salon whose first round has begun; `with salon.open():` serves it."""
    with an_openai_server() as server:
        parlour.begin()
        yield Salon(parlour, server)


def dull(salon: Salon, who: Member) -> str:
    return salon.parlour.unlucky(who, until=12)


def test_a_model_is_asked_after_the_message_is_paid_for(salon: Salon) -> None:
    ana, gate = salon.parlour.make_member(), Event()
    salon.server.say("It is\u202e eight-armed.\t", " Indeed.", waits=gate)
    with salon.open(community_name="Escuela"):
        sent = said(salon.parlour, ana, "What is an octopus?", client_seed=dull(salon, ana))
        assert (sent["reply"], sent["reply_status"], sent["balance"]) == (None, "pending", 95)
        gate.set()
        row = salon.settled(UUID(sent["message_id"]))
    assert (row.reply, row.reply_status, row.tries, row.next_try_at) == ("It is eight-armed.  Indeed.", "answered", 1, None)
    assert salon.parlour.told("pot.replied") == [{"message": str(row.id), "member": str(ana.id), "status": "answered"}]
    system, user = salon.server.got[0].messages
    assert user == {"role": "user", "content": "What is an octopus?"}
    assert system["role"] == "system"
    for told in (
        "the online community Escuela",
        "It cost 5 coins. It didn't win.",
        "1 in 10 (10%)",
        "The pot holds 5 coins now.",
        "has 95 coins now, and their next message would cost 10.",
        "Nobody puts more than 10000 coins in a day.",
        "in English",
    ):
        assert told in system["content"]


def test_a_model_is_shown_its_writers_last_ten_messages_and_nobody_elses(salon: Salon) -> None:
    ana, bo = salon.parlour.make_member(locale="es"), salon.parlour.make_member()
    salon.parlour.give(ana, 10_000)
    with salon.open():
        salon.send(bo, "bo's secret")
        for number in range(12):
            salon.server.say(f"reply {number} " + "z" * 600)
            salon.send(ana, f"message {number} " + "y" * 600)
            salon.parlour.later(seconds=1)
        salon.server.fail(401)
        salon.send(ana, "not answered")
        salon.parlour.later(seconds=1)
        salon.send(ana, "the last one")
    asked = salon.server.got[-1].messages
    assert [one["role"] for one in asked] == ["system", *["user", "assistant"] * 9, "user"], "the tenth has no reply to show"
    assert [one["content"][:10] for one in asked[1:3]] == ["message 3 ", "reply 3 zz"]
    assert {len(one["content"]) for one in asked[1:-1]} == {502}
    assert asked[-1]["content"] == "the last one"
    assert "bo's secret" not in str(asked)
    assert "in Spanish" in asked[0]["content"]


def test_a_win_is_told_to_the_model(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    with salon.open():
        row = salon.send(ana, client_seed=salon.parlour.lucky(ana, wins_at=1))
    assert row.prize == 5
    assert "It won the pot: 5 coins. Congratulate first." in salon.server.got[0].messages[0]["content"]


def test_who_waits_gets_the_reply(salon: Salon) -> None:
    ana, gate = salon.parlour.make_member(), Event()
    salon.server.say("Here.", waits=gate)
    with salon.open():
        sent = said(salon.parlour, ana, client_seed=dull(salon, ana))
        message_id = UUID(sent["message_id"])
        context = salon.parlour.app.state.context
        assert salon.on_loop(await_reply, context, salon.house, message_id, 0).reply_status == "pending"
        waiting = salon.parlour.http.portal.start_task_soon(await_reply, context, salon.house, message_id, 20)
        gate.set()
        assert waiting.result(timeout=30).reply == "Here."
        assert salon.on_loop(await_reply, context, salon.house, message_id, 20).reply == "Here."


def test_over_http_prefer_wait_gets_the_reply_also_of_another_try(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    salon.server.fail(401)
    with salon.open():
        headers = salon.parlour.headers(ana) | {"Prefer": "wait"}
        sent = salon.parlour.ask(headers, "POST", "/messaging/send", json={"message": "Hello"})
        assert (sent.status_code, sent.json()["reply_status"], sent.headers["preference-applied"]) == (201, "failed", "wait")
        again = salon.parlour.ask(headers, "POST", f"/messaging/messages/{sent.json()['message_id']}/retry")
        assert (again.status_code, again.json()["reply"], again.json()["reply_status"]) == (200, "Hello there.", "answered")
        assert salon.parlour.ask(headers, "POST", "/messaging/send", json={"message": "More"}).json()["reply"] == "Hello there."


def test_a_first_try_that_fails_is_made_again_by_the_job(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    salon.server.fail(500)
    with salon.open():
        row = salon.send(ana, client_seed=dull(salon, ana))
    assert (row.reply_status, row.tries, row.next_try_at) == ("pending", 1, salon.parlour.clock.at + timedelta(seconds=10))
    salon.answer_left()
    assert len(salon.server.got) == 1, "it isn't due yet"
    salon.parlour.later(seconds=10)
    salon.answer_left()
    row = salon.parlour.message(row.id)
    assert (row.reply, row.reply_status, row.tries) == ("Hello there.", "answered", 2)
    assert salon.parlour.coins(ana) == 95


def test_a_server_that_names_a_longer_wait_gets_it(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    salon.server.fail(429, headers={"Retry-After": "120"})
    with salon.open():
        row = salon.send(ana, client_seed=dull(salon, ana))
    assert row.next_try_at == salon.parlour.clock.at + timedelta(seconds=120)


def test_a_reply_that_breaks_off_isnt_kept(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    salon.server.say("Half of", " it", ends=False)
    with salon.open():
        row = salon.send(ana, client_seed=dull(salon, ana))
        assert (row.reply, row.reply_status) == (None, "pending")
        salon.parlour.later(seconds=10)
        salon.answer_left()
    assert salon.parlour.message(row.id).reply == "Hello there."


def test_after_six_tries_only_its_writer_has_it_tried_again(salon: Salon) -> None:
    ana, bo = salon.parlour.make_member(), salon.parlour.make_member()
    waits = []
    with salon.open():
        salon.server.fail(503)
        row = salon.send(ana, client_seed=dull(salon, ana))
        while row.next_try_at is not None:
            waits.append(row.next_try_at - salon.parlour.clock.at)
            salon.parlour.clock.set(row.next_try_at)
            salon.server.fail(503)
            salon.answer_left()
            row = salon.parlour.message(row.id)
        assert waits == [timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), HOUR]
        assert (row.reply_status, row.tries, len(salon.server.got)) == ("failed", 6, 6)
        salon.parlour.later(days=30)
        salon.answer_left()
        assert len(salon.server.got) == 6
        with pytest.raises(Missing):
            salon.retry(bo, row.id)
        salon.server.fail(503)
        assert salon.retry(ana, row.id).reply_status == "failed", "one try for each asking"
        assert salon.retry(ana, row.id).reply == "Hello there."
        with pytest.raises(ReplySettled):
            salon.retry(ana, row.id)
    assert salon.parlour.postings(ana) == [("start", 100, 100), ("message", -5, 95)]


def test_what_is_under_way_isnt_asked_for_by_hand(salon: Salon) -> None:
    ana, gate = salon.parlour.make_member(), Event()
    salon.server.say("Slowly.", waits=gate)
    with salon.open():
        sent = said(salon.parlour, ana, client_seed=dull(salon, ana))
        with pytest.raises(ReplyUnderWay):
            salon.retry(ana, UUID(sent["message_id"]))
        gate.set()
        assert salon.settled(UUID(sent["message_id"])).reply == "Slowly."
    assert len(salon.server.got) == 1


def test_a_wrong_key_fails_at_once_and_by_the_rules_the_price_goes_back(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    seed = dull(salon, ana)
    with salon.open(openai_api_key=SecretStr("sk-wrong")):
        row = salon.send(ana, client_seed=seed)
        assert (row.reply_status, row.tries, row.is_refunded) == ("failed", 1, False)
        salon.parlour.set_rules(on_failed_reply="refund")
        salon.parlour.later(seconds=1)
        row = salon.send(ana, client_seed=seed)
        assert (row.reply_status, row.is_refunded) == ("failed", True)
        quote = salon.parlour.read(ana, "/messaging/quote")
    assert salon.parlour.postings(ana) == [("start", 100, 100), ("message", -5, 95), ("message", -10, 85), ("refund", 10, 95)]
    assert salon.parlour.in_pot() == 5
    assert (quote["price"], quote["message_number"]) == (15, 3), "the count and the next price stay"
    assert salon.parlour.told("pot.replied")[-1]["status"] == "refunded"


def test_after_its_round_a_price_goes_back_out_of_new_coins(salon: Salon) -> None:
    ana, bo = salon.parlour.make_member(), salon.parlour.make_member()
    salon.parlour.set_rules(on_failed_reply="refund")
    left = salon.left_behind(ana)
    salon.parlour.send(bo, client_seed=salon.parlour.lucky(bo, wins_at=2))
    assert (salon.parlour.in_pot(), salon.parlour.coins(bo)) == (0, 105)
    issued = salon.parlour.held(ISSUED)
    salon.parlour.later(seconds=90)
    salon.answer_left(openai_api_key=SecretStr("sk-wrong"))
    assert salon.parlour.message(left).is_refunded
    assert (salon.parlour.coins(ana), salon.parlour.coins(bo), salon.parlour.in_pot()) == (100, 105, 0)
    assert salon.parlour.held(ISSUED) == issued - 5


def test_a_message_that_won_keeps_its_prize_and_waits_to_be_asked_for(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    salon.parlour.set_rules(on_failed_reply="refund")
    with salon.open(openai_api_key=SecretStr("sk-wrong")):
        row = salon.send(ana, client_seed=salon.parlour.lucky(ana, wins_at=1))
    assert (row.prize, row.reply_status, row.is_refunded) == (5, "failed", False)
    assert salon.parlour.postings(ana) == [("start", 100, 100), ("message", -5, 95), ("prize", 5, 100)]


def test_what_a_process_left_that_died_is_answered_when_its_lease_is_over(salon: Salon) -> None:
    left = salon.left_behind(salon.parlour.make_member(), "Anybody there?")
    salon.parlour.later(seconds=89)
    salon.answer_left()
    assert not salon.server.got
    salon.parlour.later(seconds=1)
    salon.answer_left()
    assert salon.parlour.message(left).reply == "Hello there."
    assert salon.server.got[0].messages[-1]["content"] == "Anybody there?"


def test_two_workers_at_once_ask_once_for_each_message(salon: Salon) -> None:
    who = [salon.parlour.make_member() for _ in range(12)]
    left = [salon.left_behind(one, f"from {number}") for number, one in enumerate(who)]
    salon.parlour.later(seconds=90)
    salon.parlour.together(salon.answer_left, salon.answer_left)
    assert sorted(asked.messages[-1]["content"] for asked in salon.server.got) == sorted(f"from {number}" for number in range(12))
    assert {salon.parlour.message(one).reply_status for one in left} == {"answered"}


def test_the_same_request_again_asks_no_second_time(salon: Salon) -> None:
    ana, gate = salon.parlour.make_member(), Event()
    salon.server.say("Once.", waits=gate)
    with salon.open():
        first = say(salon.parlour, ana, key="k").json()
        again = say(salon.parlour, ana, key="k").json()
        assert (again["message_id"], again["reply_status"]) == (first["message_id"], "pending")
        gate.set()
        salon.settled(UUID(first["message_id"]))
        assert say(salon.parlour, ana, key="k").json()["reply"] == "Once."
    assert len(salon.server.got) == 1


def test_a_server_that_ends_leaves_what_it_asks_for_to_the_job(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    salon.server.say("Never", hangs=True)
    with salon.open():
        sent = said(salon.parlour, ana, client_seed=dull(salon, ana))
        assert salon.server.reached.wait(30)
    assert salon.server.left.wait(30), "the model is left alone"
    row = salon.parlour.message(UUID(sent["message_id"]))
    assert (row.reply_status, row.tries) == ("pending", 0)
    salon.parlour.later(seconds=90)
    salon.answer_left()
    assert salon.parlour.message(row.id).reply == "Hello there."


def test_a_job_whose_process_wants_to_end_leaves_the_model_alone(salon: Salon) -> None:
    left = salon.left_behind(salon.parlour.make_member())
    salon.parlour.later(seconds=90)
    salon.server.say("Never", hangs=True)
    settings = salon.parlour.place.settings.model_copy(update=salon.server.settings)
    house = House(salon.parlour.seeds, open_model(settings, clock=salon.parlour.clock))
    answer_left(replace(salon.parlour.job(), is_stopping=salon.server.reached.is_set), house)
    row = salon.parlour.message(left)
    assert (row.reply_status, row.next_try_at) == ("pending", salon.parlour.clock.at + timedelta(seconds=90))


def test_where_the_model_is_taken_away_the_built_in_bot_answers_what_is_left(salon: Salon) -> None:
    ana = salon.parlour.make_member()
    left = salon.left_behind(ana, "What is my balance?")
    salon.parlour.later(seconds=90)
    answer_left(salon.parlour.job(), salon.parlour.house)
    assert "You have 95 coins." in (salon.parlour.message(left).reply or "")
    failed = salon.left_behind(ana)
    with salon.parlour.open():
        salon.parlour.serve()
        salon.parlour.later(seconds=90)
        assert salon.retry(ana, failed).reply_status == "answered"
    assert not salon.server.got


def test_nothing_is_written_to_who_was_erased_meanwhile(salon: Salon) -> None:
    ana, bo, gate = salon.parlour.make_member(), salon.parlour.make_member(), Event()
    salon.server.say("Too late.", waits=gate)
    with salon.open():
        sent = said(salon.parlour, ana, client_seed=dull(salon, ana))
        assert salon.server.reached.wait(30)
        erase(salon, ana)
        gate.set()
        row = salon.settled(UUID(sent["message_id"]))
    assert (row.reply, row.reply_status, row.next_try_at) == (None, "failed", None)
    left = salon.left_behind(bo)
    erase(salon, bo)
    assert asyncio.run(answer_message(salon.parlour.place, None, left)) is None, "in hand when it was erased"
    salon.parlour.later(seconds=90)
    salon.answer_left()
    assert (salon.parlour.message(left).reply, len(salon.server.got)) == (None, 1)


def erase(salon: Salon, who: Member) -> None:
    with salon.parlour.database.write.begin() as connection:
        erase_pot(connection, who.id)


@pytest.mark.parametrize(
    ("pieces", "how", "kept"),
    [
        (["Cut by its tok"], {"finish": "length"}, "Cut by its tok …"),
        (["x" * (MAX_REPLY + 1)], {}, "x" * (MAX_REPLY - 2) + " …"),
        (["e\u0301\n\nb "], {}, "\u00e9\n\nb"),
        (["\u200b"], {}, None),
        ([" "], {}, None),
    ],
)
def test_a_reply_is_kept_as_text_that_fits(salon: Salon, pieces: list[str], how: dict[str, Any], kept: str | None) -> None:
    ana = salon.parlour.make_member()
    salon.server.say(*pieces, **how)
    with salon.open():
        row = salon.send(ana, client_seed=dull(salon, ana))
    assert (row.reply, row.reply_status) == (kept, "answered" if kept else "pending")


class Mistaken:
    """A model of ours with a mistake in it: what nobody foresaw."""

    name = "mistaken"
    max_tokens = 16

    async def complete(self, messages: Any, **_: Any) -> Any:
        raise LookupError("a mistake")

    def run_apart(self, work: Any) -> Any:
        return asyncio.run(work(self))


def test_a_mistake_of_ours_counts_as_a_try_and_is_told(salon: Salon) -> None:
    left = [salon.left_behind(salon.parlour.make_member()) for _ in range(2)]
    salon.parlour.later(seconds=90)
    house: Any = House(salon.parlour.seeds, Mistaken())
    with pytest.raises(LookupError):
        answer_left(salon.parlour.job(), house)
    rows = [salon.parlour.message(one) for one in left]
    assert [(row.reply_status, row.tries) for row in rows] == [("pending", 1), ("pending", 1)], "the other one had its turn"


def test_what_goes_wrong_beside_a_request_is_logged(salon: Salon, caplog: pytest.LogCaptureFixture) -> None:
    ana = salon.parlour.make_member()
    with salon.open():
        salon.parlour.app.state.pot = replace(salon.house, model=Mistaken())
        row = salon.send(ana, "my words", client_seed=dull(salon, ana))
    assert (row.reply_status, row.tries) == ("pending", 1)
    assert f"work about {row.id} wasn't done" in caplog.text


def test_a_message_that_is_taken_is_taken_by_one(salon: Salon) -> None:
    left = salon.left_behind(salon.parlour.make_member())
    salon.parlour.later(seconds=90)
    writer, at = salon.parlour.writer, salon.parlour.clock.at
    writer.post_now(Proposal(TakeReply(left), at))
    with pytest.raises(ReplyUnderWay):
        writer.post_now(Proposal(TakeReply(left), at))


def test_the_job_finds_what_is_due_through_its_index(salon: Salon) -> None:
    salon.left_behind(salon.parlour.make_member())
    plans = Plans(salon.parlour.database.read)
    with salon.parlour.database.read.connect() as connection:
        assert due_replies(connection, salon.parlour.clock.at, limit=200) == []
    steps = [step for _, step in plans.steps()]
    assert any("ix_pot_message_due" in step for step in steps), steps
