"""Quests, as staff set them, in requests and answers."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from laurels.products.progress.actions.changes import types_json
from laurels.products.progress.actions.quests_set import NewQuest
from laurels.products.progress.rules import ActivityType, Difficulty, QuestType
from laurels.products.progress.schemas.definition_fields import (
    IS_ACTIVE,
    CooldownHours,
    DefinitionTitle,
    Description,
    Reward,
    Slug,
    StepTypes,
    Target,
    read_types,
    sent,
)
from laurels.products.progress.schemas.fields import EXAMPLE_ID
from laurels.products.progress.tables import QuestRow
from laurels.web.schemas import Answer, Body, UtcInstant, example, unchanged

_QUEST: dict[str, Any] = {
    "title": "Five quizzes on statistics",
    "description": "Any five of the course.",
    "quest_type": "side",
    "topic": "statistics",
    "difficulty": "medium",
    "points_reward": 80,
    "steps": 5,
    "activity_types": ["quiz_complete"],
    "cooldown_hours": None,
    "starts_at": None,
    "ends_at": "2026-12-20T00:00:00+00:00",
    "is_active": True,
}
_TYPE = "`side`: begun at any time; `daily`: over with the local day on which it is begun; `event`: of an occasion."
_TOPIC = "Activities of this topic alone are steps; its points count for it."
_STEPS = "How many complete it. A run keeps those that it was begun with."
_TYPES = "Those that are steps; an empty list: all but the system's. Null: steps are told by staff and services."
_COOLDOWN = "After how long it may be begun again. Null: once, a daily one once a local day."
_ENDS = "The first instant at which it can no longer be begun or completed."

QuestTypeName = Annotated[QuestType, Field(strict=False)]
DifficultyName = Annotated[Difficulty, Field(strict=False)]


class QuestDefinitionBody(Body):
    """A quest to be added."""

    model_config = example(_QUEST)

    title: DefinitionTitle
    description: Description = ""
    quest_type: QuestTypeName = Field(QuestType.SIDE, description=_TYPE)
    topic: Slug | None = Field(None, description=_TOPIC)
    difficulty: DifficultyName = Difficulty.EASY
    points_reward: Reward
    steps: Target = Field(1, description=_STEPS)
    activity_types: StepTypes | None = Field(None, description=_TYPES)
    cooldown_hours: CooldownHours | None = Field(None, description=_COOLDOWN)
    starts_at: UtcInstant | None = Field(None, description="The first instant at which it can be begun.")
    ends_at: UtcInstant | None = Field(None, description=_ENDS)
    is_active: bool = Field(True, description=IS_ACTIVE)

    def new(self) -> NewQuest:
        """What is to be added."""
        return NewQuest(
            title=self.title,
            points_reward=self.points_reward,
            description=self.description,
            quest_type=self.quest_type,
            topic=self.topic,
            difficulty=self.difficulty,
            steps=self.steps,
            activity_types=None if self.activity_types is None else tuple(self.activity_types),
            cooldown_hours=self.cooldown_hours,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            is_active=self.is_active,
        )


class QuestDefinitionChange(Body):
    """What of a quest is to change."""

    model_config = example({"ends_at": "2027-01-20T00:00:00+00:00"})

    title: DefinitionTitle = unchanged()
    description: Description = unchanged()
    quest_type: QuestTypeName = unchanged(description=_TYPE)
    topic: Slug | None = unchanged(description=_TOPIC)
    difficulty: DifficultyName = unchanged()
    points_reward: Reward = unchanged()
    steps: Target = unchanged(description=_STEPS)
    activity_types: StepTypes | None = unchanged(description=_TYPES)
    cooldown_hours: CooldownHours | None = unchanged(description=_COOLDOWN)
    starts_at: UtcInstant | None = unchanged()
    ends_at: UtcInstant | None = unchanged(description=_ENDS)
    is_active: bool = unchanged(description=IS_ACTIVE)

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        values = sent(self)
        if values.get("activity_types") is not None:
            values["activity_types"] = types_json(values["activity_types"])
        return values | {name: values[name].value for name in ("quest_type", "difficulty") if name in values}


class QuestDefinitionAnswer(Answer):
    """A quest, as staff set it."""

    model_config = example({"id": EXAMPLE_ID, **_QUEST, "version": 1})

    id: UUID
    title: str
    description: str
    quest_type: QuestType
    topic: str | None
    difficulty: Difficulty
    points_reward: int
    steps: int
    activity_types: list[ActivityType] | None
    cooldown_hours: int | None
    starts_at: UtcInstant | None
    ends_at: UtcInstant | None
    is_active: bool
    version: int

    @staticmethod
    def of(row: QuestRow) -> "QuestDefinitionAnswer":
        """The answer for a quest."""
        return QuestDefinitionAnswer(
            id=row.id,
            title=row.title,
            description=row.description,
            quest_type=QuestType(row.quest_type),
            topic=row.topic,
            difficulty=Difficulty(row.difficulty),
            points_reward=row.points_reward,
            steps=row.steps,
            activity_types=read_types(row.activity_types),
            cooldown_hours=row.cooldown_hours,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_active=row.is_active,
            version=row.version,
        )
