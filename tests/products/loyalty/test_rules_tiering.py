"""Tiers and their edges."""

import pytest

from laurels.products.loyalty.rules import next_tier, points_to_next, tier_for, tier_place
from products.loyalty.terms_paper import terms

TIERED = terms(
    tiers=[
        {"name": "Silver", "threshold": 0},
        {"name": "Gold", "threshold": 1_000, "multiplier_percent": 150},
        {"name": "Platinum", "threshold": 5_000, "multiplier_percent": 200},
    ]
)


@pytest.mark.parametrize(
    ("points", "place", "has", "ahead", "missing"),
    [
        (-5, 0, "Silver", "Gold", 1_005),
        (0, 0, "Silver", "Gold", 1_000),
        (999, 0, "Silver", "Gold", 1),
        (1_000, 1, "Gold", "Platinum", 4_000),
        (4_999, 1, "Gold", "Platinum", 1),
        (5_000, 2, "Platinum", None, None),
        (10**9, 2, "Platinum", None, None),
    ],
)
def test_tier_is_the_highest_that_is_reached(points: int, place: int, has: str, ahead: str | None, missing: int | None) -> None:
    tier, following = tier_for(TIERED, points), next_tier(TIERED, points)
    assert tier is not None
    assert (tier_place(TIERED, points), tier.name, following and following.name) == (place, has, ahead)
    assert points_to_next(TIERED, points) == missing


def test_program_without_tiers_has_none() -> None:
    plain = terms()
    assert (tier_place(plain, 10), tier_for(plain, 10), next_tier(plain, 10), points_to_next(plain, 10)) == (0, None, None, None)
