"""The rules of the pot: one document that staff edit. What a round is drawn by is fixed when the round begins."""

from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
import json
from typing import Annotated, Self

from pydantic import Field, model_validator

from laurels.core.clauses import Clause, example
from laurels.products.pot.rules.odds import FlatOdds, Odds
from laurels.products.pot.rules.prices import LinearPrice, Price, PriceResets

MAX_COINS = 1_000_000_000
"""Most coins of any amount that people set or move by hand."""


class OnFailedReply(StrEnum):
    """What becomes of a paid message that the bot can't answer."""

    RETRY = "retry"  # it is asked again, and can be asked again later by its writer
    REFUND = "refund"  # it is asked again a few times; then the price is returned


class Earning(StrEnum):
    """What members do elsewhere that may earn coins here."""

    RECOGNITION_GIVEN = "recognition_given"  # thanking a member
    RECOGNITION_RECEIVED = "recognition_received"  # being thanked
    GOAL_COMPLETED = "goal_completed"  # completing a weekly goal
    QUEST_COMPLETED = "quest_completed"  # completing a quest
    TIER_REACHED = "tier_reached"  # reaching a tier for the first time


class Earn(Clause):
    """Coins for something that a member did elsewhere."""

    model_config = example(trigger="quest_completed", coins=10)

    trigger: Annotated[Earning, Field(strict=False)]
    coins: int = Field(ge=1, le=MAX_COINS)


_EARN = (
    Earn(trigger=Earning.RECOGNITION_RECEIVED, coins=5),
    Earn(trigger=Earning.GOAL_COMPLETED, coins=10),
    Earn(trigger=Earning.QUEST_COMPLETED, coins=10),
    Earn(trigger=Earning.TIER_REACHED, coins=25),
)


class Params(Clause):
    """What a round is drawn by, from its first message to its last: the commitment binds to it."""

    price: Price = LinearPrice(kind="linear")
    price_resets: Annotated[PriceResets, Field(strict=False)] = PriceResets.NEVER
    odds: Odds = FlatOdds(kind="flat")


class PotRules(Clause):
    """What coins are had for, what a message costs and how likely it wins."""

    model_config = example(price={"kind": "linear", "step": 5}, odds={"kind": "flat", "ppm": 100_000}, daily_limit=10_000)

    starting_coins: int = Field(100, ge=0, le=MAX_COINS, description="Coins that each member begins with.")
    weekly_allowance: int = Field(50, ge=0, le=MAX_COINS, description="Coins that each week begins with, from the second on.")
    allowance_up_to: int = Field(200, ge=0, le=MAX_COINS, description="The allowance fills a purse up to so many coins, and no further.")
    daily_limit: Annotated[int, Field(ge=1, le=MAX_COINS)] | None = Field(
        10_000, description="Most coins that a member may put into the pot in a day. Null: no limit but their own."
    )
    price: Price = Field(LinearPrice(kind="linear"), description="What a message costs; from the next round.")
    price_resets: Annotated[PriceResets, Field(strict=False)] = Field(
        PriceResets.NEVER, description="When a member's price begins at one step again; from the next round."
    )
    odds: Odds = Field(FlatOdds(kind="flat"), description="How likely a message wins; from the next round.")
    on_failed_reply: Annotated[OnFailedReply, Field(strict=False)] = Field(
        OnFailedReply.RETRY,
        description="What becomes of a message that the bot can't answer: kept for another try, or its price returned.",
    )
    earnings: tuple[Earn, ...] = Field(_EARN, strict=False, max_length=len(Earning), description="What earns coins; each once.")

    @model_validator(mode="after")
    def _earn_once(self) -> Self:
        if len({one.trigger for one in self.earnings}) < len(self.earnings):
            raise ValueError("Send each trigger of earnings once.")
        return self

    def coins_for(self, trigger: Earning) -> int:
        """What something done elsewhere earns, in coins."""
        return next((one.coins for one in self.earnings if one.trigger is trigger), 0)

    def params(self) -> Params:
        """What a round that begins now is drawn by."""
        return Params(price=self.price, price_resets=self.price_resets, odds=self.odds)


DEFAULT_RULES = PotRules()
"""What ships."""


@lru_cache(maxsize=64)
def read_rules(document: str) -> PotRules:
    """The rules that a pot's row holds."""
    return PotRules.model_validate_json(document)


@lru_cache(maxsize=256)
def read_params(document: str) -> Params:
    """What a round is drawn by, from what `canonical` wrote."""
    return Params.model_validate_json(document)


def canonical(params: Params) -> str:
    """The one text of a round's rules: JSON with sorted names and no spaces, so that anyone hashes the same."""
    return json.dumps(params.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))


def hash_of(params: str) -> str:
    """SHA-256 of a canonical text, in hex."""
    return sha256(params.encode()).hexdigest()
