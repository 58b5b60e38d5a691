"""The rules of progress in requests and answers. The document itself is `rules.Rules`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import Field

from laurels.products.progress.queries.shipped import SHIPPED_AT
from laurels.products.progress.rules import DEFAULT_PRESET, Rules, preset
from laurels.products.progress.schemas.fields import EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.products.progress.tables import ProgressRules
from laurels.web.schemas import Answer, UtcInstant, example

_DOCUMENT: dict[str, Any] = preset(DEFAULT_PRESET).model_dump(mode="json")
_TIERS: list[dict[str, Any]] = [
    {"key": "ember", "title": "Ember", "at": 0, "members": 40},
    {"key": "spark", "title": "Spark", "at": 250, "members": 2},
]
_LEVELS: list[dict[str, Any]] = [{"level": 1, "at": 0, "members": 30}, {"level": 2, "at": 50, "members": 12}]
_SPREAD: dict[str, Any] = {"tiers": _TIERS, "levels": _LEVELS}


class RulesVersionAnswer(Answer):
    """A version of the rules. It never changes."""

    model_config = example({"version": 2, "created_by": EXAMPLE_MEMBER, "created_at": EXAMPLE_TIME, "rules": _DOCUMENT})

    version: int
    created_by: UUID | None = Field(description="Who put it in force; null for what ships and for the command line.")
    created_at: UtcInstant | None = Field(description="Null for what ships, until staff change something.")
    rules: Rules

    @staticmethod
    def of(row: ProgressRules) -> "RulesVersionAnswer":
        """The answer for a version."""
        created_at = None if row.created_at == SHIPPED_AT else row.created_at
        rules = Rules.model_validate_json(row.document)
        return RulesVersionAnswer(version=row.version, created_by=row.created_by, created_at=created_at, rules=rules)


class PresetList(Answer):
    """The rules that ship, to begin with."""

    model_config = example({"items": [_DOCUMENT]})

    items: list[Rules]


class TierCount(Answer):
    """How many active members have a tier."""

    model_config = example(_TIERS[0])

    key: str
    title: str
    at: int
    members: int


class LevelCount(Answer):
    """How many active members have a level; of the table's last, and above."""

    model_config = example(_LEVELS[0])

    level: int
    at: int
    members: int


class Spread(Answer):
    """How rules spread today's active members over tiers and levels."""

    model_config = example(_SPREAD)

    tiers: list[TierCount]
    levels: list[LevelCount]

    @staticmethod
    def of(rules: Rules, tiers: Sequence[int], levels: Sequence[int]) -> "Spread":
        """The answer for rules: so many members have each of their tiers, and of their levels."""
        return Spread(
            tiers=[TierCount(key=tier.key, title=tier.title, at=tier.at, members=n) for tier, n in zip(rules.tiers, tiers, strict=True)],
            levels=[
                LevelCount(level=place, at=at, members=n) for place, (at, n) in enumerate(zip(rules.levels, levels, strict=True), start=1)
            ],
        )


class PreviewAnswer(Answer):
    """What rules would make of today's members; nothing changes by asking."""

    model_config = example({"members": 42, "now": _SPREAD, "then": _SPREAD})

    members: int = Field(description="All who are active.")
    now: Spread
    then: Spread
