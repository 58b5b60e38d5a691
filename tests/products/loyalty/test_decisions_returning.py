"""What returned goods take back: in proportion, never more than was earned, once, by the program's policy."""

from datetime import timedelta
from typing import Any

import pytest

from laurels.ledger import BusinessKey
from laurels.ledger.writer import Proposal
from laurels.products.loyalty.actions.telling import return_row
from laurels.products.loyalty.decisions.earning import Earned
from laurels.products.loyalty.decisions.returning import ApplyReturn, Returned
from laurels.products.loyalty.errors import NotAMember, NotEarnedYet, ProgramChanged, ProgramClosed, ReturnConflict
from products.loyalty.counter import Counter, open_counter, refusal
from products.loyalty.terms_paper import rule
from products.loyalty.town import Town

POLICIES = ["within_balance", "only_pending", "allow_negative"]


def told(answer: Any) -> tuple[int, int, int]:
    """What a return took back: in all, at once, and owed."""
    assert isinstance(answer, Returned)
    return answer.points, answer.taken, answer.owed


def returning(counter: Counter, who: Any, *, of: Any, amount: int = 10_000, return_id: str = "R-1") -> ApplyReturn:
    """The decision itself, by the settings as they are now; `of` is the purchase as read."""
    row = return_row(
        counter.program.id,
        return_id,
        amount=amount,
        occurred_at=counter.now,
        now=counter.now,
        transaction_id=of.transaction_id,
    )
    return ApplyReturn(row, who.id, counter.basis(), bought=of)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_purchases_returns_take_together_what_it_earned(town: Town, policy: str) -> None:
    counter, ana = open_counter(town, {"return_policy": policy, "pending_days": 14})
    event = town.earned(counter.program, ana, 10_000, transaction_id="T-1").event.id
    taken = [town.give_back(counter.program, amount, transaction_id="T-1") for amount in (3_333, 3_333, 3_333, 3_333)]
    assert [told(one.answer) for one in taken] == [(2, 2, 0), (2, 2, 0), (1, 1, 0), (0, 0, 0)]
    kept = counter.purchase(event)
    assert (kept.returned_amount, kept.returned_points, kept.points) == (10_000, 5, 5)
    assert (counter.lots(ana), town.held(counter.program, ana)) == ([], {})
    first = counter.goods_back(taken[0].event.id)
    assert (first.status, first.policy, first.member, first.points, first.taken, first.owed) == ("applied", policy, ana.id, 2, 2, 0)


def test_more_than_was_bought_takes_all_and_no_more(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 50_000)
    town.earned(counter.program, ana, 10_000, transaction_id="T-1")
    assert told(town.give_back(counter.program, 99_999, transaction_id="T-1").answer) == (5, 5, 0)
    assert told(town.give_back(counter.program, 1, transaction_id="T-1").answer) == (0, 0, 0)
    assert counter.left(ana) == [25]


def test_a_purchase_of_nothing_gives_nothing_back(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 0, transaction_id="T-1")
    assert told(town.give_back(counter.program, 100, transaction_id="T-1").answer) == (0, 0, 0)


def test_the_purchases_own_lot_goes_first_then_the_one_that_expires_first(town: Town) -> None:
    counter, ana = open_counter(town, {"expiry": {"kind": "months", "months": 1}, "pending_days": 3})
    for days, amount, name in ((20, 20_000, "first"), (10, 40_000, "second"), (1, 60_000, "pending")):
        town.earned(counter.program, ana, amount, transaction_id=name, at=town.clock.at - timedelta(days=days))
    assert counter.left(ana) == [10, 20, 30]
    assert told(town.give_back(counter.program, 20_000, transaction_id="second").answer) == (10, 10, 0)
    assert counter.left(ana) == [10, 10, 30]
    town.burn(counter.program, ana, 15)
    assert counter.left(ana) == [5, 30]
    assert told(town.give_back(counter.program, 20_000, transaction_id="second").answer) == (10, 10, 0)
    assert counter.left(ana) == [25], "the rest of its own, and then of the pending ones"


def test_of_others_the_active_go_before_the_pending(town: Town) -> None:
    counter, ana = open_counter(town, {"pending_days": 30})
    town.earned(counter.program, ana, 20_000, transaction_id="pending", at=town.clock.at - timedelta(days=2))
    town.later(days=1)
    counter.terms(pending_days=0)
    town.earned(counter.program, ana, 20_000, transaction_id="active")
    town.give_back(counter.program, 6_000, member=ana)
    assert [lot.left for lot in counter.lots(ana)] == [10, 7], "though the pending were earned earlier"


@pytest.mark.parametrize("policy", ["within_balance", "allow_negative"])
def test_what_was_spent_is_owed_and_recovered(town: Town, policy: str) -> None:
    counter, ana = open_counter(town, {"return_policy": policy})
    town.earned(counter.program, ana, 20_000, transaction_id="T-1")
    town.burn(counter.program, ana, 8)
    assert told(town.give_back(counter.program, 20_000, transaction_id="T-1").answer) == (10, 2, 8)
    assert town.held(counter.program, ana) == {"owed": 8}
    assert told(town.give_back(counter.program, 1, transaction_id="T-1").answer) == (0, 0, 0)
    earned = town.earned(counter.program, ana, 30_000).answer
    assert isinstance(earned, Earned)
    assert (earned.points, earned.repaid) == (15, 8)
    assert town.held(counter.program, ana) == {"points": 7, "earned": 15}
    assert town.postings(counter.program, ana) == [
        ("earn", 10, 10),
        ("burn", -8, 2),
        ("return", -2, 0),
        ("earn", 15, 15),
        ("recovery", -8, 7),
    ]


def test_only_pending_takes_nothing_else_and_nothing_is_owed(town: Town) -> None:
    counter, ana = open_counter(town, {"return_policy": "only_pending", "pending_days": 3})
    town.earned(counter.program, ana, 20_000, transaction_id="old", at=town.clock.at - timedelta(days=3))
    town.earned(counter.program, ana, 20_000, transaction_id="new")
    town.earned(counter.program, ana, 20_000, transaction_id="other")
    assert told(town.give_back(counter.program, 20_000, transaction_id="old").answer) == (0, 0, 0)
    assert told(town.give_back(counter.program, 10_000, transaction_id="new").answer) == (5, 5, 0)
    assert town.held(counter.program, ana) == {"points": 25, "earned": 25}, "another purchase's pending points aren't touched"


@pytest.mark.parametrize(("policy", "room", "budget", "noted"), [("within_balance", 0, 100, 10), ("only_pending", 5, 95, 0)])
def test_caps_and_budgets_get_back_what_was_taken(town: Town, policy: str, room: int, budget: int, noted: int) -> None:
    """Points that the member keeps stay counted: else a cap and a budget would be passed by buying and returning."""
    capped = rule(cap={"points": 5, "window": "ever"})
    counter, ana = open_counter(town, {"return_policy": policy, "pending_days": 1}, capped)
    double = counter.campaign(budget=100)
    event = town.earned(counter.program, ana, 10_000, transaction_id="T-1").event.id
    assert (counter.capped(ana, "Everything", ""), counter.budget(double)) == (5, 95)
    town.later(days=1)
    town.give_back(counter.program, 10_000, transaction_id="T-1")
    assert (counter.capped(ana, "Everything", ""), counter.budget(double)) == (room, budget)
    kept = counter.purchase(event)
    assert (kept.returned_amount, kept.returned_points) == (10_000, noted)


def test_caps_and_budgets_are_freed_in_proportion(town: Town) -> None:
    counter, ana = open_counter(town, None, rule(cap={"points": 100, "window": "month"}))
    double = counter.campaign(budget=100)
    town.earned(counter.program, ana, 10_000, transaction_id="T-1")
    seen = []
    for _ in range(3):
        town.give_back(counter.program, 3_333, transaction_id="T-1")
        seen.append((counter.capped(ana, "Everything", "2026-11"), counter.budget(double), counter.left(ana)))
    assert seen == [(3, 97, [6]), (1, 99, [3]), (0, 100, [])]


def test_only_pending_points_that_are_partly_gone_free_their_share(town: Town) -> None:
    counter, ana = open_counter(town, {"pending_days": 14}, rule(cap={"points": 100, "window": "ever"}))
    town.earned(counter.program, ana, 20_000, transaction_id="old", at=town.clock.at - timedelta(days=14))
    town.burn(counter.program, ana, 10)
    town.give_back(counter.program, 20_000, transaction_id="old")
    counter.terms(rule(cap={"points": 100, "window": "ever"}), return_policy="only_pending", pending_days=14)
    town.earned(counter.program, ana, 40_000, transaction_id="new")
    assert (counter.left(ana), counter.capped(ana, "Everything", "")) == ([10], 20), "half of it was owed"
    assert told(town.give_back(counter.program, 40_000, transaction_id="new").answer) == (10, 10, 0)
    assert counter.capped(ana, "Everything", "") == 10


@pytest.mark.parametrize(
    ("policy", "expected"), [("within_balance", (10, 4, 6)), ("only_pending", (4, 4, 0)), ("allow_negative", (15, 4, 11))]
)
def test_a_return_that_stands_alone_goes_by_what_such_a_purchase_earns(town: Town, policy: str, expected: tuple[int, int, int]) -> None:
    counter, ana = open_counter(town, {"return_policy": policy, "pending_days": 14})
    town.earned(counter.program, ana, 12_000, at=town.clock.at - timedelta(days=14))
    town.burn(counter.program, ana, 6)
    town.earned(counter.program, ana, 8_000)
    assert told(town.give_back(counter.program, 30_000, member=ana).answer) == expected
    assert town.held(counter.program, ana).get("owed", 0) == expected[2]


def test_a_return_that_stands_alone_knows_neither_tiers_nor_campaigns_nor_caps(town: Town) -> None:
    tiers = [{"name": "Gold", "threshold": 0, "multiplier_percent": 200}]
    counter, ana = open_counter(town, {"tiers": tiers}, rule(cap={"points": 5, "window": "ever"}))
    counter.campaign()
    town.earned(counter.program, ana, 10_000)
    assert counter.left(ana) == [15]
    assert told(town.give_back(counter.program, 20_000, member=str(ana.id)).answer) == (10, 10, 0)
    assert counter.capped(ana, "Everything", "") == 5


def test_returns_lower_the_tier(town: Town) -> None:
    tiers = [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 10}]
    counter, ana = open_counter(town, {"tiers": tiers, "tier_window": "year"})
    town.earned(counter.program, ana, 20_000, transaction_id="T-1", at=town.clock.at - timedelta(days=365))
    assert counter.member_of(ana).tier == 1
    town.give_back(counter.program, 200, transaction_id="T-1")
    assert counter.member_of(ana).tier == 0, "it counts in the purchase's year"
    town.earned(counter.program, ana, 20_000)
    town.give_back(counter.program, 20_000, member=ana)
    assert counter.member_of(ana).tier == 0


def test_a_return_that_comes_first_is_remembered(town: Town) -> None:
    counter, ana = open_counter(town)
    early = town.give_back(counter.program, 4_000, transaction_id="T-1", return_id="R-1")
    assert (early.status, counter.goods_back(early.event.id).status) == ("waiting", "waiting")
    assert town.give_back(counter.program, 4_000, transaction_id="T-1", return_id="R-1").status == "waiting"
    town.later(hours=1)
    town.earned(counter.program, ana, 10_000, transaction_id="T-1")
    assert counter.left(ana) == [3]
    kept = counter.goods_back(early.event.id)
    assert (kept.status, kept.points, kept.decided_at) == ("applied", 2, town.clock.at)


def test_once_for_ever_by_its_own_id(town: Town) -> None:
    counter, ana = open_counter(town)
    bought = counter.purchase(town.earned(counter.program, ana, 20_000, transaction_id="T-1").event.id)
    first = town.give_back(counter.program, 10_000, transaction_id="T-1", return_id="R-1")
    again = town.give_back(counter.program, 10_000, transaction_id="T-1", return_id="R-1")
    assert (first.is_replay, again.is_replay, again.answer) == (False, True, first.answer)
    for other in (
        town.give_back(counter.program, 9_999, transaction_id="T-1", return_id="R-1"),
        town.give_back(counter.program, 10_000, member=ana, return_id="R-1"),
        town.give_back(counter.program, 10_000, transaction_id="T-2", return_id="R-1"),
    ):
        assert isinstance(other.refusal, ReturnConflict)
    decision = returning(counter, ana, of=bought)
    assert decision.key == BusinessKey("return/R-1", decision.row.fingerprint)
    assert counter.left(ana) == [5]


def test_returns_of_one_set_see_one_another(town: Town) -> None:
    counter, ana = open_counter(town)
    bought = counter.purchase(town.earned(counter.program, ana, 10_000, transaction_id="T-1").event.id)
    decisions = [returning(counter, ana, of=bought, amount=6_000, return_id=f"R-{number}") for number in range(3)]
    outcomes = list(town.writer.post_all(Proposal(one, counter.now, "test") for one in decisions))
    assert [told(one.answer) for one in outcomes if not isinstance(one, Exception)] == [(3, 3, 0), (2, 2, 0), (0, 0, 0)]


def test_it_goes_by_the_policy_at_the_returns_time(town: Town) -> None:
    counter, ana = open_counter(town, {"return_policy": "only_pending"})
    town.earned(counter.program, ana, 10_000, transaction_id="T-1")
    before = town.clock.at
    town.later(days=1)
    counter.terms(return_policy="within_balance")
    assert told(town.give_back(counter.program, 4_000, transaction_id="T-1", at=before).answer) == (0, 0, 0)
    assert told(town.give_back(counter.program, 6_000, transaction_id="T-1").answer) == (3, 3, 0)


def test_expired_points_go_before_a_return_takes(town: Town) -> None:
    counter, ana = open_counter(town, {"expiry": {"kind": "months", "months": 1}})
    town.earned(counter.program, ana, 10_000, transaction_id="T-1")
    town.later(days=32)
    assert told(town.give_back(counter.program, 10_000, transaction_id="T-1").answer) == (5, 0, 5)
    assert town.postings(counter.program, ana)[-1] == ("expiry", -5, 0)


def test_who_left_gives_nothing_back_and_a_paused_program_still_takes(town: Town) -> None:
    counter, ana = open_counter(town, {"unknown_members": "refuse"})
    bought = counter.purchase(town.earned(counter.program, ana, 10_000, transaction_id="T-1").event.id)
    bo = town.make_member()
    refusal(NotAMember, lambda: town.post_now(returning(counter, bo, of=bought)))
    counter.suspend(ana)
    counter.become("paused")
    assert told(town.give_back(counter.program, 5_000, transaction_id="T-1").answer) == (3, 3, 0)
    stale = returning(counter, ana, of=bought)
    counter.become("archived")
    with pytest.raises(ProgramChanged):
        town.post_now(stale)
    refusal(ProgramClosed, lambda: town.post_now(returning(counter, ana, of=bought)))
    assert counter.left(ana) == [2]


def test_its_purchase_must_have_earned(town: Town) -> None:
    counter, ana = open_counter(town)
    bo = town.make_member()
    waiting = counter.purchase(town.earn(counter.program, bo, 10_000, transaction_id="T-1").event.id)
    assert refusal(NotEarnedYet, lambda: town.post_now(returning(counter, ana, of=waiting))).fields == {"transaction_id": "T-1"}
