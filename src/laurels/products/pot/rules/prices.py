"""What a message costs: by plug-in. Another one is a clause with `price` and `heated`, named in `Price`.

A member's n-th message costs the step n times; what else moves a price depends
on the plug-in. All in whole coins.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from laurels.core.clauses import Clause, example

MAX_STEP = 1_000_000
"""Most coins by which a message costs more than the one before."""
MAX_PRICE = 2**53 - 1
"""No price is higher: the largest amount of the ledger."""
MAX_TARGET = 1_000_000
"""Most messages that a window of demand may expect."""
MAX_WINDOW_MINUTES = 10_080
"""The longest window of demand: a week."""
ONE = 1_000_000
"""A multiplier of one, in millionths."""
DAMPING = 8
"""How gently demand moves prices: a window of twice the target raises them by an eighth (EIP-1559's rule)."""

Step: TypeAlias = Annotated[int, Field(ge=1, le=MAX_STEP, description="Coins by which each message costs more than the one before.")]


class PriceResets(StrEnum):
    """When a member's price begins at one step again."""

    NEVER = "never"  # their messages are counted for ever
    ROUND = "round"  # with each round
    DAY = "day"  # with each day of the community


@dataclass(frozen=True, slots=True)
class Heat:
    """How demand stands.

    Attributes:
        multiplier: what prices are multiplied by, in millionths; never below one.
        window: the number of the window that is counted, since 1970.
        used: messages paid in it.
    """

    multiplier: int = ONE
    window: int = 0
    used: int = 0


class LinearPrice(Clause):
    """Each message costs one step more: 5, 10, 15, ..."""

    model_config = example(kind="linear", step=5)

    kind: Literal["linear"]
    step: Step = 5

    def price(self, number: int, heat: Heat) -> int:
        """What a member's message costs that has this number, from 1."""
        return min(self.step * number, MAX_PRICE)

    def heated(self, heat: Heat, minute: int) -> Heat:
        """How demand stands at a minute since 1970: it doesn't matter here."""
        return heat


class CappedPrice(Clause):
    """Each message costs one step more, up to a maximum."""

    model_config = example(kind="capped", step=5, most=100)

    kind: Literal["capped"]
    step: Step = 5
    most: int = Field(ge=1, le=MAX_PRICE, description="No message costs more.")

    def price(self, number: int, heat: Heat) -> int:
        """What a member's message costs that has this number, from 1."""
        return min(self.step * number, self.most)

    def heated(self, heat: Heat, minute: int) -> Heat:
        """How demand stands at a minute since 1970: it doesn't matter here."""
        return heat


class DemandPrice(Clause):
    """Steps, times a multiplier that rises while more is sent than expected and falls back to one in quiet."""

    model_config = example(kind="demand", step=5, target=60, window_minutes=10)

    kind: Literal["demand"]
    step: Step = 5
    target: int = Field(ge=1, le=MAX_TARGET, description="Messages of all members that a window may have without prices rising.")
    window_minutes: int = Field(ge=1, le=MAX_WINDOW_MINUTES, description="How long a window lasts.")

    def price(self, number: int, heat: Heat) -> int:
        """What a member's message costs that has this number, from 1: rounded up, so never below the steps alone."""
        return min(-(-self.step * number * heat.multiplier // ONE), MAX_PRICE)

    def heated(self, heat: Heat, minute: int) -> Heat:
        """How demand stands at a minute since 1970: every window that has ended moved the multiplier, the empty ones too.

        x (1 + (used - target) / (8 target)) for each, never below one. A minute
        of an earlier window changes nothing.
        """
        window = minute // self.window_minutes
        if window <= heat.window:
            return heat
        multiplier, used = heat.multiplier, heat.used
        for _ in range(window - heat.window):
            moved = multiplier + multiplier * (used - self.target) // (DAMPING * self.target)
            multiplier, used = min(max(ONE, moved), MAX_PRICE), 0
            if multiplier == ONE:
                break  # an empty window can't lower it further
        return Heat(multiplier, window, 0)


Price: TypeAlias = Annotated[LinearPrice | CappedPrice | DemandPrice, Field(discriminator="kind")]
"""A price's plug-in."""
