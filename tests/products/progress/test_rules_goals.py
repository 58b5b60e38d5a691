"""What counts for a weekly goal, and how far it is."""

from datetime import date
from typing import Any

import pytest

from laurels.products.progress.rules import DEFAULT_GOALS, OPEN_TYPES, ActivityType, Goal, GoalMeasure, percent
from laurels.products.progress.rules.goals import EACH, MAX_GOALS

TODAY = date(2026, 11, 20)
BY_TYPE = {goal.goal_type: goal for goal in DEFAULT_GOALS}


def goal(**fields: Any) -> Goal:
    given: dict[str, Any] = {"goal_type": "some", "title": "Some", "description": "", "measure": GoalMeasure.ACTIVITIES, "target": 3}
    return Goal(**given | {"activity_types": frozenset(), "points_reward": 30} | fields)


def test_goals_that_ship_are_those_that_were_decided() -> None:
    assert [(each.goal_type, each.measure, each.target, each.points_reward) for each in DEFAULT_GOALS] == [
        ("activities_3", "activities", 3, 30),
        ("streak_7", "days", 7, 50),
        ("help_5", "activities", 5, 40),
        ("topics_2", "topics", 2, 25),
    ]
    assert [each.position for each in DEFAULT_GOALS] == [1, 2, 3, 4]
    assert len(DEFAULT_GOALS) <= MAX_GOALS


@pytest.mark.parametrize(
    ("goal_type", "taken"),
    [
        ("activities_3", {"quiz_complete", "project_create", "side_quest"}),
        ("streak_7", set(OPEN_TYPES)),
        ("help_5", {"comment"}),
        ("topics_2", set(OPEN_TYPES)),
    ],
)
def test_a_goal_takes_its_types_and_the_systems_only_by_name(goal_type: str, taken: set[str]) -> None:
    assert {kind for kind in ActivityType if BY_TYPE[goal_type].takes(kind)} == taken


@pytest.mark.parametrize(
    ("measure", "topic", "day", "item"),
    [
        (GoalMeasure.ACTIVITIES, None, None, EACH),
        (GoalMeasure.ACTIVITIES, "chemistry", TODAY, EACH),
        (GoalMeasure.DAYS, "chemistry", TODAY, "2026-11-20"),
        (GoalMeasure.DAYS, None, None, None),
        (GoalMeasure.TOPICS, "chemistry", TODAY, "chemistry"),
        (GoalMeasure.TOPICS, None, TODAY, None),
    ],
)
def test_days_and_topics_count_once_a_week(measure: GoalMeasure, topic: str | None, day: date | None, item: str | None) -> None:
    assert goal(measure=measure).item(topic=topic, day=day) == item


@pytest.mark.parametrize(
    ("current", "target", "shown"), [(0, 3, 0), (1, 3, 33), (2, 3, 66), (3, 3, 100), (4, 3, 100), (6, 7, 85), (999, 1000, 99)]
)
def test_percent_is_rounded_down_and_ends_at_a_hundred(current: int, target: int, shown: int) -> None:
    """P16."""
    assert percent(current, target) == shown
