"""What every document of staff is made of: strict parts, lasting keys, thresholds, lists of activity types."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, JsonValue

from laurels.core.text import normalize_line, text_pattern
from laurels.products.progress.rules.types import SYSTEM_TYPES, ActivityType

MAX_KEY = 40
"""Characters of a key."""
MAX_TITLE = 60
"""Characters of a title."""
MAX_TIERS = 20
"""Most tiers."""
MAX_LEVELS = 200
"""Most levels that the table names; those past it come at equal steps."""
MAX_SKILLS = 10
"""Most levels of skill."""
MAX_CAPS = 20
"""Most caps: each that applies is a meter read and written by an award."""
MAX_THRESHOLD = 1_000_000_000
"""Most points of a threshold, a cap, a price."""
MAX_ACTIVITY_POINTS = 1_000_000
"""Most points that members may be allowed to claim at once, and most of a bonus."""
MAX_DAYS = 3_650
"""Longest time in days that a rule speaks of: ten years."""
MAX_FREEZES = 30
"""Most freezes in hand."""

KEY_PATTERN = r"^[a-z][a-z0-9_]*$"

Key: TypeAlias = Annotated[str, Field(min_length=1, max_length=MAX_KEY, pattern=KEY_PATTERN)]
"""A lasting name: activities and accounts keep it, so it is never translated."""

Title: TypeAlias = Annotated[
    str, AfterValidator(normalize_line), Field(min_length=1, max_length=MAX_TITLE, json_schema_extra={"pattern": text_pattern()})
]
"""What people read: one line."""

Threshold: TypeAlias = Annotated[int, Field(ge=0, le=MAX_THRESHOLD)]
"""Points from which something is reached."""

DayCount: TypeAlias = Annotated[int, Field(ge=1, le=MAX_DAYS)]
"""A time in days."""

_UNIQUE: dict[str, JsonValue] = {"uniqueItems": True}

ActivityTypes: TypeAlias = Annotated[
    tuple[Annotated[ActivityType, Field(strict=False)], ...],
    Field(strict=False, max_length=len(ActivityType), json_schema_extra=_UNIQUE),
]
"""Types of activities, each once."""


def require_distinct(names: Sequence[str]) -> None:
    """Refuse a list that has something twice (ValueError)."""
    if len(set(names)) < len(names):
        raise ValueError("Send each name once.")


def require_open(activity_types: Sequence[ActivityType]) -> None:
    """Refuse a list with types that only the system causes (ValueError)."""
    if not SYSTEM_TYPES.isdisjoint(activity_types):
        raise ValueError(f"Leave out what only the system awards: {', '.join(sorted(SYSTEM_TYPES))}.")


def require_ascending(thresholds: Sequence[int]) -> None:
    """Refuse thresholds that don't begin at 0, or don't ascend (ValueError)."""
    if not thresholds or thresholds[0] != 0:
        raise ValueError("Send 0 as the first threshold: every member has one.")
    if any(higher <= lower for lower, higher in pairwise(thresholds)):
        raise ValueError("Send thresholds in ascending order, each above the one before.")
