"""How long rounds go on."""

import pytest

from laurels.products.pot.rules import CappedPrice, FallingOdds, FlatOdds, LinearPrice, Params
from laurels.products.pot.rules.lengths import LONGEST, round_lengths


@pytest.mark.parametrize(
    ("ppm", "lengths"),
    [
        (100_000, (7, 22)),  # 0.9^7 = 0.478, 0.9^6 = 0.531; 0.9^22 = 0.098, 0.9^21 = 0.109
        (500_000, (1, 4)),
        (1_000_000, (1, 1)),
        (10, (69_315, None)),  # ln 2 / 10^-5, and ln 10 / 10^-5 is further than anybody looks
        (1, (None, None)),
    ],
)
def test_flat_odds_end_rounds_as_their_powers_do(ppm: int, lengths: tuple[int | None, ...]) -> None:
    assert round_lengths(Params(odds=FlatOdds(kind="flat", ppm=ppm)), (50, 90)) == lengths


def test_falling_odds_end_rounds_later_than_flat_ones_of_the_same_chance() -> None:
    """Up to nine messages the chance is one in ten; the k-th of them after that wins with 0.9 / k."""
    half, most = round_lengths(Params(odds=FallingOdds(kind="falling", ppm=100_000)), (50, 90))
    assert half == 7
    assert most is not None and 35 <= most <= 45  # 0.387 x (9.5 / k)^0.9 = 0.1
    assert round_lengths(Params(odds=FallingOdds(kind="falling", ppm=1)), (50,)) == (None,)


def test_price_alone_ends_no_round() -> None:
    prices = (LinearPrice(kind="linear", step=1), LinearPrice(kind="linear", step=1_000), CappedPrice(kind="capped", step=9, most=3))
    assert len({round_lengths(Params(price=price, odds=FallingOdds(kind="falling", ppm=50_000)), (50, 90)) for price in prices}) == 1


def test_nobody_looks_further_than_the_longest() -> None:
    [found] = round_lengths(Params(odds=FlatOdds(kind="flat", ppm=7)), (50,))
    assert found is not None
    assert found <= LONGEST
