"""What tokens cost, exactly: prices for a million of them, and costs in millionths of the same currency.

So a price of 0.15 for a million input tokens is 0.15 millionths for each of them.

The prices that are built in are OpenAI's, in US dollars, by its public list
(platform.openai.com/docs/pricing) as it was quoted in June 2026. An operator's
own come first, `LAURELS_MODEL_PRICES`; and where the currency is another one,
theirs are the only ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
import re

from laurels.core.settings import Settings
from laurels.core.token_prices import TokenPrice, read_token_prices

BUILT_IN_CURRENCY = "USD"
BUILT_IN = {
    "gpt-4o-mini": TokenPrice(input=Decimal("0.15"), output=Decimal("0.60")),
    "text-embedding-3-small": TokenPrice(input=Decimal("0.02")),
}

_DATE = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class Cost:
    """What some tokens cost.

    Attributes:
        micros: millionths of the currency's main unit: 1,000,000 are a dollar.
        is_priced: whether the model has a price; else the cost is unknown, and told as 0.
    """

    micros: int
    is_priced: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of models, and what tokens cost by them.

    Attributes:
        currency: ISO 4217 code.
    """

    currency: str
    by_model: Mapping[str, TokenPrice]

    def cost(self, model: str, *, input_tokens: int, output_tokens: int = 0) -> Cost:
        """What one request cost, rounded half up to a millionth. Costs are added up rounded, so a sum is that of its rows.

        Args:
            model: by the settings' name, or by the server's own: the date at its end, as in gpt-4o-mini-2024-07-18, doesn't matter.
        """
        price = self.by_model.get(model) or self.by_model.get(_DATE.sub("", model))
        if price is None:
            return Cost(0, is_priced=False)
        exact = input_tokens * price.input + output_tokens * price.output
        return Cost(int(exact.to_integral_value(ROUND_HALF_UP)), is_priced=True)


def open_prices(settings: Settings) -> Prices:
    """The prices that the settings name, beside those that are built in."""
    built_in = BUILT_IN if settings.model_currency == BUILT_IN_CURRENCY else {}
    return Prices(settings.model_currency, {**built_in, **read_token_prices(settings.model_prices)})
