"""Weekly goals in answers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import Field

from laurels.products.progress.queries.goals import ShownGoal
from laurels.web.schemas import Answer, UtcInstant, example

_GOAL: dict[str, Any] = {
    "goal_type": "activities_3",
    "title": "Three activities",
    "description": "Complete three quizzes, projects or quests.",
    "week_start": "2026-11-16",
    "week_end": "2026-11-22",
    "current_progress": 1,
    "target_progress": 3,
    "percent": 33,
    "is_completed": False,
    "points_reward": 30,
    "completed_at": None,
}


class GoalAnswer(Answer):
    """A member's goal of a week."""

    model_config = example(_GOAL)

    goal_type: str
    title: str
    description: str
    week_start: date = Field(description="Its Monday, in the community's time zone.")
    week_end: date = Field(description="Its Sunday.")
    current_progress: int = Field(description="May pass the target.")
    target_progress: int
    percent: int = Field(description="0 to 100, rounded down.")
    is_completed: bool
    points_reward: int = Field(description="What it pays, once.")
    completed_at: UtcInstant | None

    @staticmethod
    def of(shown: ShownGoal) -> "GoalAnswer":
        """The answer for a goal."""
        return GoalAnswer(
            goal_type=shown.goal_type,
            title=shown.title,
            description=shown.description,
            week_start=shown.week_start,
            week_end=shown.week_end,
            current_progress=shown.current,
            target_progress=shown.target,
            percent=shown.percent,
            is_completed=shown.is_completed,
            points_reward=shown.points_reward,
            completed_at=shown.completed_at,
        )


class GoalList(Answer):
    """A week's goals, in their order."""

    model_config = example({"items": [_GOAL]})

    items: list[GoalAnswer]

    @staticmethod
    def of(shown: Sequence[ShownGoal]) -> "GoalList":
        """The answer for a week."""
        return GoalList(items=[GoalAnswer.of(one) for one in shown])
