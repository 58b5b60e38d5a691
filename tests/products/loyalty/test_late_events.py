"""Events told after the terms changed: they earn by the terms of their time; expiry and tiers go by those in force now."""

from datetime import timedelta

from products.loyalty.counter import open_counter
from products.loyalty.town import Town

INACTIVITY = {"kind": "inactivity", "months": 1}
TIERS = [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 10}]


def test_points_stay_that_only_terms_of_before_would_have_ended(town: Town) -> None:
    counter, ana = open_counter(town, {"expiry": INACTIVITY})
    town.earned(counter.program, ana, 10_000)
    before = town.clock.at + timedelta(days=1)
    town.later(days=2)
    counter.terms(expiry={"kind": "none"})
    town.later(days=60)
    town.earned(counter.program, ana, 20_000, at=before)
    assert sorted(counter.left(ana)) == [5, 10], "a late purchase ended points by terms that are no longer in force"
    town.give_back(counter.program, 10_000, member=ana, at=before)
    assert town.held(counter.program, ana)["points"] == 10, "a late return did"


def test_a_late_purchase_is_activity_by_the_terms_of_now(town: Town) -> None:
    counter, ana = open_counter(town)
    before = town.clock.at
    town.later(days=1)
    counter.terms(expiry=INACTIVITY)
    town.later(days=20)
    town.earned(counter.program, ana, 10_000, at=before)
    assert counter.member_of(ana).last_activity_at == town.clock.at
    town.later(days=20)
    town.burn(counter.program, ana, 5)
    town.later(days=40)
    town.earned(counter.program, ana, 10_000)
    town.later(days=40)
    town.earned(counter.program, ana, 20_000, at=before)
    assert counter.left(ana) == [10], "what inactivity had ended by now was kept"


def test_a_late_purchase_doesnt_bring_back_tiers_of_before(town: Town) -> None:
    counter, ana = open_counter(town, {"tiers": TIERS})
    town.earned(counter.program, ana, 20_000)
    assert counter.member_of(ana).tier == 1
    before = town.clock.at
    town.later(days=1)
    counter.terms(tiers=[TIERS[0], {"name": "Gold", "threshold": 1_000}])
    town.earned(counter.program, ana, 10_000)
    assert counter.member_of(ana).tier == 0
    town.earned(counter.program, ana, 10_000, at=before)
    assert counter.member_of(ana).tier == 0, "tiers that the program no longer has came back"


def test_a_late_purchase_counts_for_the_year_where_tiers_now_go_by_years(town: Town) -> None:
    counter, ana = open_counter(town, {"tiers": TIERS})
    before = town.clock.at
    town.later(days=1)
    counter.terms(tiers=TIERS, tier_window="year")
    town.earned(counter.program, ana, 20_000, at=before)
    assert counter.member_of(ana).tier == 1
