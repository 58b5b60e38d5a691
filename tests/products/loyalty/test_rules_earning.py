"""What purchases earn, case by case, and the steps that say why."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from laurels.products.loyalty.rules import (
    Campaign,
    CampaignBonus,
    Cap,
    CapInPlay,
    Share,
    StepCode,
    Tier,
    award,
    caps_in_play,
    points_to_take,
)
from products.loyalty.terms_paper import LONDON, NOON, purchase, rule, terms

SUMMER = UUID("01a1f890-e37a-7c01-8a44-3f6d1f0f8a11")
GOLD = Tier(name="Gold", threshold=1_000, multiplier_percent=150)
SILVER = Tier(name="Silver", threshold=0)
HOUR = timedelta(hours=1)


def campaign(
    *,
    multiplier: int | None = None,
    extra: int | None = None,
    starts_at: datetime = NOON - HOUR,
    ends_at: datetime = NOON + HOUR,
    categories: tuple[str, ...] = (),
    minimum_spend: int = 0,
) -> Campaign:
    return Campaign(SUMMER, "Summer", multiplier, extra, starts_at, ends_at, categories, minimum_spend)


@pytest.mark.parametrize(
    ("spend_per", "points", "accrual", "amount", "earned"),
    [
        (10_000, 5, "prorated", 9_999, 4),  # L1
        (10_000, 5, "prorated", 1_999, 0),
        (10_000, 5, "prorated", 2_000, 1),
        (10_000, 5, "prorated", 10_000, 5),
        (10_000, 1, "prorated", 25_000, 2),
        (10_000, 5, "whole_steps", 9_999, 0),
        (10_000, 5, "whole_steps", 19_999, 5),
        (10_000, 5, "whole_steps", 20_000, 10),
        (3, 1, "prorated", 1_000_000_000_000, 333_333_333_333),
        (1, 10, "prorated", 1_000_000_000_000, 10_000_000_000_000),
    ],
)
def test_l1_points_are_rounded_down_once(spend_per: int, points: int, accrual: str, amount: int, earned: int) -> None:
    made = award(terms(rule(spend_per=spend_per, points=points, accrual=accrual)), purchase(amount), zone=LONDON)
    assert made.total == made.base == earned
    assert made.shares == ((Share("Everything", earned),) if earned else ())


def test_purchase_of_nothing_earns_nothing_and_says_so() -> None:
    made = award(terms(), purchase(0), zone=LONDON)
    assert (made.total, _codes(made)) == (0, ["nothing-counts"])


def test_rounding_is_told_with_the_fraction_that_was_dropped() -> None:
    made = award(terms(), purchase(9_999), zone=LONDON)
    assert [(step.code, step.params) for step in made.steps] == [
        (StepCode.MATCHED, {"rule": "Everything", "amount": 9_999, "points": 4}),
        (StepCode.ROUNDED_DOWN, {"rule": "Everything", "numerator": 1_999, "denominator": 2_000}),
    ]


def test_award_that_neednt_be_explained_is_the_same_without_its_steps() -> None:
    plain = award(terms(), purchase(9_999), zone=LONDON, is_explained=False)
    assert (plain.total, plain.steps) == (4, ())
    assert plain.shares == award(terms(), purchase(9_999), zone=LONDON).shares


def test_whole_steps_are_told_with_what_is_left() -> None:
    made = award(terms(rule(accrual="whole_steps")), purchase(25_000), zone=LONDON)
    assert [(step.code, step.params) for step in made.steps] == [
        (StepCode.WHOLE_STEPS, {"rule": "Everything", "steps": 2, "left": 5_000}),
        (StepCode.MATCHED, {"rule": "Everything", "amount": 25_000, "points": 10}),
    ]


@pytest.mark.parametrize(
    ("conditions", "earned", "code"),
    [
        ({"minimum_spend": 10_000}, 5, "matched"),
        ({"minimum_spend": 10_001}, 0, "below-minimum"),
        ({"categories": ["wine"]}, 3, "matched"),
        ({"categories": ["wine", "bread"]}, 5, "matched"),
        ({"categories": ["fish"]}, 0, "nothing-counts"),
        ({"categories": ["wine"], "minimum_spend": 6_001}, 0, "below-minimum"),
        ({"weekdays": ["fri"]}, 5, "matched"),
        ({"weekdays": ["mon", "sat"]}, 0, "other-weekday"),
        ({"hours": {"begins": "12:00", "ends": "13:00"}}, 5, "matched"),
        ({"hours": {"begins": "11:00", "ends": "12:00"}}, 0, "other-hours"),
        ({"hours": {"begins": "12:01", "ends": "12:00"}}, 0, "other-hours"),
        ({"hours": {"begins": "09:00", "ends": "18:00"}, "weekdays": ["fri"]}, 5, "matched"),
        ({"hours": {"begins": "09:00", "ends": "18:00"}, "weekdays": ["thu"]}, 0, "other-weekday"),
    ],
)
def test_rule_is_for_what_meets_its_conditions(conditions: dict[str, Any], earned: int, code: str) -> None:
    bought = purchase(10_000, ("wine", 6_000), ("bread", 4_000))
    made = award(terms(rule(**conditions)), bought, zone=LONDON)
    assert (made.total, _codes(made)[0]) == (earned, code)


@pytest.mark.parametrize(
    ("local", "earned"),
    [
        ("2026-11-20T21:59", 0),  # Friday, before
        ("2026-11-20T22:00", 5),
        ("2026-11-21T01:59", 5),  # Saturday, still Friday's night
        ("2026-11-21T02:00", 0),
        ("2026-11-21T22:00", 0),  # Saturday's own night
        ("2026-11-20T01:59", 0),  # Thursday's night
    ],
)
def test_hours_past_midnight_belong_to_the_day_they_began_on(local: str, earned: int) -> None:
    night = terms(rule(weekdays=["fri"], hours={"begins": "22:00", "ends": "02:00"}))
    at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Asia/Kolkata"))
    assert award(night, purchase(10_000, at=at), zone=ZoneInfo("Asia/Kolkata")).total == earned


def test_weekday_is_the_one_of_the_programs_zone() -> None:
    fridays, late = terms(rule(weekdays=["fri"])), datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
    assert award(fridays, purchase(10_000, at=late), zone=LONDON).total == 5
    assert award(fridays, purchase(10_000, at=late), zone=ZoneInfo("Asia/Kolkata")).total == 0


@pytest.mark.parametrize(
    ("stacking", "shares"),
    [
        ("best", [("Generous", 10)]),
        ("sum", [("Plain", 5), ("Generous", 10), ("Important", 2)]),
        ("first", [("Important", 2)]),
    ],
)
def test_stacking_chooses_among_the_rules_that_match(stacking: str, shares: list[tuple[str, int]]) -> None:
    rules = [rule("Plain"), rule("Generous", points=10), rule("Important", points=2, priority=1), rule("Never", minimum_spend=10_001)]
    made = award(terms(*rules, stacking=stacking), purchase(10_000), zone=LONDON)
    assert [(share.rule, share.points) for share in made.shares] == shares
    given = {name for name, _ in shares}
    told = {step.params["rule"] for step in made.steps if step.code is StepCode.STACKED_OUT}
    assert told == {"Plain", "Generous", "Important"} - given


@pytest.mark.parametrize("stacking", ["best", "first"])
def test_equal_rules_go_by_priority_then_by_their_order(stacking: str) -> None:
    made = award(terms(rule("A"), rule("B"), stacking=stacking), purchase(10_000), zone=LONDON)
    assert [share.rule for share in made.shares] == ["A"]
    made = award(terms(rule("A"), rule("B", priority=1), rule("C", priority=1), stacking=stacking), purchase(10_000), zone=LONDON)
    assert [share.rule for share in made.shares] == ["B"]


@pytest.mark.parametrize(
    ("when_full", "room", "earned"), [("clip", 10, 10), ("deny", 10, 0), ("clip", 15, 15), ("deny", 15, 15), ("clip", 0, 0)]
)
def test_l23_cap_clips_or_denies_and_a_return_frees_the_room(when_full: str, room: int, earned: int) -> None:
    """250 a month, 240 used: 15 more give 10, or nothing."""
    capped = terms(rule(points=15, cap={"points": 250, "window": "month", "when_full": when_full}))
    made = award(capped, purchase(10_000), zone=LONDON, rooms={"Everything": room})
    cap = Cap(points=250, window="month", when_full=when_full)  # type: ignore[arg-type]
    assert made.shares == ((Share("Everything", earned, cap, "2026-11"),) if earned else ())
    assert points_to_take(earned, 10_000, returned_before=0, returned=10_000) == earned


@pytest.mark.parametrize(("when_full", "code"), [("clip", "clipped"), ("deny", "denied")])
def test_cap_tells_what_it_took(when_full: str, code: str) -> None:
    capped = terms(rule(points=15, cap={"points": 250, "window": "ever", "when_full": when_full}))
    made = award(capped, purchase(10_000), zone=LONDON, rooms={"Everything": -3})
    assert [(str(step.code), step.params) for step in made.steps[1:]] == [(code, {"rule": "Everything", "points": 15, "room": 0})]


def test_rooms_of_rules_without_a_cap_say_nothing() -> None:
    assert award(terms(), purchase(10_000), zone=LONDON, rooms={"Everything": 0}).total == 5


def test_best_is_chosen_after_caps_so_a_full_rule_makes_way() -> None:
    rules = terms(rule("Plain"), rule("Generous", points=10, cap={"points": 10, "window": "day"}))
    assert award(rules, purchase(10_000), zone=LONDON, rooms={"Generous": 3}).shares == (Share("Plain", 5),)


def test_best_of_rules_that_round_down_to_the_same_is_the_one_with_the_larger_fraction() -> None:
    rules = terms(rule("Less", spend_per=10_000, priority=1), rule("More", spend_per=9_520))
    made = award(rules, purchase(19_000), zone=LONDON, tier=Tier(name="Gold", threshold=0, multiplier_percent=1_000))
    assert [(share.rule, share.points) for share in made.shares] == [("More", 9)]
    assert made.total == 99  # of 9.978...; the other gives 9.5, and so 95


def test_caps_in_play_are_those_of_rules_that_match() -> None:
    cap = {"points": 10, "window": "week"}
    rules = terms(rule("A", cap=cap), rule("B", cap=cap, weekdays=["mon"]), rule("C"), rule("D", cap=cap | {"window": "ever"}))
    assert caps_in_play(rules, purchase(10_000), LONDON) == (
        CapInPlay("A", Cap(points=10, window="week"), "2026-W47"),
        CapInPlay("D", Cap(points=10, window="ever"), ""),
    )


@pytest.mark.parametrize(
    ("tier", "amount", "bonus"),
    [
        (GOLD, 10_000, 2),  # 7.5 - 5
        (GOLD, 9_999, 3),  # 7.49925 - 4.9995: multiplied before it is rounded
        (GOLD, 1_999, 1),  # 1.49925 - 0.9995
        (SILVER, 10_000, 0),
        (None, 10_000, 0),
    ],
)
def test_tier_multiplies_before_rounding(tier: Tier | None, amount: int, bonus: int) -> None:
    made = award(terms(), purchase(amount), zone=LONDON, tier=tier)
    assert (made.tier_bonus, made.total) == (bonus, made.base + bonus)
    assert [step.params for step in made.steps if step.code is StepCode.TIER_BONUS] == (
        [{"tier": "Gold", "percent": 150, "points": bonus}] if tier is GOLD else []
    )


def test_tier_multiplies_what_a_cap_lets_through_only() -> None:
    made = award(
        terms(rule(points=15, cap={"points": 250, "window": "month"})), purchase(10_000), zone=LONDON, tier=GOLD, rooms={"Everything": 10}
    )
    assert (made.base, made.tier_bonus) == (10, 5)


@pytest.mark.parametrize(
    ("offer", "bonus"),
    [
        (campaign(multiplier=200), 5),
        (campaign(multiplier=150), 2),
        (campaign(extra=40), 40),
        (campaign(multiplier=200, extra=40), 45),
        (campaign(multiplier=200, minimum_spend=10_000), 5),
        (campaign(multiplier=200, minimum_spend=10_001), 0),
        (campaign(multiplier=200, categories=("wine",)), 3),
        (campaign(extra=40, categories=("wine",)), 40),
        (campaign(extra=40, categories=("fish",)), 0),
        (campaign(extra=40, starts_at=NOON), 40),
        (campaign(extra=40, starts_at=NOON + timedelta(microseconds=1)), 0),
        (campaign(extra=40, ends_at=NOON), 0),
        (campaign(multiplier=101), 0),
    ],
)
def test_campaign_adds_to_what_it_counts(offer: Campaign, bonus: int) -> None:
    bought = purchase(10_000, ("wine", 6_000), ("bread", 4_000))
    made = award(terms(), bought, zone=LONDON, campaigns=[offer])
    assert made.campaigns == ((CampaignBonus(SUMMER, bonus),) if bonus else ())
    assert made.total == 5 + bonus


@pytest.mark.parametrize(
    ("categories", "bonus"),
    [(("wine",), 3), (("wine", "bread"), 3), (("bread",), 0), (("wine", "fish"), 3)],
)
def test_campaign_multiplies_what_both_it_and_the_rule_count(categories: tuple[str, ...], bonus: int) -> None:
    bought = purchase(10_000, ("wine", 6_000), ("bread", 4_000))
    made = award(terms(rule(categories=["wine"])), bought, zone=LONDON, campaigns=[campaign(multiplier=200, categories=categories)])
    assert (made.base, made.total) == (3, 3 + bonus)


def test_campaign_multiplies_no_more_than_the_rule_counted_after_discounts() -> None:
    discounted = purchase(5_000, ("wine", 6_000), ("cheese", -1_000))
    rules = terms(rule(spend_per=1_000, points=1, categories=["wine", "cheese"]))
    made = award(rules, discounted, zone=LONDON, campaigns=[campaign(multiplier=200, categories=("wine",))])
    assert (made.base, made.total) == (5, 10)
    partly = purchase(9_000, ("wine", 4_000), ("cheese", -1_000))
    assert award(rules, partly, zone=LONDON, campaigns=[campaign(multiplier=200, categories=("wine",))]).total == 6


@pytest.mark.parametrize(
    ("offer", "code", "params"),
    [
        (campaign(extra=4), "campaign-bonus", {"points": 4}),
        (campaign(extra=4, ends_at=NOON), "campaign-over", {}),
        (campaign(extra=4, categories=("fish",)), "campaign-counts-nothing", {}),
        (campaign(extra=4, minimum_spend=10_001), "campaign-below-minimum", {"amount": 10_000, "minimum": 10_001}),
    ],
)
def test_campaign_is_told(offer: Campaign, code: str, params: dict[str, int]) -> None:
    last = award(terms(), purchase(10_000), zone=LONDON, campaigns=[offer]).steps[-1]
    assert (str(last.code), last.params) == (code, {"campaign": "Summer", **params})


def test_tier_and_campaigns_each_multiply_the_rules_and_never_one_another() -> None:
    made = award(
        terms(rule(points=100)), purchase(10_000), zone=LONDON, tier=GOLD, campaigns=[campaign(multiplier=200), campaign(multiplier=300)]
    )
    assert (made.base, made.tier_bonus, [bonus.points for bonus in made.campaigns], made.total) == (100, 50, [100, 200], 450)


def test_every_step_has_a_sentence_with_places_for_its_params() -> None:
    capped = {"points": 15, "cap": {"points": 1, "window": "day"}}
    rules = [
        rule("A", weekdays=["mon"]),
        rule("B", hours={"begins": "13:00", "ends": "14:00"}),
        rule("C", categories=["fish"]),
        rule("D", minimum_spend=10**6),
        rule("E", accrual="whole_steps"),
        rule("F", spend_per=9_999, priority=1),
        rule("G", **capped),
        rule("H", points=15, cap={"points": 1, "window": "day", "when_full": "deny"}),
    ]
    offers = [
        campaign(extra=1),
        campaign(extra=1, ends_at=NOON),
        campaign(extra=1, categories=("fish",)),
        campaign(extra=1, minimum_spend=10**6),
    ]
    made = award(terms(*rules), purchase(10_000), zone=LONDON, tier=GOLD, campaigns=offers, rooms={"G": 1, "H": 1})
    assert {step.code for step in made.steps} == set(StepCode)
    for step in made.steps:
        assert "{" not in step.sentence.format(**step.params)


def _codes(made: Any) -> list[str]:
    return [str(step.code) for step in made.steps]
