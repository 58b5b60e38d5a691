"""How likely a message wins: by plug-in. Another one is a clause with `odds`, named in `Odds`. In millionths."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from laurels.core.clauses import Clause, example

MILLION = 1_000_000
"""Odds of this many millionths are certain."""
FAIR_SHARE = 900_000
"""Of a message's price, in millionths, what it wins back on average at most where odds fall: so sending never pays on average."""

Chance: TypeAlias = Annotated[int, Field(ge=1, le=MILLION, description="Chance to win, in millionths: 100000 is one in ten.")]


class FlatOdds(Clause):
    """Every message has the same chance."""

    model_config = example(kind="flat", ppm=100_000)

    kind: Literal["flat"]
    ppm: Chance = 100_000

    def odds(self, price: int, pot: int) -> int:
        """The chance of a message of this price, in millionths; `pot` has its price in it."""
        return self.ppm


class FallingOdds(Clause):
    """The fuller the pot, the smaller the chance: waiting for a full pot never pays."""

    model_config = example(kind="falling", ppm=100_000)

    kind: Literal["falling"]
    ppm: Chance = Field(100_000, description="The chance while the pot is small, in millionths; it is never higher.")

    def odds(self, price: int, pot: int) -> int:
        """The chance of a message of this price, in millionths, rounded down; `pot` has its price in it.

        min(p, 0.9 x price / pot): on average it wins back at most 0.9 of its price.
        """
        return min(self.ppm, FAIR_SHARE * price // pot)


Odds: TypeAlias = Annotated[FlatOdds | FallingOdds, Field(discriminator="kind")]
"""The odds' plug-in."""
