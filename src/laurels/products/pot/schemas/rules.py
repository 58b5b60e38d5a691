"""What rules of the pot would mean, in answers. The document itself is `rules.PotRules`."""

from typing import Any

from pydantic import Field

from laurels.products.pot.rules import DEFAULT_RULES, Params
from laurels.products.pot.rules.forecast import forecast
from laurels.products.pot.schemas.fields import share_of
from laurels.web.schemas import Answer, example

_CHANCE: dict[str, Any] = {"pot": 50, "odds": 0.1, "odds_ppm": 100_000}
_FORECAST: dict[str, Any] = {"prices": list(forecast(DEFAULT_RULES.params()).prices), "chances": [_CHANCE]}


class ChanceAnswer(Answer):
    """How likely a member's first message wins."""

    model_config = example(_CHANCE)

    pot: int = Field(description="What was in the pot before it.")
    odds: float = Field(description="Its chance, as a part of one.")
    odds_ppm: int = Field(description="The same in millionths.")


class RulesForecastAnswer(Answer):
    """What a member's first messages cost under rules, and how likely they win."""

    model_config = example(_FORECAST)

    prices: list[int] = Field(description="Of the first ten, in coins, where demand is low.")
    chances: list[ChanceAnswer] = Field(description="Of the first one, by what is in the pot.")

    @staticmethod
    def of(params: Params) -> "RulesForecastAnswer":
        """The answer for a round's rules."""
        seen = forecast(params)
        chances = [ChanceAnswer(pot=one.pot, odds=share_of(one.ppm), odds_ppm=one.ppm) for one in seen.chances]
        return RulesForecastAnswer(prices=list(seen.prices), chances=chances)


class RulesPreviewAnswer(Answer):
    """What rules would mean, beside those of the round that goes on; nothing changes by asking."""

    model_config = example({"from_round": 3, "now": _FORECAST, "then": _FORECAST})

    from_round: int = Field(description="The round that they would hold from: the next one.")
    now: RulesForecastAnswer
    then: RulesForecastAnswer
