"""Deciding events: once, also where two decide at a time, where somebody ends halfway, and where people come and go meanwhile."""

from dataclasses import replace
from json import JSONDecodeError
from typing import Any

import pytest

from laurels.core.errors import Unavailable
from laurels.ledger.writer import Proposal
from laurels.products.loyalty.actions import deciding
from laurels.products.loyalty.actions.decided import decided_of
from laurels.products.loyalty.actions.deciding import Manner, decide_events, open_judge
from laurels.products.loyalty.actions.telling import purchase_row, return_row
from laurels.products.loyalty.decisions.accepting import AcceptEvents, PutAside
from laurels.products.loyalty.decisions.memberships import LeaveProgram
from laurels.products.loyalty.errors import NotAMember, ProgramChanged, UnknownMember
from laurels.products.loyalty.jobs import decide_left
from laurels.products.loyalty.rules import Purchase
from products.loyalty.counter import Counter, open_counter
from products.loyalty.terms_paper import rule
from products.loyalty.till import open_till
from products.loyalty.town import Town


def told(counter: Counter, who: Any, amount: int = 10_000, *, transaction_id: str = "T-1") -> Any:
    """A purchase as a shop tells it now."""
    sent = Purchase(transaction_id, who.student_id, amount, "GBP", counter.now)
    return purchase_row(counter.program.id, sent, now=counter.now)


def told_back(counter: Counter, amount: int = 4_000, *, return_id: str = "R-1", of: str = "T-1") -> Any:
    """A return of a purchase."""
    return return_row(counter.program.id, return_id, amount=amount, occurred_at=counter.now, now=counter.now, transaction_id=of)


def decide(counter: Counter, *events: Any, **manner: Any) -> list[Any]:
    """Decide events now."""
    return list(decide_events(counter.town.place, counter.program.id, events, Manner("test", counter.now, **manner)))


def leave(counter: Counter, who: Any) -> None:
    """Have a member leave."""
    basis = counter.basis()
    counter.town.post_now(LeaveProgram(basis.program, who.id, basis.terms, basis.version, basis.zone))


@pytest.mark.parametrize("unknown", ["wait", "refuse"])
def test_what_was_decided_is_told_again_whatever_hinders_it_now(served: Town, unknown: str) -> None:
    till, ana = open_till(served, {"unknown_members": unknown})
    when = served.clock.at
    till.earned(ana, 10_000, "T-1")
    till.give_back(4_000, "R-1", of="T-1")
    till.give_back(2_000, "R-2", who=ana)
    leave(till.counter, ana)
    served.later(days=1)
    for key in (None, "new"):
        again = till.earn(ana, 10_000, "T-1", at=when, key=key)
        assert (again.status_code, again.json()["status"], again.json()["points"], again.json()["is_replay"]) == (200, "earned", 5, True)
        back = till.give_back(2_000, "R-2", who=ana, at=when, key=key).json()
        assert (back["status"], back["points"], back["is_replay"]) == ("applied", 1, True)
    event = till.counter.purchase(told(till.counter, ana).id)
    [decided] = decide(till.counter, event, keeps_refused=True)
    assert (decided.status, decided.points, decided.is_replay) == ("earned", 5, True)


def test_a_set_is_decided_in_order_and_a_return_finds_its_purchase_in_it(town: Town) -> None:
    counter, ana = open_counter(town)
    bo = town.make_member()
    events = [
        told(counter, ana),
        told_back(counter),
        told(counter, bo, transaction_id="T-2"),
        told(counter, ana),
        told(counter, ana, 20_000),
        told_back(counter, 6_000, return_id="R-2"),
    ]
    decided = decide(counter, *events)
    assert [(one.status, one.points, one.is_replay) for one in decided] == [
        ("earned", 5, False),
        ("applied", 2, False),
        ("waiting", 0, False),
        ("earned", 5, True),
        ("refused", 0, False),
        ("applied", 3, False),
    ]
    assert decided[4].refusal.code == "purchase-conflict"
    assert counter.left(ana) == []
    again = decide(counter, *events)
    assert [(one.status, one.points) for one in again] == [(one.status, one.points) for one in decided]


def test_a_part_is_judged_while_the_one_before_is_decided_and_waits_for_the_purchase_that_it_returns(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter, ana = open_counter(town)
    monkeypatch.setattr(deciding, "AT_ONCE", 2)
    steps: list[str] = []
    monkeypatch.setattr(deciding, "open_judge", lambda *asked: (steps.append("judged"), open_judge(*asked))[1])
    monkeypatch.setattr(deciding, "decided_of", lambda *told: (steps.append("read"), decided_of(*told))[1])
    buying = [told(counter, ana, transaction_id=f"T-{number}") for number in range(6)]
    decided = decide(counter, *buying, told_back(counter), told_back(counter, return_id="R-2"))
    assert [(one.status, one.points) for one in decided] == [*[("earned", 5)] * 6, ("applied", 2), ("applied", 2)]
    assert steps == [*["judged"] * 2, *["read"] * 2, "judged", *["read"] * 2, "judged", *["read"] * 4]
    steps.clear()
    buying = [told(counter, ana, transaction_id=f"T-{number}") for number in (7, 8)]
    decided = decide(counter, *buying, told_back(counter, return_id="R-3", of="T-8"))
    assert [one.status for one in decided] == ["earned", "earned", "applied"]
    assert steps == ["judged", "read", "read", "judged", "read"]


def test_a_part_that_meets_a_change_of_settings_still_goes_before_the_next(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, ana = open_counter(town)
    monkeypatch.setattr(deciding, "AT_ONCE", 2)
    opened: list[object] = []

    def changes_meanwhile(*asked: Any) -> Any:
        found = open_judge(*asked)
        if not opened:
            counter.terms(rule(points=7))
        opened.append(found)
        return found

    monkeypatch.setattr(deciding, "open_judge", changes_meanwhile)
    events = [told(counter, ana, transaction_id=f"T-{number}") for number in range(4)]
    assert [one.points for one in decide(counter, *events)] == [7, 7, 7, 7]
    lots = [counter.purchase(one.id).lot for one in events]
    assert lots == sorted(lots)


def test_settings_that_change_all_the_time_are_given_up_on(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, ana = open_counter(town)
    monkeypatch.setattr(deciding, "forget", lambda *_: None)  # so that what is read stays stale
    assert counter.basis().version == 1
    monkeypatch.setattr("laurels.products.loyalty.actions.terms.forget", lambda *_: None)
    counter.terms(rule(points=7))
    with pytest.raises(Unavailable):
        decide(counter, told(counter, ana))
    monkeypatch.undo()
    assert [one.points for one in decide(counter, told(counter, ana))] == [7]


def test_who_joined_while_it_was_decided_that_they_hadnt_earns(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, _ = open_counter(town)
    bo = town.make_member()
    opened: list[object] = []

    def joins_meanwhile(*asked: Any) -> Any:
        found = open_judge(*asked)
        if not opened:
            town.join(counter.program, bo)
        opened.append(found)
        return found

    monkeypatch.setattr(deciding, "open_judge", joins_meanwhile)
    assert [(one.status, one.points) for one in decide(counter, told(counter, bo))] == [("earned", 5)]
    assert len(opened) == 2


def test_a_purchase_that_earned_while_its_return_was_decided_is_given_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, ana = open_counter(town)
    opened: list[object] = []

    def earns_meanwhile(*asked: Any) -> Any:
        found = open_judge(*asked)
        opened.append(found)
        if len(opened) == 1:
            decide(counter, told(counter, ana))
        return found

    monkeypatch.setattr(deciding, "open_judge", earns_meanwhile)
    assert [(one.status, one.points) for one in decide(counter, told_back(counter))] == [("applied", 2)]
    assert counter.left(ana) == [3]


def test_an_event_decided_by_somebody_else_meanwhile_is_told_as_decided(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    counter, ana = open_counter(town, {"unknown_members": "refuse"})
    event = told(counter, ana)
    opened: list[object] = []

    def left_and_decided_meanwhile(*asked: Any) -> Any:
        leaving = not opened
        opened.append(None)
        if leaving:
            leave(counter, ana)
        found = open_judge(*asked)
        if leaving:
            town.join(counter.program, ana)
            decide(counter, event)
        return found

    monkeypatch.setattr(deciding, "open_judge", left_and_decided_meanwhile)
    [decided] = decide(counter, event, keeps_refused=True)
    assert (decided.status, decided.points, decided.is_replay) == ("earned", 5, True)


def test_putting_aside_asks_whether_it_can_be_decided_after_all(town: Town) -> None:
    counter, ana = open_counter(town)
    bo = town.make_member()
    with pytest.raises(ProgramChanged):
        town.post_now(PutAside(counter.program.id, told(counter, ana), "waiting", None, ana.id))
    assert town.post_now(PutAside(counter.program.id, told(counter, bo), "waiting", None, bo.id)).answer.status == "waiting"
    assert town.post_now(PutAside(counter.program.id, told_back(counter), "waiting", None)).answer.status == "waiting"
    town.join(counter.program, bo)
    decide(counter, told(counter, bo))
    with pytest.raises(ProgramChanged):
        town.post_now(PutAside(counter.program.id, told_back(counter, 1, return_id="R-2"), "waiting", None))
    refused = town.post_now(PutAside(counter.program.id, told(counter, ana, transaction_id="T-9"), "refused", UnknownMember.code, ana.id))
    assert refused.answer.status == "refused"


@pytest.mark.parametrize("unknown", ["wait", "refuse"])
def test_a_return_of_what_somebody_bought_who_has_left_is_refused_and_not_tried_for_ever(town: Town, unknown: str) -> None:
    counter, ana = open_counter(town, {"unknown_members": unknown})
    decide(counter, told(counter, ana))
    leave(counter, ana)
    [decided] = decide(counter, told_back(counter), keeps_refused=True)
    assert (decided.status, decided.refusal) == ("refused", NotAMember())


def test_returns_overlooked_by_whoever_decided_their_purchase_are_found_by_the_sweep(town: Town) -> None:
    """As if killed between the purchase's commit and its returns."""
    counter, ana = open_counter(town)
    beside, bo = open_counter(town)
    for one, who in ((counter, ana), (beside, bo)):
        assert [decided.status for decided in decide(one, told_back(one))] == ["waiting"]
        event = told(one, who)
        judge = open_judge(town.place, one.program.id, [event], Manner("test", one.now))
        proposal = judge.judge(event)
        assert isinstance(proposal, Proposal)
        town.writer.post_now(proposal)
    assert (counter.left(ana), beside.left(bo)) == ([5], [5])
    decide_left(town.job())
    assert (counter.left(ana), beside.left(bo)) == ([3], [3])
    before = town.heads()
    decide_left(town.job())
    assert town.heads() == before, "and then there is nothing left to do"


def test_what_was_accepted_and_not_decided_is_found_by_the_sweep(town: Town) -> None:
    counter, ana = open_counter(town)
    event = told(counter, ana)
    town.post_now(AcceptEvents(counter.program.id, event.id, (event,)))
    decide_left(town.job())
    assert counter.left(ana) == [], "whoever was told of it may be at it"
    town.later(minutes=1, seconds=1)
    decide_left(town.job())
    assert counter.left(ana) == [5]
    assert counter.purchase(event.id).decided_at == counter.now


def test_a_batch_that_cant_be_decided_doesnt_keep_others_waiting(town: Town) -> None:
    counter, ana = open_counter(town)
    broken = replace(told(counter, ana, transaction_id="T-1"), lines="no JSON")
    town.later(seconds=1)
    sound = told(counter, ana, transaction_id="T-2")
    for event in (broken, sound):
        town.post_now(AcceptEvents(counter.program.id, event.id, (event,)))
    town.later(minutes=2)
    with pytest.raises(JSONDecodeError):
        decide_left(town.job())
    assert (counter.purchase(broken.id).status, counter.purchase(sound.id).status) == ("accepted", "earned")


def test_what_was_accepted_before_a_pause_is_decided_after_it(served: Town) -> None:
    till, ana = open_till(served)
    answer = till.earn(ana, 10_000, "T-1", waits=False)
    assert answer.status_code == 202
    till.counter.become("paused")
    assert till.work() == 2, "her joining and her purchase are heard, and nothing can be done about it"
    served.later(minutes=2)
    decide_left(served.job())
    assert till.read(answer)["status"] == "accepted"
    till.counter.become("active")
    decide_left(served.job())
    assert (till.read(answer)["status"], till.balance(ana)["balance"]) == ("earned", 5)


def test_what_was_accepted_before_the_program_was_archived_is_refused(served: Town) -> None:
    till, ana = open_till(served)
    answer = till.earn(ana, 10_000, "T-1", waits=False)
    till.counter.become("archived")
    assert till.work() == 2
    assert (till.read(answer)["status"], till.read(answer)["refusal"]["code"]) == ("refused", "program-closed")
    assert "archived" in till.read(answer)["refusal"]["detail"]


def test_a_refusal_is_told_in_full_long_after(served: Town) -> None:
    till, _ = open_till(served, {"unknown_members": "refuse"})
    answer = till.earn("nobody-we-know", 10_000, "T-1", waits=False)
    till.work()
    told = till.read(answer)
    assert (told["status"], told["refusal"]["code"]) == ("refused", "unknown-member")
    assert "nobody-we-know" in told["refusal"]["detail"]
