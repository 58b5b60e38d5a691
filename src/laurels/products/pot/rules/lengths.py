"""How long a round goes on by its odds: for staff who are about to set them."""

from laurels.products.pot.rules.document import Params
from laurels.products.pot.rules.odds import MILLION
from laurels.products.pot.rules.prices import Heat

LONGEST = 100_000
"""No round is followed further, in messages."""


def round_lengths(params: Params, percents: tuple[int, ...]) -> tuple[int | None, ...]:
    """By how many messages so many percent of all rounds have ended, for each of some percents; None: more than `LONGEST`.

    Where odds fall with the pot, a round that goes on long has no mean length,
    so shares are told instead. Every message is taken to be its writer's
    first, in quiet.

    Args:
        percents: rising.
    """
    price, left, reached = params.price.price(1, Heat()), 1.0, list[int]()
    for number in range(1, LONGEST + 1):
        left *= 1 - params.odds.odds(price, number * price) / MILLION
        while len(reached) < len(percents) and left <= 1 - percents[len(reached)] / 100:
            reached.append(number)
        if len(reached) == len(percents):
            break
    return (*reached, *[None] * (len(percents) - len(reached)))
