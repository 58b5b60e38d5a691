"""The rules' document: what ships, that it is kept exactly, and what is refused."""

import json
from typing import Any

from pydantic import BaseModel, ValidationError
import pytest

from laurels.products.progress.rules import (
    DEFAULT_PRESET,
    LABELS,
    LIFETIME,
    OPEN_TYPES,
    PRESETS,
    SYSTEM_TYPES,
    ActivityType,
    AppliesTo,
    Cap,
    CapMode,
    CapWindow,
    Decay,
    Freezes,
    Rules,
    Skill,
    StreakBonus,
    Tier,
    preset,
)
from laurels.products.progress.tables import member_progress

LEAST: dict[str, Any] = {
    "preset": "mine",
    "title": "Mine",
    "tiers": [{"key": "one", "title": "One", "at": 0}],
    "levels": [0],
    "then_every": 100,
}
DECAYS = {"after_days": 90, "every_days": 30, "percent": 5, "notice_days": 14}
CAP = {"name": "all", "window": "week", "points": 500}


def changed(**fields: Any) -> dict[str, Any]:
    return LEAST | fields


def messages(body: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as refused:
        Rules.model_validate(body)
    return str(refused.value)


def test_the_default_preset_says_what_was_decided() -> None:
    rules = preset(DEFAULT_PRESET)
    assert (rules.preset, rules.title) == ("thrive", "Thrive")
    assert rules.self_reported == (ActivityType.COMMENT, ActivityType.REACTION)
    assert (rules.max_self_points, rules.goals_active_days) == (1_000, 14)
    assert [(cap.name, cap.activity_types, cap.window, cap.points, cap.mode, cap.applies_to) for cap in rules.caps] == [
        ("comments", ("comment",), "day", 100, "deny", "self"),
        ("reactions", ("reaction",), "day", 50, "deny", "self"),
    ]
    assert rules.streak_bonus == StreakBonus(points_per_day=5, most_days=100)
    assert rules.freezes == Freezes(most=2, earned_every=7, cost=100)
    assert rules.decay is None
    assert [(skill.key, skill.at) for skill in rules.skills] == [
        ("beginner", 0),
        ("intermediate", 201),
        ("advanced", 501),
        ("master", 1001),
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_called_what_it_says(name: str) -> None:
    assert preset(name).preset == name


def test_a_preset_that_does_not_ship_is_not_found() -> None:
    with pytest.raises(LookupError):
        preset("../thrive")


@pytest.mark.parametrize("body", [LEAST, changed(decay=DECAYS, streak_bonus=None, caps=[CAP | {"activity_types": ["quiz_complete"]}])])
def test_a_document_is_read_again_exactly(body: dict[str, Any]) -> None:
    rules = Rules.model_validate(body)
    assert Rules.model_validate_json(rules.model_dump_json()) == rules
    assert Rules.model_validate(json.loads(rules.model_dump_json())) == rules


@pytest.mark.parametrize("model", [Tier, Skill, Cap, StreakBonus, Freezes, Decay, Rules])
def test_examples_are_right(model: type[BaseModel]) -> None:
    example = model.model_json_schema()["examples"][0]
    assert json.loads(model.model_validate(example).model_dump_json()).items() >= json.loads(json.dumps(example)).items()


def test_a_cap_counts_what_members_claim_unless_it_says_otherwise() -> None:
    cap = Cap.model_validate(CAP)
    assert (cap.activity_types, cap.window, cap.mode, cap.applies_to) == ((), CapWindow.WEEK, CapMode.DENY, AppliesTo.SELF)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"tiers": []}, "Send 0 as the first threshold"),
        ({"tiers": [{"key": "one", "title": "One", "at": 5}]}, "Send 0 as the first threshold"),
        ({"tiers": [{"key": "one", "title": "One", "at": 0}, {"key": "two", "title": "Two", "at": 0}]}, "ascending order"),
        ({"tiers": [{"key": "one", "title": "One", "at": 0}, {"key": "one", "title": "Two", "at": 5}]}, "Send each name once"),
        ({"tiers": [{"key": "One", "title": "One", "at": 0}]}, "pattern"),
        ({"tiers": [{"key": "one", "title": "  ", "at": 0}]}, "at least 1"),
        ({"tiers": [{"key": f"t{at}", "title": "T", "at": at} for at in range(21)]}, "at most 20"),
        ({"levels": []}, "Send 0 as the first threshold"),
        ({"levels": [1]}, "Send 0 as the first threshold"),
        ({"levels": [0, 50, 50]}, "ascending order"),
        ({"levels": [0, "50"]}, "valid integer"),
        ({"levels": [0, 50.0]}, "valid integer"),
        ({"levels": [0, True]}, "valid integer"),
        ({"levels": [*range(201)]}, "at most 200"),
        ({"levels": [0, 10**9 + 1]}, "less than or equal to 1000000000"),
        ({"then_every": 0}, "greater than or equal to 1"),
        ({"skills": []}, "Send 0 as the first threshold"),
        ({"self_reported": ["streak_bonus"]}, "Leave out what only the system awards"),
        ({"self_reported": ["comment", "comment"]}, "Send each name once"),
        ({"self_reported": ["dance"]}, "quiz_complete"),
        ({"max_self_points": 0}, "greater than or equal to 1"),
        ({"caps": [CAP, CAP]}, "Send each name once"),
        ({"caps": [CAP | {"activity_types": ["weekly_goal"]}]}, "Leave out what only the system awards"),
        ({"caps": [CAP | {"activity_types": ["comment", "comment"]}]}, "Send each name once"),
        ({"caps": [CAP | {"window": "year"}]}, "'day', 'week' or 'month'"),
        ({"caps": [CAP | {"points": 0}]}, "greater than or equal to 1"),
        ({"caps": [CAP | {"name": f"c{number}"} for number in range(21)]}, "at most 20"),
        ({"streak_bonus": {"most_days": 0}}, "greater than or equal to 1"),
        ({"freezes": {"most": 31}}, "less than or equal to 30"),
        ({"freezes": {"cost": 0}}, "greater than or equal to 1"),
        ({"decay": DECAYS | {"percent": 101}}, "less than or equal to 100"),
        ({"decay": DECAYS | {"notice_days": 91}}, "at most as many days of notice"),
        ({"goals_active_days": 0}, "greater than or equal to 1"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
        ({"title": None}, "valid string"),
    ],
)
def test_what_makes_no_rules_is_refused_clearly(fields: dict[str, Any], told: str) -> None:
    assert told in messages(changed(**fields))


def test_a_document_never_changes() -> None:
    with pytest.raises(ValidationError):
        preset("thrive").title = "Other"


def test_every_type_has_a_label_and_is_either_the_systems_or_open() -> None:
    assert [kind.label for kind in ActivityType] == list(LABELS.values())
    assert {kind for kind in ActivityType if kind.is_system} == SYSTEM_TYPES == {"streak_bonus", "weekly_goal", "side_quest", "decay"}
    assert set(OPEN_TYPES) == set(ActivityType) - SYSTEM_TYPES
    assert len(OPEN_TYPES) == 8


def test_lifetime_counters_are_columns() -> None:
    assert set(LIFETIME.values()) <= set(member_progress.c.keys())
    assert set(LIFETIME) == {"quiz_complete", "project_create", "comment"}
