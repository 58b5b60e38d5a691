"""What a purchase gives: within caps and budgets, by tier, once for ever, to a member of a program that runs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.ledger import AlreadyRecorded, BusinessKey
from laurels.ledger.writer import Proposal
from laurels.products.loyalty.actions.telling import purchase_row
from laurels.products.loyalty.decisions.earning import Earned, EarnPoints
from laurels.products.loyalty.errors import NotAMember, ProgramChanged, ProgramClosed, PurchaseConflict, UnknownMember
from laurels.products.loyalty.rules import Purchase
from laurels.products.loyalty.tables import purchase
from products.loyalty.counter import Counter, open_counter, refusal
from products.loyalty.terms_paper import rule
from products.loyalty.town import Town

TIERS = [
    {"name": "Silver", "threshold": 0, "multiplier_percent": 100},
    {"name": "Gold", "threshold": 10, "multiplier_percent": 150},
    {"name": "Platinum", "threshold": 100, "multiplier_percent": 300},
]


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    """An instant, in UTC."""
    return datetime(year, month, day, hour, tzinfo=UTC)


def earning(counter: Counter, who: Any, amount: int = 10_000, *, transaction_id: str = "T-1") -> EarnPoints:
    """The decision itself, by the settings as they are now."""
    sent = Purchase(transaction_id, who.student_id, amount, "GBP", counter.now)
    return EarnPoints(sent, purchase_row(counter.program.id, sent, now=counter.now), who.id, counter.basis())


def test_a_purchase_earns_one_lot_and_is_on_record(town: Town) -> None:
    counter, ana = open_counter(town, {"pending_days": 14, "expiry": {"kind": "months", "months": 12}})
    decided = town.earned(counter.program, ana, 9_999)
    assert decided.answer == Earned(decided.event.id, 4, 0, 4)
    [lot] = counter.lots(ana)
    assert lot == (4, town.clock.at, at(2026, 12, 4, 10), at(2027, 11, 21, 0))
    kept = counter.purchase(decided.event.id)
    assert (kept.status, kept.member, kept.points, kept.base_points, kept.terms_version) == ("earned", ana.id, 4, 4, 1)
    assert (kept.decided_at, kept.shares) == (town.clock.at, None)
    assert kept.lot is not None
    assert town.held(counter.program, ana) == {"points": 4, "earned": 4}


def test_nothing_earned_is_on_record_too(town: Town) -> None:
    counter, ana = open_counter(town)
    decided = town.earned(counter.program, ana, 1_999)
    kept = counter.purchase(decided.event.id)
    assert (decided.points, kept.status, kept.lot, kept.lot_position) == (0, "earned", None, None)
    assert counter.lots(ana) == []


def test_told_late_it_is_pending_no_more(town: Town) -> None:
    counter, ana = open_counter(town, {"pending_days": 14})
    late = town.earned(counter.program, ana, 10_000, at=town.clock.at - timedelta(days=14))
    early = town.earned(counter.program, ana, 10_000, at=town.clock.at - timedelta(days=13))
    assert [decided.answer.pending for decided in (late, early) if isinstance(decided.answer, Earned)] == [0, 5]


@pytest.mark.parametrize("when_full", ["clip", "deny"])
def test_a_cap_clips_or_denies_and_counts_what_it_let_through(town: Town, when_full: str) -> None:
    capped = rule(cap={"points": 12, "window": "month", "when_full": when_full})
    counter, ana = open_counter(town, None, capped)
    assert [town.earned(counter.program, ana, 10_000).points for _ in range(3)] == [5, 5, 2 if when_full == "clip" else 0]
    assert counter.capped(ana, "Everything", "2026-11") == (12 if when_full == "clip" else 10)
    assert town.earned(counter.program, ana, 10_000, at=at(2026, 10, 31)).points == 5, "October has room of its own"
    bo = town.make_member()
    town.join(counter.program, bo)
    assert town.earned(counter.program, bo, 10_000).points == 5, "and so has everybody"


def test_a_purchase_remembers_what_counted_on_caps_and_budgets(town: Town) -> None:
    counter, ana = open_counter(town, None, rule(cap={"points": 3, "window": "ever"}))
    double = counter.campaign(budget=100)
    kept = counter.purchase(town.earned(counter.program, ana, 10_000).event.id)
    assert (kept.base_points, kept.campaign_points, kept.points) == (3, 3, 6)
    assert kept.shares == f'{{"caps":[["Everything","",3]],"budgets":[["{double}",3]]}}'


def test_a_campaigns_budget_runs_dry(town: Town) -> None:
    counter, ana = open_counter(town)
    double = counter.campaign(budget=12)
    assert [town.earned(counter.program, ana, 10_000).points for _ in range(4)] == [10, 10, 7, 5]
    assert counter.budget(double) == 0
    assert counter.left(ana) == [10, 10, 7, 5], "base and bonus are one lot"


def test_a_campaign_without_a_budget_goes_on(town: Town) -> None:
    counter, ana = open_counter(town)
    counter.campaign(extra_points=50)
    counter.campaign()
    kept = counter.purchase(town.earned(counter.program, ana, 10_000).event.id)
    assert (kept.base_points, kept.campaign_points, kept.points, kept.shares) == (5, 55, 60, None)


def test_the_tier_that_the_member_has_multiplies_and_then_changes(town: Town) -> None:
    counter, ana = open_counter(town, {"tiers": TIERS})
    assert [town.earned(counter.program, ana, 20_000).points for _ in range(3)] == [10, 15, 15]
    assert counter.member_of(ana).tier == 1
    kept = counter.purchase(town.earned(counter.program, ana, 180_000).event.id)
    assert (kept.base_points, kept.tier_points) == (90, 45)
    assert counter.member_of(ana).tier == 2
    assert town.earned(counter.program, ana, 20_000).points == 30


def test_tiers_by_years_go_by_the_better_of_two(town: Town) -> None:
    counter, ana = open_counter(town, {"tiers": TIERS, "tier_window": "year"})
    town.earned(counter.program, ana, 20_000, at=at(2025, 12, 31))
    town.earned(counter.program, ana, 200, at=at(2024, 12, 31))
    assert counter.member_of(ana).tier == 1
    town.at(2027, 1, 1)
    assert town.earned(counter.program, ana, 20_000).points == 10, "2026 gave nothing, and 2025 is too long ago"
    assert counter.member_of(ana).tier == 1
    assert town.held(counter.program, ana) == {"points": 20, "earned": 20}


def test_what_is_owed_is_taken_out_of_the_fresh_lot(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000, transaction_id="T-1")
    town.burn(counter.program, ana, 10)
    town.give_back(counter.program, 20_000, transaction_id="T-1")
    first = town.earned(counter.program, ana, 12_000)
    second = town.earned(counter.program, ana, 12_000)
    assert [(one.answer.points, one.answer.repaid) for one in (first, second) if isinstance(one.answer, Earned)] == [(6, 6), (6, 4)]
    assert (counter.left(ana), counter.purchase(second.event.id).repaid) == ([2], 4)
    assert town.held(counter.program, ana) == {"points": 2, "earned": 12}


def test_activity_is_noted_where_inactivity_ends_points(town: Town) -> None:
    counter, ana = open_counter(town, {"expiry": {"kind": "inactivity", "months": 1}})
    joined = town.clock.at
    town.earned(counter.program, ana, 10_000)
    assert counter.member_of(ana).last_activity_at == joined, "at the very same instant there is nothing to note"
    town.later(days=20)
    town.earned(counter.program, ana, 10_000)
    assert counter.member_of(ana).last_activity_at == town.clock.at
    assert counter.lots(ana)[0].expires_at is None
    town.later(days=32)
    town.earned(counter.program, ana, 10_000)
    assert (counter.left(ana), town.postings(counter.program, ana)[-2:]) == ([5], [("expiry", -10, 0), ("earn", 5, 5)])


def test_once_for_ever_by_its_own_id(town: Town) -> None:
    counter, ana = open_counter(town)
    first = town.earned(counter.program, ana, 10_000, transaction_id="T-1", at=town.clock.at)
    again = town.earned(counter.program, ana, 10_000, transaction_id="T-1", at=first.event.occurred_at)
    assert (first.is_replay, again.is_replay, again.answer) == (False, True, first.answer)
    assert isinstance(town.earn(counter.program, ana, 10_001, transaction_id="T-1").refusal, PurchaseConflict)
    refusal(AlreadyRecorded, lambda: town.post_now(earning(counter, ana, 10_001)))
    assert earning(counter, ana).key == BusinessKey("purchase/T-1", earning(counter, ana).row.fingerprint)
    assert (town.count(purchase), counter.left(ana)) == (1, [5])


def test_a_waiting_purchase_is_a_conflict_with_other_details(town: Town) -> None:
    counter, ana = open_counter(town)
    bo = town.make_member()
    assert town.earn(counter.program, bo, 10_000, transaction_id="T-1").status == "waiting"
    refusal(PurchaseConflict, lambda: town.post_now(earning(counter, ana, 20_000)))
    town.join(counter.program, bo)
    assert town.earned(counter.program, bo, 10_000, transaction_id="T-1").points == 5


def test_only_members_of_programs_that_run_earn(town: Town) -> None:
    counter, ana = open_counter(town, {"unknown_members": "refuse"})
    bo = town.make_member()
    refusal(NotAMember, lambda: town.post_now(earning(counter, bo)))
    for name in (bo, "nobody", str(new_id())):
        decided = town.earn(counter.program, name, 10_000)
        assert (decided.status, type(decided.refusal)) == ("refused", UnknownMember)
    counter.suspend(ana)
    refusal(MemberInactive, lambda: town.post_now(earning(counter, ana)))
    for status in ("paused", "archived"):
        counter.become(status)
        assert refusal(ProgramClosed, lambda: town.post_now(earning(counter, ana))).fields == {"program_status": status}
    assert (town.count(purchase), town.held(counter.program, ana)) == (0, {})


def test_a_member_is_meant_by_student_id_or_by_id(town: Town) -> None:
    counter, ana = open_counter(town)
    for name in (ana.student_id, str(ana.id), ana.id.hex):
        assert town.earned(counter.program, name, 10_000).points == 5
    assert counter.left(ana) == [5, 5, 5]


def test_settings_that_changed_meanwhile_are_read_anew(town: Town) -> None:
    counter, ana = open_counter(town)
    stale = earning(counter, ana)
    town.later(seconds=1)
    counter.terms(rule(points=7))
    with pytest.raises(ProgramChanged):
        town.post_now(stale)
    town.post_now(replace(stale, basis=counter.basis(stale.purchase.occurred_at)))
    assert counter.left(ana) == [5], "by the terms in force when it was bought"
    assert town.earned(counter.program, ana, 10_000).points == 7


def test_purchases_of_one_set_see_one_another(town: Town) -> None:
    counter, ana = open_counter(town, {"tiers": TIERS}, rule(cap={"points": 12, "window": "day"}))
    decisions = [earning(counter, ana, transaction_id=f"T-{number}") for number in range(4)]
    outcomes = list(town.writer.post_all(Proposal(one, counter.now, "test") for one in decisions))
    assert [outcome.answer.points for outcome in outcomes if not isinstance(outcome, Exception)] == [5, 5, 3, 0]
