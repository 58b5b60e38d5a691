"""What a million tokens cost, as an operator writes it: JSON by the models' names."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MAX_MODELS = 1000
MAX_PRICE = 1_000_000

_Price = Annotated[Decimal, Field(ge=0, le=MAX_PRICE, decimal_places=6)]


class TokenPrice(BaseModel):
    """Prices of one model, in a currency's main unit for a million tokens; exact."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: _Price
    output: _Price = Decimal(0)


_PRICES = TypeAdapter(Annotated[dict[str, TokenPrice], Field(max_length=MAX_MODELS)])


def read_token_prices(text: str) -> dict[str, TokenPrice]:
    """Prices by the models' names; none in an empty text.

    Raises:
        ValueError: with what to write instead.
    """
    try:
        return _PRICES.validate_json(text) if text.strip() else {}
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = " ".join(map(str, first["loc"]))
        raise ValueError(
            f"{place}{': ' if place else ''}{first['msg']}; "
            'write prices for a million tokens like {"a-model": {"input": 0.15, "output": 0.60}}'
        ) from None
