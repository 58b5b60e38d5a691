"""What ships, as rows: what staff see before their first change, and what that change writes beside itself."""

from datetime import UTC, datetime

import orjson

from laurels.products.progress.rules import DEFAULT_BADGES, DEFAULT_GOALS, DEFAULT_PRESET, DEFAULT_REACTIONS, preset
from laurels.products.progress.tables import BadgeRow, GoalRow, ProgressRules, ReactionRow

SHIPPED_AT = datetime(1970, 1, 1, tzinfo=UTC)
"""When rows were made that nobody made yet."""

FIRST_VERSION = 1
"""The version of whatever ships."""


def shipped_rules(at: datetime) -> ProgressRules:
    """The rules that count until staff set others."""
    return ProgressRules(FIRST_VERSION, preset(DEFAULT_PRESET).model_dump_json(), None, at)


def shipped_goals(at: datetime) -> list[GoalRow]:
    """The weekly goals that ship, in their order."""
    return [
        GoalRow(
            goal_type=each.goal_type,
            title=each.title,
            description=each.description,
            measure=each.measure.value,
            activity_types=orjson.dumps(sorted(each.activity_types)).decode(),
            target=each.target,
            points_reward=each.points_reward,
            position=each.position,
            is_active=True,
            version=FIRST_VERSION,
            created_at=at,
            updated_at=at,
        )
        for each in DEFAULT_GOALS
    ]


def shipped_badges(at: datetime) -> list[BadgeRow]:
    """The badges that ship, in their order."""
    return [
        BadgeRow(
            slug=each.slug,
            title=each.title,
            description=each.description,
            icon=each.icon,
            measure=each.measure.value,
            topic=each.topic,
            at_least=each.at_least,
            position=each.position,
            is_active=True,
            version=FIRST_VERSION,
            created_at=at,
            updated_at=at,
        )
        for each in DEFAULT_BADGES
    ]


def shipped_reactions(at: datetime) -> list[ReactionRow]:
    """What each trigger awards, by their names."""
    rows = [
        ReactionRow(each.trigger.value, each.activity_type.value, each.points, each.description, FIRST_VERSION, at)
        for each in DEFAULT_REACTIONS
    ]
    return sorted(rows, key=lambda row: row.trigger)
