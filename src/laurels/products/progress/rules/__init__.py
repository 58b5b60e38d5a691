"""What points mean, and what earns them, worked out: no database, no clock, and never a float.

Invariants: tier, level and skill follow from sums of points alone; a streak
follows from the set of active local days, in whatever order they were told;
points are rounded down, by a multiplier as by decay.

Begin reading at `document` (what staff set), then `ladder` and `streaks`.
"""

from laurels.products.progress.rules.document import AppliesTo, Cap, CapMode, CapWindow, Decay, Freezes, Rules, Skill, StreakBonus, Tier
from laurels.products.progress.rules.ladder import (
    floor_of,
    level_at,
    level_of,
    points_to_next_level,
    points_to_next_tier,
    skill_of,
    tier_index,
)
from laurels.products.progress.rules.presets import DEFAULT_PRESET, PRESETS, preset
from laurels.products.progress.rules.types import LABELS, LIFETIME, OPEN_TYPES, SYSTEM_TYPES, ActivityType, Source
from laurels.products.progress.rules.windows import board_windows, class_window, season_window, topic_window, week_dates

__all__ = [
    "DEFAULT_PRESET",
    "LABELS",
    "LIFETIME",
    "OPEN_TYPES",
    "PRESETS",
    "SYSTEM_TYPES",
    "ActivityType",
    "AppliesTo",
    "Cap",
    "CapMode",
    "CapWindow",
    "Decay",
    "Freezes",
    "Rules",
    "Skill",
    "Source",
    "StreakBonus",
    "Tier",
    "board_windows",
    "class_window",
    "floor_of",
    "level_at",
    "level_of",
    "points_to_next_level",
    "points_to_next_tier",
    "preset",
    "season_window",
    "skill_of",
    "tier_index",
    "topic_window",
    "week_dates",
]
