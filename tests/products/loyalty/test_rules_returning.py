"""What returns take back, case by case."""

import pytest

from laurels.products.loyalty.rules import points_kept, points_to_take, stand_alone_points
from products.loyalty.terms_paper import LONDON, purchase, rule, terms


@pytest.mark.parametrize(
    ("earned", "amount", "returned", "kept"),
    [
        (5, 10_000, 0, 5),
        (5, 10_000, -1, 5),
        (5, 10_000, 1, 4),
        (5, 10_000, 5_000, 2),
        (5, 10_000, 9_999, 0),
        (5, 10_000, 10_000, 0),
        (5, 10_000, 12_000, 0),
        (0, 1_999, 1_000, 0),
        (0, 0, 0, 0),
        (5, 0, 0, 5),
        (0, 0, 100, 0),
    ],
)
def test_purchase_keeps_its_points_in_proportion(earned: int, amount: int, returned: int, kept: int) -> None:
    assert points_kept(earned, amount, returned) == kept


def test_l13_three_partial_returns_never_take_more_than_was_earned() -> None:
    taken = [points_to_take(5, 10_000, returned_before=number * 3_333, returned=3_333) for number in range(3)]
    assert taken == [2, 2, 1]


def test_more_than_the_purchase_comes_back_as_the_whole_of_it() -> None:
    assert points_to_take(5, 10_000, returned_before=5_000, returned=20_000) == 2
    assert points_to_take(5, 10_000, returned_before=25_000, returned=100) == 0


def test_return_by_itself_takes_what_its_amount_would_earn_without_tier_campaigns_and_caps() -> None:
    capped = terms(
        rule(cap={"points": 1, "window": "ever", "when_full": "deny"}),
        tiers=[{"name": "Gold", "threshold": 0, "multiplier_percent": 300}],
    )
    assert stand_alone_points(capped, purchase(9_999), LONDON) == 4
