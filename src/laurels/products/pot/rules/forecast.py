"""What rules would mean: for staff who are about to change them."""

from dataclasses import dataclass

from laurels.products.pot.rules.document import Params
from laurels.products.pot.rules.prices import Heat

MESSAGES = 10
"""So many messages of a member's are priced."""
POTS = (0, 50, 500, 5_000)
"""Pots for which a chance is told, in coins."""


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance of a member's first message, in millionths, at what was in the pot before it."""

    pot: int
    ppm: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a member's first messages would cost in coins, in quiet, and how likely the first one wins."""

    prices: tuple[int, ...]
    chances: tuple[Chance, ...]


def forecast(params: Params) -> Forecast:
    """What a round's rules mean for a member who sends their first messages in it."""
    prices = tuple(params.price.price(number, Heat()) for number in range(1, MESSAGES + 1))
    return Forecast(prices, tuple(Chance(pot, params.odds.odds(prices[0], pot + prices[0])) for pot in POTS))
