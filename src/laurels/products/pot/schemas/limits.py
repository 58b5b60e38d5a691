"""How members hold themselves back, in requests and answers."""

from datetime import date
from typing import Annotated

from pydantic import Field

from laurels.products.pot.queries.standing import Standing
from laurels.products.pot.rules import MAX_COINS
from laurels.products.pot.schemas.fields import PauseDays
from laurels.web.schemas import Answer, Body, UtcInstant, example


class LimitBody(Body):
    """The daily limit that a member sets themselves."""

    model_config = example({"daily_limit": 50}, {"daily_limit": None})

    daily_limit: Annotated[int, Field(strict=True, ge=0, le=MAX_COINS)] | None = Field(
        description="Most coins that you may put into the pot in a day; 0 keeps you out. Null: the community's limit alone."
    )


class PauseBody(Body):
    """How long a member wants to be kept out."""

    model_config = example({"days": 7})

    days: PauseDays


class LimitsAnswer(Answer):
    """What holds a member back, now."""

    model_config = example(
        {
            "daily_limit": 50,
            "community_limit": 10_000,
            "own_limit": 50,
            "later_limit": None,
            "later_from": None,
            "paid_today": 15,
            "left_today": 35,
            "resets_at": "2026-11-21T00:00:00+00:00",
            "paused_until": None,
        }
    )

    daily_limit: int | None = Field(description="The lower of the two below: most coins that you may put into the pot in a day.")
    community_limit: int | None = Field(description="Null: there is none.")
    own_limit: int | None = Field(description="The one that you set yourself; null: none.")
    later_limit: int | None = Field(description="What your own becomes on the day `later_from`, if that is set; null: none.")
    later_from: date | None = Field(description="A higher limit holds from the community's next day on.")
    paid_today: int
    left_today: int | None = Field(description="Null: no limit.")
    resets_at: UtcInstant = Field(description="When the community's next day begins.")
    paused_until: UtcInstant | None = Field(description="You asked to be kept out until then. It can't be shortened.")

    @staticmethod
    def of(standing: Standing) -> "LimitsAnswer":
        """The answer for a member."""
        coins = standing.coins
        return LimitsAnswer(
            daily_limit=coins.daily_limit,
            community_limit=standing.rules.daily_limit,
            own_limit=coins.own_limit,
            later_limit=coins.later_limit,
            later_from=coins.later_from,
            paid_today=coins.paid_today,
            left_today=None if coins.daily_limit is None else max(0, coins.daily_limit - coins.paid_today),
            resets_at=standing.next_day_at,
            paused_until=coins.paused_until,
        )
