"""Keeping what shops tell, before it is decided: once, whole, and again after a refusal."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.tables import Member
from laurels.ledger.tables import outbox
from laurels.products.loyalty.actions.telling import purchase_row, return_row
from laurels.products.loyalty.decisions.accepting import Accepted, AcceptEvents, Put, PutAside, RefuseEvent
from laurels.products.loyalty.errors import ProgramClosed, PurchaseConflict, ReturnConflict, UnknownMember
from laurels.products.loyalty.rules import Purchase
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow, purchase, purchase_return
from products.loyalty.counter import Counter, open_counter, refusal
from products.loyalty.town import Town


def sent(counter: Counter, who: Member, amount: int = 10_000, *, transaction_id: str = "T-1") -> PurchaseRow:
    """A purchase as a shop tells it now."""
    told = Purchase(transaction_id, who.student_id, amount, "GBP", counter.now)
    return purchase_row(counter.program.id, told, now=counter.now)


def sent_back(counter: Counter, amount: int = 5_000, *, return_id: str = "R-1") -> ReturnRow:
    """A return of the purchase T-1."""
    row = return_row(counter.program.id, return_id, amount=amount, occurred_at=counter.now, now=counter.now, transaction_id="T-1")
    assert row.purchase is not None
    return row


def accept(counter: Counter, *events: Any, program: UUID | None = None) -> Accepted:
    """Keep events."""
    answer: Accepted = counter.town.post_now(AcceptEvents(program or counter.program.id, new_id(), events)).answer
    return answer


def test_events_are_kept_with_their_batch(town: Town) -> None:
    counter, ana = open_counter(town)
    bought, back = sent(counter, ana), sent_back(counter)
    kept = accept(counter, bought, back)
    assert (kept.accepted, kept.known, kept.conflicts) == (2, [], [])
    for row in (counter.purchase(bought.id), counter.goods_back(back.id)):
        assert (row.status, row.batch, row.decided_at) == ("accepted", kept.batch, None)
    assert town.held(counter.program, ana) == {}, "nothing moves before it is decided"


def test_the_same_event_again_is_known_and_another_is_a_conflict(town: Town) -> None:
    counter, ana = open_counter(town)
    first = accept(counter, sent(counter, ana))
    again = accept(counter, sent(counter, ana), sent(counter, ana, 1, transaction_id="T-2"), sent(counter, ana, 2))
    assert (again.accepted, again.known, again.conflicts) == (1, [0], [2])
    assert counter.purchase(sent(counter, ana).id).batch == first.batch, "it stays with what it came with first"
    twice = accept(counter, *[sent(counter, ana, 7, transaction_id="T-3")] * 3)
    assert (twice.accepted, twice.known) == (1, [1, 2])


def test_one_conflict_alone_is_refused(town: Town) -> None:
    counter, ana = open_counter(town)
    accept(counter, sent(counter, ana))
    accept(counter, sent_back(counter))
    before = town.heads()
    assert refusal(PurchaseConflict, lambda: accept(counter, sent(counter, ana, 1))).fields == {"transaction_id": "T-1"}
    assert refusal(ReturnConflict, lambda: accept(counter, sent_back(counter, 1))).fields == {"return_id": "R-1"}
    assert town.heads() == before


def test_nothing_new_tells_nothing(town: Town) -> None:
    counter, ana = open_counter(town)
    accept(counter, sent(counter, ana))
    told = town.count(outbox)
    accept(counter, sent(counter, ana))
    assert town.count(outbox) == told


@pytest.mark.parametrize("status", ["paused", "archived"])
def test_a_program_that_doesnt_run_keeps_nothing(town: Town, status: str) -> None:
    counter, ana = open_counter(town)
    counter.become(status)
    assert refusal(ProgramClosed, lambda: accept(counter, sent(counter, ana))).fields == {"program_status": status}
    refusal(Missing, lambda: accept(counter, sent(counter, ana), program=new_id()))
    assert town.count(purchase) == 0


def test_a_paused_program_keeps_returns_as_it_applies_them(town: Town) -> None:
    counter, ana = open_counter(town)
    counter.become("paused")
    assert accept(counter, sent_back(counter)).accepted == 1
    refusal(ProgramClosed, lambda: accept(counter, sent(counter, ana), sent_back(counter, return_id="R-2")))
    counter.become("archived")
    refusal(ProgramClosed, lambda: accept(counter, sent_back(counter, return_id="R-3")))
    assert (town.count(purchase), town.count(purchase_return)) == (0, 1)


def test_what_was_refused_may_come_again_with_other_details(town: Town) -> None:
    counter, ana = open_counter(town)
    row, back = sent(counter, ana), sent_back(counter)
    for event in (row, back):
        accept(counter, event)
        put = town.post_now(PutAside(counter.program.id, event, "refused", "unknown-member")).answer
        assert put == Put(event.id, "refused")
    assert (counter.purchase(row.id).refusal, counter.purchase(row.id).decided_at) == ("unknown-member", town.clock.at)
    town.later(hours=1)
    assert accept(counter, sent(counter, ana, 20_000)).accepted == 1
    assert accept(counter, sent_back(counter, 6_000)).accepted == 1
    kept, kept_back = counter.purchase(row.id), counter.goods_back(back.id)
    assert (kept.amount, kept.status, kept.refusal, kept.decided_at) == (20_000, "accepted", None, None)
    assert (kept.fingerprint, kept.accepted_at) == (sent(counter, ana, 20_000).fingerprint, town.clock.at)
    assert (kept_back.amount, kept_back.status) == (6_000, "accepted")
    assert (town.count(purchase), town.count(purchase_return)) == (1, 1)


def test_what_was_refused_may_come_again_as_it_was(town: Town) -> None:
    counter, ana = open_counter(town)
    row = sent(counter, ana)
    town.post_now(PutAside(counter.program.id, row, "refused", "not-a-member"))
    assert accept(counter, row).accepted == 1
    kept = counter.purchase(row.id)
    assert (kept.status, kept.refusal) == ("accepted", None)


def test_putting_aside_never_undoes_what_was_decided(town: Town) -> None:
    counter, ana = open_counter(town)
    earned = town.earned(counter.program, ana, 10_000, transaction_id="T-1")
    applied = town.give_back(counter.program, 5_000, transaction_id="T-1", return_id="R-1")
    for event in (earned.event, applied.event):
        put = town.post_now(PutAside(counter.program.id, event, "waiting", None)).answer
        assert put == Put(event.id, "earned" if event is earned.event else "applied")
    assert (counter.purchase(earned.event.id).status, counter.goods_back(applied.event.id).status) == ("earned", "applied")
    other = replace(earned.event, fingerprint="other")
    refusal(PurchaseConflict, lambda: town.post_now(PutAside(counter.program.id, other, "waiting", None)))


def test_a_program_of_any_status_notes_what_became_of_an_event(town: Town) -> None:
    counter, ana = open_counter(town)
    row = sent(counter, ana)
    accept(counter, row)
    counter.become("archived")
    town.post_now(PutAside(counter.program.id, row, "refused", "program-closed"))
    assert counter.purchase(row.id).refusal == "program-closed"


def test_a_refusal_found_by_its_action_is_only_remembered(town: Town) -> None:
    counter, ana = open_counter(town)
    row, before = sent(counter, ana), town.heads()
    decision = RefuseEvent(counter.program.id, row, UnknownMember(member="nobody"))
    assert refusal(UnknownMember, lambda: town.post_now(decision)).fields == {"member": "nobody"}
    assert (decision.reference, town.count(purchase), town.heads()) == (row.id, 0, before)
