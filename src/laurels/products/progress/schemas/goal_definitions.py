"""Weekly goals, as staff set them, in requests and answers."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from laurels.products.progress.actions.changes import types_json
from laurels.products.progress.actions.goals import NewGoal
from laurels.products.progress.rules import ActivityType, GoalMeasure
from laurels.products.progress.schemas.definition_fields import (
    IS_ACTIVE,
    POSITION,
    DefinitionTitle,
    Description,
    GoalTypes,
    Position,
    Reward,
    Slug,
    Target,
    read_types,
    sent,
)
from laurels.products.progress.tables import GoalRow
from laurels.web.schemas import Answer, Body, example, unchanged

_GOAL: dict[str, Any] = {
    "goal_type": "comments_8",
    "title": "Eight comments",
    "description": "Help others with eight comments.",
    "measure": "activities",
    "activity_types": ["comment"],
    "target": 8,
    "points_reward": 40,
    "position": 3,
    "is_active": True,
}
_MEASURE = "What it counts: `activities`, or local `days` or `topics` with one, each once a week."
_TYPES = "Those that count. None: all but the system's. Completed quests count as `side_quest`."
_TARGET = "How many complete it. Goals of a week that was opened keep theirs."


class GoalDefinitionBody(Body):
    """A weekly goal to be added."""

    model_config = example(_GOAL)

    goal_type: Slug = Field(description="Its lasting name.")
    title: DefinitionTitle
    description: Description = ""
    measure: Annotated[GoalMeasure, Field(strict=False)] = Field(GoalMeasure.ACTIVITIES, description=_MEASURE)
    activity_types: GoalTypes = Field((), description=_TYPES)
    target: Target = Field(description=_TARGET)
    points_reward: Reward = 30
    position: Position | None = Field(None, description="Its place in the list; left out: after all others.")
    is_active: bool = Field(True, description=IS_ACTIVE)

    def new(self) -> NewGoal:
        """What is to be added."""
        return NewGoal(
            goal_type=self.goal_type,
            title=self.title,
            target=self.target,
            description=self.description,
            measure=self.measure,
            activity_types=tuple(self.activity_types),
            points_reward=self.points_reward,
            position=self.position,
            is_active=self.is_active,
        )


class GoalDefinitionChange(Body):
    """What of a weekly goal is to change. What it measures stays."""

    model_config = example({"target": 6, "points_reward": 50})

    title: DefinitionTitle = unchanged()
    description: Description = unchanged()
    activity_types: GoalTypes = unchanged(description=_TYPES)
    target: Target = unchanged(description=_TARGET)
    points_reward: Reward = unchanged()
    position: Position = unchanged(description=POSITION)
    is_active: bool = unchanged(description=IS_ACTIVE)

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        values = sent(self)
        if "activity_types" in values:
            values["activity_types"] = types_json(self.activity_types)
        return values


class GoalDefinitionAnswer(Answer):
    """A weekly goal, as staff set it."""

    model_config = example({**_GOAL, "version": 1})

    goal_type: str
    title: str
    description: str
    measure: GoalMeasure
    activity_types: list[ActivityType]
    target: int
    points_reward: int
    position: int
    is_active: bool
    version: int

    @staticmethod
    def of(row: GoalRow) -> "GoalDefinitionAnswer":
        """The answer for a goal."""
        return GoalDefinitionAnswer(
            goal_type=row.goal_type,
            title=row.title,
            description=row.description,
            measure=GoalMeasure(row.measure),
            activity_types=read_types(row.activity_types) or [],
            target=row.target,
            points_reward=row.points_reward,
            position=row.position,
            is_active=row.is_active,
            version=row.version,
        )


class GoalDefinitionList(Answer):
    """Weekly goals, in their order."""

    model_config = example({"items": [{**_GOAL, "version": 1}]})

    items: list[GoalDefinitionAnswer]

    @staticmethod
    def of(rows: Iterable[GoalRow]) -> "GoalDefinitionList":
        """The answer for goals."""
        return GoalDefinitionList(items=[GoalDefinitionAnswer.of(row) for row in rows])
