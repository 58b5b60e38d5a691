"""What requests about what staff set are made of."""

from collections.abc import Sequence
import re
from typing import Annotated, Any, TypeAlias

import orjson
from pydantic import AfterValidator, Field, WithJsonSchema

from laurels.core.errors import Missing
from laurels.products.progress import bounds
from laurels.products.progress.rules import OPEN_TYPES, SYSTEM_TYPES, ActivityType
from laurels.products.progress.rules.clauses import ActivityTypes, require_distinct, require_open
from laurels.web.schemas import PlainLine, PlainText

COUNTED_SYSTEM_TYPES = frozenset({ActivityType.SIDE_QUEST})
"""What of the system's own may count for a weekly goal: a completed quest."""


def check_step_types(activity_types: Sequence[ActivityType]) -> Sequence[ActivityType]:
    """Types that may be steps of a quest.

    Raises:
        ValueError: one comes twice, or is the system's.
    """
    require_distinct(activity_types)
    require_open(activity_types)
    return activity_types


def check_goal_types(activity_types: Sequence[ActivityType]) -> Sequence[ActivityType]:
    """Types that may count for a weekly goal.

    Raises:
        ValueError: one comes twice, or is the system's and no quest's.
    """
    require_distinct(activity_types)
    if not (SYSTEM_TYPES - COUNTED_SYSTEM_TYPES).isdisjoint(activity_types):
        raise ValueError("Leave out what only the system awards, but for side_quest.")
    return activity_types


def check_open_type(activity_type: ActivityType) -> ActivityType:
    """A type that isn't the system's own.

    Raises:
        ValueError: it is.
    """
    require_open([activity_type])
    return activity_type


def read_types(text: str | None) -> list[ActivityType] | None:
    """Types as a row keeps them."""
    return None if text is None else [ActivityType(name) for name in orjson.loads(text)]


def _one_of(types: Sequence[ActivityType]) -> dict[str, Any]:
    return {"type": "string", "enum": [each.value for each in types]}


def _listing(types: Sequence[ActivityType]) -> WithJsonSchema:
    """What the document says of a list of these: each once."""
    return WithJsonSchema({"type": "array", "items": _one_of(types), "maxItems": len(ActivityType), "uniqueItems": True})


Slug: TypeAlias = Annotated[str, Field(min_length=1, max_length=bounds.MAX_SLUG, pattern=f"^{bounds.SLUG_PATTERN}$")]
"""A lasting name."""

DefinitionTitle: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=bounds.MAX_DEFINITION_TITLE)]
Description: TypeAlias = Annotated[PlainText, Field(max_length=bounds.MAX_DESCRIPTION)]
Position: TypeAlias = Annotated[int, Field(ge=0, le=bounds.MAX_POSITION)]
Target: TypeAlias = Annotated[int, Field(ge=1, le=bounds.MAX_TARGET)]
Reward: TypeAlias = Annotated[int, Field(ge=0, le=bounds.MAX_REWARD)]
AtLeast: TypeAlias = Annotated[int, Field(ge=1, le=bounds.MAX_AT_LEAST)]
CooldownHours: TypeAlias = Annotated[int, Field(ge=1, le=bounds.MAX_COOLDOWN_HOURS)]
StepTypes: TypeAlias = Annotated[ActivityTypes, AfterValidator(check_step_types), _listing(OPEN_TYPES)]
GoalTypes: TypeAlias = Annotated[ActivityTypes, AfterValidator(check_goal_types), _listing((*OPEN_TYPES, *COUNTED_SYSTEM_TYPES))]
OpenType: TypeAlias = Annotated[ActivityType, Field(strict=False), AfterValidator(check_open_type), WithJsonSchema(_one_of(OPEN_TYPES))]
"""A type that isn't the system's own."""

POSITION = "Its place in the list."
IS_ACTIVE = "Whether it counts; what was done for it stays."
"""What fields mean that several bodies have."""


def known_name(text: str, *, what: str) -> str:
    """The lasting name that a text of an address is.

    Raises:
        Missing: it is none, so nothing has it.
    """
    if len(text) > bounds.MAX_SLUG or not re.fullmatch(bounds.SLUG_PATTERN, text):
        raise Missing(what=what)
    return text


def sent(body: Any) -> dict[str, Any]:
    """The values that a change sends, by their names."""
    return {name: getattr(body, name) for name in body.model_fields_set}
