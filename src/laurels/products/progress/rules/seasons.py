"""Seasons: times with a board of their own, and with multipliers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, Field, TypeAdapter, model_validator

from laurels.core.clauses import Clause, example
from laurels.products.progress.rules.clauses import ActivityTypes, require_distinct, require_open
from laurels.products.progress.rules.types import ActivityType, includes

MAX_MULTIPLIERS = 20
"""Most multipliers of a season."""
MAX_PERCENT = 1_000
"""Largest multiplier: ten times the points."""

MultiplierPercent: TypeAlias = Annotated[int, Field(ge=101, le=MAX_PERCENT)]
"""150 gives half as much again."""


class Multiplier(Clause):
    """More points for some activities, for all of a season or a part of it."""

    model_config = example(percent=200, activity_types=["quiz_complete"], topic="chemistry")

    percent: MultiplierPercent = Field(description="200 doubles; points are rounded down.")
    activity_types: ActivityTypes = Field((), description="None: all. What only the system awards is never multiplied.")
    topic: str | None = Field(None, description="Only activities of this topic. None: of any topic, or of none.")
    starts_at: AwareDatetime | None = Field(None, description="The first instant that counts. None: from the season's start.")
    ends_at: AwareDatetime | None = Field(None, description="The first instant that no longer counts. None: to the season's end.")

    @model_validator(mode="after")
    def _multiply_something(self) -> Self:
        require_distinct(self.activity_types)
        require_open(self.activity_types)
        if self.starts_at is not None and self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("Send an end that is later than the start.")
        return self

    def applies(self, kind: ActivityType, topic: str | None, at: datetime) -> bool:
        """Whether it multiplies an activity that was done at an instant."""
        begun = self.starts_at is None or self.starts_at <= at
        over = self.ends_at is not None and self.ends_at <= at
        return begun and not over and self.topic in (None, topic) and includes(self.activity_types, kind)


@dataclass(frozen=True, slots=True)
class Season:
    """A time with a board of its own. No two overlap.

    Attributes:
        starts_at: its first instant.
        ends_at: the first that is no longer in it.
    """

    id: UUID
    starts_at: datetime
    ends_at: datetime
    multipliers: tuple[Multiplier, ...] = ()


def multiplied(amount: int, season: Season | None, kind: ActivityType, topic: str | None, at: datetime) -> int:
    """Points with the largest multiplier that applies, rounded down.

    Args:
        amount: points before.
        season: the one that `at` lies in.
        at: when the activity was done.
    """
    if season is None or not season.multipliers:
        return amount
    percents = [each.percent for each in season.multipliers if each.applies(kind, topic, at)]
    return amount * max(percents, default=100) // 100


_MULTIPLIERS = TypeAdapter(tuple[Multiplier, ...])


def read_multipliers(text: str) -> tuple[Multiplier, ...]:
    """Multipliers as `write_multipliers` wrote them."""
    return _MULTIPLIERS.validate_json(text)


def write_multipliers(multipliers: tuple[Multiplier, ...]) -> str:
    """Multipliers as a season's row keeps them: a JSON list."""
    return _MULTIPLIERS.dump_json(multipliers).decode()
