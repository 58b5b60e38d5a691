"""Tiers, levels and skills at their edges, in both presets."""

from hypothesis import given
from hypothesis import strategies as st
import pytest

from laurels.products.progress.rules import (
    PRESETS,
    floor_of,
    level_at,
    level_of,
    points_to_next_level,
    points_to_next_tier,
    preset,
    skill_of,
    tier_index,
)

THRIVE_LEVELS = [0, 50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 2750, 3500, 4500, 6000, 7500, 10000, 13000, 17000, 22000, 30000, 40000]
THRIVE_LEVELS += [50000, 60000]
GARDEN_LEVELS = [0, 100, 250, 500, 800, 1200, 1700, 2300, 3000, 3800, 4800, 6000, 7500, 9300, 11500, 14100, 17200, 21000, 25600, 31000]
GARDEN_LEVELS += [41000, 51000, 61000]
EDGES = {
    "thrive": {"ember": 0, "spark": 250, "blaze": 500, "beacon": 1000, "phoenix": 2500},
    "garden": {"seedling": 0, "sprout": 1000, "blossom": 2500, "bloom": 5000, "evergreen": 10000},
}
LEVELS = {"thrive": THRIVE_LEVELS, "garden": GARDEN_LEVELS}


@pytest.mark.parametrize(("name", "key", "at"), [(name, key, at) for name, tiers in EDGES.items() for key, at in tiers.items()])
def test_a_tier_begins_at_its_threshold_and_not_a_point_before(name: str, key: str, at: int) -> None:
    rules, keys = preset(name), list(EDGES[name])
    place = keys.index(key)
    assert [tier.key for tier in rules.tiers] == keys
    assert (tier_index(rules, at), floor_of(rules, at)) == (place, at)
    if place:
        assert tier_index(rules, at - 1) == place - 1
        assert points_to_next_tier(rules, at - 1) == 1
        assert floor_of(rules, at - 1) == EDGES[name][keys[place - 1]]


def test_no_tier_is_next_at_the_top() -> None:
    assert points_to_next_tier(preset("thrive"), 2499) == 1
    assert points_to_next_tier(preset("thrive"), 2500) is None
    assert points_to_next_tier(preset("thrive"), 10**12) is None


@pytest.mark.parametrize(("name", "level"), [(name, level) for name in PRESETS for level in range(1, 24)])
def test_a_level_begins_at_its_threshold_and_not_a_point_before(name: str, level: int) -> None:
    rules, at = preset(name), LEVELS[name][level - 1]
    assert (level_of(rules, at), level_at(rules, level)) == (level, at)
    assert level_of(rules, at + 1) == level
    if level > 1:
        assert level_of(rules, at - 1) == level - 1
        assert points_to_next_level(rules, at - 1) == 1


@pytest.mark.parametrize(("name", "last"), [("thrive", 60_000), ("garden", 61_000)])
def test_past_the_table_a_level_comes_every_ten_thousand(name: str, last: int) -> None:
    rules = preset(name)
    assert len(rules.levels) == 23
    assert [level_of(rules, last + more) for more in (0, 9_999, 10_000, 19_999, 20_000)] == [23, 23, 24, 24, 25]
    assert [points_to_next_level(rules, last + more) for more in (0, 9_999, 10_000)] == [10_000, 1, 10_000]
    assert [level_at(rules, level) for level in (23, 24, 33)] == [last, last + 10_000, last + 100_000]


def test_examples_of_both_presets() -> None:
    """Published examples call 150 points level 2 and 650 spark, level 4: the second preset's levels say so, the first's don't."""
    thrive, garden = preset("thrive"), preset("garden")
    assert [level_of(thrive, total) for total in (150, 650)] == [3, 6]
    assert thrive.tiers[tier_index(thrive, 650)].key == "blaze"
    assert [level_of(garden, total) for total in (150, 650)] == [2, 4]


def test_a_large_award_passes_several_tiers() -> None:
    assert [tier_index(preset("thrive"), total) for total in (0, 2500)] == [0, 4]


@pytest.mark.parametrize(
    ("points", "key"),
    [
        (0, "beginner"),
        (200, "beginner"),
        (201, "intermediate"),
        (500, "intermediate"),
        (501, "advanced"),
        (1000, "advanced"),
        (1001, "master"),
    ],
)
def test_a_skill_begins_at_its_threshold(points: int, key: str) -> None:
    assert skill_of(preset("thrive"), points).key == key


@given(name=st.sampled_from(PRESETS), total=st.integers(0, 2**53))
def test_what_is_missing_leads_to_the_next(name: str, total: int) -> None:
    rules = preset(name)
    missing, to_tier = points_to_next_level(rules, total), points_to_next_tier(rules, total)
    assert missing > 0
    assert level_of(rules, total + missing) == level_of(rules, total) + 1
    assert level_of(rules, total + missing - 1) == level_of(rules, total)
    assert floor_of(rules, total) <= total
    assert to_tier is None or tier_index(rules, total + to_tier) == tier_index(rules, total) + 1
    assert to_tier is None or tier_index(rules, total + to_tier - 1) == tier_index(rules, total)
