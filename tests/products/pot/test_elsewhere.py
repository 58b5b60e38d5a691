"""The pot among the other products: coins earned elsewhere, webhook events, a member's data."""

from collections.abc import Sequence
from dataclasses import fields

import orjson
import pytest

from laurels.core.ids import new_id
from laurels.identity.actions import delete_member
from laurels.identity.tables import Member
from laurels.ledger.outbox import Told
from laurels.products.pot import facts
from laurels.products.pot.actions.earning import earn
from laurels.products.pot.decisions import KeepReply
from laurels.products.pot.errors import ReplySettled
from laurels.products.pot.hooks import POT_EVENTS, make_events
from laurels.products.pot.personal import export_pot
from laurels.reactions import EARNED_BY, find_deeds
from laurels.webhooks import EventType
from products.pot.parlour import Parlour


def told(name: str, **payload: object) -> Told:
    """A fact as the outbox holds it."""
    return Told("elsewhere", 1, 0, name, orjson.dumps(payload).decode(), None)  # type: ignore[arg-type]  # its time isn't read


def gift(giver: Member, receiver: Member) -> Told:
    """A recognition."""
    return told("recognition.given", recognition=str(new_id()), giver=str(giver.id), receiver=str(receiver.id), credits=1)


def react(parlour: Parlour, *happened: Told) -> int:
    """Have the pot react to what happened."""
    return earn(parlour.job(), parlour.house, find_deeds(happened))


def kinds(parlour: Parlour, who: Member) -> Sequence[tuple[str, int]]:
    """What moved a member's coins."""
    return [line[:2] for line in parlour.postings(who)]


def test_what_is_done_elsewhere_earns_coins_once(parlour: Parlour) -> None:
    ana, bo = parlour.make_member(), parlour.make_member()
    thanks = gift(bo, ana)
    quest = told("quest.completed", member=str(ana.id), quest=str(new_id()), reward=str(new_id()), points=50)
    assert react(parlour, thanks, quest) == 15
    assert kinds(parlour, ana) == [("start", 100), ("earned", 5), ("earned", 10)]
    before = parlour.heads()
    assert react(parlour, quest, thanks) == 0, "told again it earns nothing"
    assert parlour.heads() == before
    assert parlour.told("coins.changed")[0] == {"member": str(ana.id), "reason": "earned", "amount": 5, "balance": 105}


def test_the_rules_say_what_earns_how_much(parlour: Parlour) -> None:
    parlour.begin(earnings=[{"trigger": "recognition_given", "coins": 3}, {"trigger": "tier_reached", "coins": 40}])
    ana, bo = parlour.make_member(), parlour.make_member()
    tier = told("tier.reached", member=str(ana.id), before=0, after=1)
    goal = told("goal.completed", member=str(bo.id), reward=str(new_id()), points=30)
    assert react(parlour, gift(ana, bo), tier, goal) == 43
    assert (parlour.coins(ana), parlour.coins(bo)) == (143, 0)


def test_the_suspended_and_the_gone_earn_nothing(parlour: Parlour) -> None:
    ana, bo = parlour.make_member(), parlour.make_member()
    parlour.suspend(bo)
    gone = told("goal.completed", member=str(new_id()), reward=str(new_id()), points=30)
    assert react(parlour, gift(ana, bo), gone) == 0
    assert parlour.coins(bo) == 0


def test_nothing_of_the_pot_earns_anything() -> None:
    assert {"recognition.given", "goal.completed", "quest.completed", "tier.reached"} == EARNED_BY


@pytest.mark.parametrize("kind", POT_EVENTS.types, ids=lambda kind: kind.name)
def test_every_event_is_told_as_its_example_says(kind: EventType) -> None:
    [fact] = [one for one in vars(facts).values() if isinstance(one, type) and getattr(one, "name", "") == kind.name]
    payload = {field.name: 1 for field in fields(fact)}
    [event] = make_events(None, [told(kind.name, **payload)])  # type: ignore[arg-type]  # nothing is read
    assert (event.type, set(event.data), event.subject) == (kind.name, set(kind.example), None)


def test_an_export_has_messages_changes_and_limits(parlour: Parlour) -> None:
    parlour.begin()
    ana, bo = parlour.make_member(), parlour.make_member()
    parlour.send(ana, "My words")
    parlour.send(bo, "Other words")
    parlour.give(ana, 7)
    with parlour.database.read.connect() as connection:
        exported = export_pot(connection, ana.id)
    assert [(one["words"], one["reply"], one["price"]) for one in exported["messages"]] == [("My words", "Thank you.", 5)]
    assert [(one["amount"], one["reason"]) for one in exported["coins_changed"]] == [(7, "a test")]
    assert [one["messages"] for one in exported["restraint"]] == [1]


def test_deleting_an_account_blanks_words_and_leaves_the_draws(served: Parlour) -> None:
    served.begin()
    ana, bo = served.make_member(), served.make_member()
    answered = served.send(ana, "My words").message
    waiting = served.send(ana, "More words", answer=None).message
    others = served.send(bo, "Other words").message
    served.give(ana, 7)
    delete_member(served.app.state.identity, ana.id)
    for message in (answered, waiting):
        row = served.message(message)
        assert (row.words, row.reply, row.price > 0, row.member) == (None, None, True, ana.id)
    assert served.message(waiting).reply_status == "failed"
    assert served.message(others).words == "Other words"
    with served.database.read.connect() as connection:
        assert [one["reason"] for one in export_pot(connection, ana.id)["coins_changed"]] == [None]
    with pytest.raises(ReplySettled):
        served.post_now(KeepReply(waiting, "A reply that comes after they left"))
