"""The terms as a document: what is taken, what is refused and why, and that they are stored exactly."""

import json
from typing import Any

from pydantic import ValidationError
import pytest

from laurels.products.loyalty.rules import Terms
from laurels.products.loyalty.rules.terms import (
    CalendarEndExpiry,
    Cap,
    Clause,
    EarnRule,
    Hours,
    InactivityExpiry,
    MonthsExpiry,
    NoExpiry,
    Tier,
)
from products.loyalty.terms_paper import rule, terms

FULL: dict[str, Any] = {
    "rules": [
        {
            "name": "Wine at night",
            "spend_per": 100,
            "points": 1,
            "accrual": "whole_steps",
            "minimum_spend": 2_500,
            "categories": ["wine", "cheese"],
            "weekdays": ["fri", "sat"],
            "hours": {"begins": "22:00", "ends": "02:00"},
            "priority": 7,
            "cap": {"points": 250, "window": "week", "when_full": "deny"},
        },
        {"name": "Everything", "spend_per": 10_000, "points": 5},
    ],
    "stacking": "sum",
    "pending_days": 14,
    "expiry": {"kind": "calendar_end", "period": "quarter", "periods": 2},
    "tiers": [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 1_000, "multiplier_percent": 150}],
    "tier_window": "year",
    "return_policy": "allow_negative",
    "unknown_members": "refuse",
    "future_tolerance_minutes": 0,
}


def test_one_rule_is_enough_and_the_rest_has_the_documented_defaults() -> None:
    made = Terms.model_validate({"rules": [{"name": "Everything", "spend_per": 10_000, "points": 5}]})
    assert made.model_dump() == {
        "rules": (
            {
                "name": "Everything",
                "spend_per": 10_000,
                "points": 5,
                "accrual": "prorated",
                "minimum_spend": 0,
                "categories": (),
                "weekdays": (),
                "hours": None,
                "priority": 0,
                "cap": None,
            },
        ),
        "stacking": "best",
        "pending_days": 0,
        "expiry": {"kind": "none"},
        "tiers": (),
        "tier_window": "ever",
        "return_policy": "within_balance",
        "unknown_members": "wait",
        "future_tolerance_minutes": 5,
    }
    assert Cap(points=1, window="day").when_full == "clip"
    assert Tier(name="Silver", threshold=0).multiplier_percent == 100


@pytest.mark.parametrize("clause", [Hours, Cap, EarnRule, NoExpiry, MonthsExpiry, CalendarEndExpiry, InactivityExpiry, Tier, Terms])
def test_every_part_has_an_example_that_is_taken_and_stored_exactly(clause: type[Clause]) -> None:
    extra = clause.model_config["json_schema_extra"]
    assert isinstance(extra, dict)
    examples = extra["examples"]
    assert isinstance(examples, list) and examples
    for example in examples:
        made = clause.model_validate(example)
        stored = made.model_dump_json()
        assert clause.model_validate_json(stored) == made
        assert clause.model_validate_json(stored).model_dump_json() == stored


def test_full_terms_are_the_same_as_sent_as_stored_and_as_read_back() -> None:
    made = Terms.model_validate(FULL)
    assert Terms.model_validate_json(json.dumps(FULL)) == made
    assert Terms.model_validate_json(made.model_dump_json()) == made
    assert json.loads(made.model_dump_json(exclude_defaults=True)) == FULL


def test_terms_never_change() -> None:
    made = terms()
    with pytest.raises(ValidationError):
        made.pending_days = 1  # type: ignore[misc]  # that it can't be done is what is tested


def test_names_are_kept_in_normal_form_without_blanks_around_them() -> None:
    made = terms(rule("  Cafe\u0301 ", categories=[" thé "]))
    assert (made.rules[0].name, made.rules[0].categories) == ("Café", ("thé",))


@pytest.mark.parametrize(
    ("wrong", "place", "why"),
    [
        ({"rules": []}, ("rules",), "Send at least one rule."),
        ({"rules": [rule(str(number)) for number in range(51)]}, ("rules",), "too_long"),
        ({"rules": [rule(), rule()]}, ("rules",), "Send each name once."),
        ({"rules": [rule("Café"), rule("Cafe\u0301")]}, ("rules",), "Send each name once."),
        ({"rules": [rule("")]}, ("rules", 0, "name"), "too_short"),
        ({"rules": [rule("a\x1fb")]}, ("rules", 0, "name"), "Send text without control characters."),
        ({"rules": [rule("x" * 61)]}, ("rules", 0, "name"), "too_long"),
        ({"rules": [rule(spend_per=0)]}, ("rules", 0, "spend_per"), "greater_than_equal"),
        ({"rules": [rule(spend_per=10**12 + 1)]}, ("rules", 0, "spend_per"), "less_than_equal"),
        ({"rules": [rule(points=0)]}, ("rules", 0, "points"), "greater_than_equal"),
        ({"rules": [rule(points=1_000_001)]}, ("rules", 0, "points"), "less_than_equal"),
        ({"rules": [rule(spend_per=1, points=11)]}, ("rules", 0), "Send at most ten points for each minor unit that is spent."),
        ({"rules": [rule(points="5")]}, ("rules", 0, "points"), "int_type"),
        ({"rules": [rule(points=5.0)]}, ("rules", 0, "points"), "int_type"),
        ({"rules": [rule(points=True)]}, ("rules", 0, "points"), "int_type"),
        ({"rules": [rule(accrual="rounded")]}, ("rules", 0, "accrual"), "literal_error"),
        ({"rules": [rule(minimum_spend=-1)]}, ("rules", 0, "minimum_spend"), "greater_than_equal"),
        ({"rules": [rule(categories=["wine", "wine"])]}, ("rules", 0, "categories"), "Send each name once."),
        ({"rules": [rule(categories=[1])]}, ("rules", 0, "categories", 0), "string_type"),
        ({"rules": [rule(weekdays=["fri", "fri"])]}, ("rules", 0, "weekdays"), "Send each name once."),
        ({"rules": [rule(weekdays=["Friday"])]}, ("rules", 0, "weekdays", 0), "literal_error"),
        ({"rules": [rule(hours={"begins": "24:00", "ends": "02:00"})]}, ("rules", 0, "hours", "begins"), "string_pattern_mismatch"),
        (
            {"rules": [rule(hours={"begins": "09:00", "ends": "09:00"})]},
            ("rules", 0, "hours"),
            "Send hours that end at another time than they begin, or leave them out for the whole day.",
        ),
        ({"rules": [rule(cap={"points": 0, "window": "day"})]}, ("rules", 0, "cap", "points"), "greater_than_equal"),
        ({"rules": [rule(cap={"points": 1})]}, ("rules", 0, "cap", "window"), "missing"),
        ({"rules": [rule(multiplier=2)]}, ("rules", 0, "multiplier"), "extra_forbidden"),
        ({"rules": [rule()], "currency": "GBP"}, ("currency",), "extra_forbidden"),
        ({"rules": [rule()], "pending_days": 366}, ("pending_days",), "less_than_equal"),
        ({"rules": [rule()], "future_tolerance_minutes": 1_441}, ("future_tolerance_minutes",), "less_than_equal"),
        ({"rules": [rule()], "stacking": None}, ("stacking",), "literal_error"),
        ({"rules": [rule()], "expiry": {"kind": "never"}}, ("expiry",), "union_tag_invalid"),
        ({"rules": [rule()], "expiry": {"months": 1}}, ("expiry",), "union_tag_not_found"),
        ({"rules": [rule()], "expiry": {"kind": "months"}}, ("expiry", "months", "months"), "missing"),
        ({"rules": [rule()], "expiry": {"kind": "months", "months": 121}}, ("expiry", "months", "months"), "less_than_equal"),
        ({"rules": [rule()], "expiry": {"kind": "none", "months": 1}}, ("expiry", "none", "months"), "extra_forbidden"),
        (
            {"rules": [rule()], "tiers": [{"name": "Silver", "threshold": 1}]},
            ("tiers",),
            "Send 0 as the threshold of the first tier: every member has one.",
        ),
        (
            {"rules": [rule()], "tiers": [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 0}]},
            ("tiers",),
            "Send tiers by ascending threshold, each above the one before.",
        ),
        (
            {"rules": [rule()], "tiers": [{"name": "Silver", "threshold": 0}, {"name": "Silver", "threshold": 1}]},
            ("tiers",),
            "Send each name once.",
        ),
        (
            {"rules": [rule()], "tiers": [{"name": "Silver", "threshold": 0, "multiplier_percent": 99}]},
            ("tiers", 0, "multiplier_percent"),
            "greater_than_equal",
        ),
    ],
)
def test_what_is_wrong_is_refused_where_it_stands(wrong: dict[str, Any], place: tuple[str | int, ...], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Terms.model_validate(wrong)
    assert [(error["loc"], _why(error)) for error in refused.value.errors()] == [(place, why)]


def _why(error: Any) -> str:
    return str(error["ctx"]["error"]) if error["type"] == "value_error" else error["type"]
