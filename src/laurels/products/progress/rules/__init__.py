"""What points mean, and what earns them, worked out: no database, no clock, and never a float.

Invariants: tier, level and skill follow from sums of points alone; a streak
follows from the set of active local days, in whatever order they were told;
points are rounded down, by a multiplier as by decay.

Begin reading at `document` (what staff set), then `ladder` and `streaks`.
"""

from laurels.products.progress.rules.badges import BADGE_ICONS, DEFAULT_BADGES, Badge, Measure, Measures, merited
from laurels.products.progress.rules.caps import CapInPlay, caps_in_play
from laurels.products.progress.rules.days import Days
from laurels.products.progress.rules.decay import announce_from, bites, decay_amount, decays_from
from laurels.products.progress.rules.document import AppliesTo, Cap, CapMode, CapWindow, Decay, Freezes, Rules, Skill, StreakBonus, Tier
from laurels.products.progress.rules.goals import DEFAULT_GOALS, Goal, GoalMeasure, percent
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
from laurels.products.progress.rules.quests import (
    MAX_DAILIES,
    Closed,
    Difficulty,
    Quest,
    QuestStatus,
    QuestType,
    begins_again_at,
    is_open,
    may_begin,
    run_ends_at,
    status_of,
)
from laurels.products.progress.rules.reactions import DEFAULT_REACTIONS, MAX_REACTION_POINTS, Reaction, TriggerName
from laurels.products.progress.rules.seasons import Multiplier, Season, multiplied, read_multipliers, write_multipliers
from laurels.products.progress.rules.streaks import Streak, advance, bonus_for, freezes_on, replay, seen_on, streak_on
from laurels.products.progress.rules.types import LABELS, LIFETIME, OPEN_TYPES, SYSTEM_TYPES, ActivityType, Source
from laurels.products.progress.rules.windows import WEEK_PATTERN, board_windows, class_window, season_window, topic_window, week_dates
from laurels.products.progress.rules.zones import Zones

__all__ = [
    "BADGE_ICONS",
    "DEFAULT_BADGES",
    "DEFAULT_GOALS",
    "DEFAULT_PRESET",
    "DEFAULT_REACTIONS",
    "LABELS",
    "LIFETIME",
    "MAX_DAILIES",
    "MAX_REACTION_POINTS",
    "OPEN_TYPES",
    "PRESETS",
    "SYSTEM_TYPES",
    "WEEK_PATTERN",
    "ActivityType",
    "AppliesTo",
    "Badge",
    "Cap",
    "CapInPlay",
    "CapMode",
    "CapWindow",
    "Closed",
    "Days",
    "Decay",
    "Difficulty",
    "Freezes",
    "Goal",
    "GoalMeasure",
    "Measure",
    "Measures",
    "Multiplier",
    "Quest",
    "QuestStatus",
    "QuestType",
    "Reaction",
    "Rules",
    "Season",
    "Skill",
    "Source",
    "Streak",
    "StreakBonus",
    "Tier",
    "TriggerName",
    "Zones",
    "advance",
    "announce_from",
    "begins_again_at",
    "bites",
    "board_windows",
    "bonus_for",
    "caps_in_play",
    "class_window",
    "decay_amount",
    "decays_from",
    "floor_of",
    "freezes_on",
    "is_open",
    "level_at",
    "level_of",
    "may_begin",
    "merited",
    "multiplied",
    "percent",
    "points_to_next_level",
    "points_to_next_tier",
    "preset",
    "read_multipliers",
    "replay",
    "run_ends_at",
    "season_window",
    "seen_on",
    "skill_of",
    "status_of",
    "streak_on",
    "tier_index",
    "topic_window",
    "week_dates",
    "write_multipliers",
]
