"""Campaigns in requests and answers."""

import json
from typing import Any
from uuid import UUID

from pydantic import Field

from laurels.products.loyalty.actions.campaigns import NewCampaign, categories_json
from laurels.products.loyalty.bounds import MAX_POINTS
from laurels.products.loyalty.queries import ShownCampaign
from laurels.products.loyalty.schemas.fields import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    Categories,
    ExtraPoints,
    MinimumSpend,
    Multiplier,
    ProgramName,
    SomePoints,
)
from laurels.web.schemas import Answer, Body, UtcInstant, example, unchanged

_ADVENT: dict[str, Any] = {
    "name": "Advent",
    "starts_at": "2026-12-01T00:00:00+00:00",
    "ends_at": "2026-12-25T00:00:00+00:00",
    "multiplier_percent": 200,
}

_MULTIPLIER = "What the rules give is multiplied by it: 200 doubles. Either this or `extra_points`."
_EXTRA = "Beside what the rules give, for each purchase that qualifies."
_MINIMUM = "Least that must be spent on what counts, in minor units."
_CATEGORIES = "Only lines of these count. None: the whole amount."


class CampaignBody(Body):
    """A time in which purchases earn more."""

    model_config = example({**_ADVENT, "budget": 50_000})

    name: ProgramName
    starts_at: UtcInstant | None = Field(None, description="The first instant that counts; left out for now.")
    ends_at: UtcInstant = Field(description="The first instant that no longer counts.")
    multiplier_percent: Multiplier | None = Field(None, description=_MULTIPLIER)
    extra_points: ExtraPoints | None = Field(None, description=_EXTRA)
    minimum_spend: MinimumSpend = Field(0, description=_MINIMUM)
    categories: Categories = Field(default=[], description=_CATEGORIES)
    budget: SomePoints | None = Field(None, description="Points that it may give in all; left out for no bound.")

    def new(self) -> NewCampaign:
        """What is to be added."""
        return NewCampaign(
            name=self.name,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            multiplier_percent=self.multiplier_percent,
            extra_points=self.extra_points,
            minimum_spend=self.minimum_spend,
            categories=tuple(self.categories),
            budget=self.budget,
        )


class CampaignChange(Body):
    """What of a campaign is to change. Once it has begun: its name, its end, and whether a budget bounds it."""

    model_config = example({"ends_at": "2026-12-27T00:00:00+00:00"})

    name: ProgramName = unchanged()
    starts_at: UtcInstant = unchanged()
    ends_at: UtcInstant = unchanged()
    multiplier_percent: Multiplier | None = unchanged(description=_MULTIPLIER)
    extra_points: ExtraPoints | None = unchanged(description=_EXTRA)
    minimum_spend: MinimumSpend = unchanged(description=_MINIMUM)
    categories: Categories = unchanged(description=_CATEGORIES)
    has_budget: bool = unchanged(description="Whether it gives no more than its budget has left.")

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        if "categories" in sent:
            sent["categories"] = categories_json(sent["categories"])
        return sent


class BudgetBody(Body):
    """Points to add to a campaign's budget; a negative number takes back what it has left."""

    model_config = example({"points": 10_000})

    points: int = Field(ge=-MAX_POINTS, le=MAX_POINTS)


class BudgetAnswer(Answer):
    """What a campaign may still give."""

    model_config = example({"budget_left": 60_000})

    budget_left: int


class CampaignAnswer(Answer):
    """A campaign."""

    model_config = example(
        {
            "id": EXAMPLE_ID,
            **_ADVENT,
            "extra_points": None,
            "minimum_spend": 0,
            "categories": [],
            "has_budget": True,
            "budget_left": 50_000,
            "version": 1,
            "created_at": EXAMPLE_TIME,
            "updated_at": EXAMPLE_TIME,
        }
    )

    id: UUID
    name: str
    starts_at: UtcInstant
    ends_at: UtcInstant
    multiplier_percent: int | None
    extra_points: int | None
    minimum_spend: int
    categories: list[str]
    has_budget: bool
    budget_left: int | None = Field(description="Points that it may still give; null where no budget bounds it.")
    version: int
    created_at: UtcInstant
    updated_at: UtcInstant

    @staticmethod
    def of(shown: ShownCampaign) -> "CampaignAnswer":
        """The answer for a campaign."""
        row = shown.row
        return CampaignAnswer(
            id=row.id,
            name=row.name,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            multiplier_percent=row.multiplier_percent,
            extra_points=row.extra_points,
            minimum_spend=row.minimum_spend,
            categories=json.loads(row.categories),
            has_budget=row.has_budget,
            budget_left=shown.budget_left,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )
