"""Quests in requests and answers."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends
import orjson
from pydantic import Field

from laurels.products.progress.bounds import MAX_TARGET
from laurels.products.progress.decisions.quests import Completed, Stepped
from laurels.products.progress.queries.quests import ShownQuest
from laurels.products.progress.rules import ActivityType, Difficulty, QuestStatus, QuestType
from laurels.products.progress.schemas.fields import EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME, MemberRef
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.schemas import Answer, Body, UtcInstant, example

_QUEST: dict[str, Any] = {
    "id": EXAMPLE_ID,
    "title": "Five quizzes on statistics",
    "description": "Any five of the course.",
    "quest_type": "side",
    "topic": "statistics",
    "difficulty": "medium",
    "activity_types": ["quiz_complete"],
    "cooldown_hours": None,
    "starts_at": None,
    "ends_at": None,
    "is_active": True,
    "points_reward": 80,
    "status": "in_progress",
    "current_progress": 2,
    "target_progress": 5,
    "is_completed": False,
    "started_at": EXAMPLE_TIME,
    "complete_by": None,
    "completed_at": None,
    "points_awarded": 0,
    "can_begin": False,
    "can_complete": False,
    "begin_again_at": None,
}


async def quest_of_path(quest_id: OpaqueId) -> UUID:
    """The quest's id, of an address.

    Raises:
        Missing: it is none.
    """
    return known_id(quest_id, what="quest")


QuestId = Annotated[UUID, Depends(quest_of_path)]
"""The quest that an address names."""


class QuestAnswer(Answer):
    """A quest, and how far the caller is with it."""

    model_config = example(_QUEST)

    id: UUID
    title: str
    description: str
    quest_type: QuestType
    topic: str | None = Field(description="Activities of this topic alone are steps; its points count for it.")
    difficulty: Difficulty
    activity_types: list[ActivityType] | None = Field(
        description="Those that are steps; of an empty list all but the system's. Null: steps are told by staff and services."
    )
    cooldown_hours: int | None = Field(description="After how long it may be begun again; null: once, a daily one once a day.")
    starts_at: UtcInstant | None
    ends_at: UtcInstant | None = Field(description="The first instant at which it can no longer be begun or completed.")
    is_active: bool
    points_reward: int = Field(description="What it pays: while it is in progress, as it was when it was begun.")
    status: QuestStatus
    current_progress: int = Field(description="Steps done; may pass the target.")
    target_progress: int
    is_completed: bool
    started_at: UtcInstant | None
    complete_by: UtcInstant | None = Field(description="Until when what was begun may be completed; null: for ever.")
    completed_at: UtcInstant | None
    points_awarded: int = Field(description="What the last run paid.")
    can_begin: bool = Field(description="Whether the caller may begin it now. At most three daily ones are begun a day.")
    can_complete: bool = Field(description="Whether all steps are done, and it waits to be completed.")
    begin_again_at: UtcInstant | None

    @staticmethod
    def of(shown: ShownQuest) -> "QuestAnswer":
        """The answer for a quest."""
        row, run = shown.row, shown.run
        return QuestAnswer(
            id=row.id,
            title=row.title,
            description=row.description,
            quest_type=QuestType(row.quest_type),
            topic=row.topic,
            difficulty=Difficulty(row.difficulty),
            activity_types=None if row.activity_types is None else orjson.loads(row.activity_types),
            cooldown_hours=row.cooldown_hours,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            is_active=row.is_active,
            points_reward=shown.points_reward,
            status=shown.status,
            current_progress=shown.current,
            target_progress=shown.target,
            is_completed=shown.status is QuestStatus.COMPLETED,
            started_at=run.started_at if run else None,
            complete_by=run.ends_at if run else None,
            completed_at=run.completed_at if run else None,
            points_awarded=run.points_awarded if run else 0,
            can_begin=shown.closed is None,
            can_complete=shown.is_ready,
            begin_again_at=shown.again_at,
        )


class StepsBody(Body):
    """Steps that a member did of a quest."""

    model_config = example({"member": "1042", "steps": 1})

    member: MemberRef
    steps: int = Field(1, ge=1, le=MAX_TARGET)


class StepsAnswer(Answer):
    """How far the member is then."""

    model_config = example({"quest_id": EXAMPLE_ID, "member_id": EXAMPLE_MEMBER, "current_progress": 3, "target_progress": 5})

    quest_id: UUID
    member_id: UUID
    current_progress: int = Field(description="May pass the target.")
    target_progress: int

    @staticmethod
    def of(member: UUID, stepped: Stepped) -> "StepsAnswer":
        """The answer for a member."""
        return StepsAnswer(quest_id=stepped.quest, member_id=member, current_progress=stepped.current, target_progress=stepped.target)


class CompletionAnswer(Answer):
    """A completed quest, and what it brought."""

    model_config = example(
        {"quest": {**_QUEST, "status": "completed"}, "activity_id": EXAMPLE_ID, "points_awarded": 80, "total_points": 330}
    )

    quest: QuestAnswer
    activity_id: UUID = Field(description="The activity that tells of the points.")
    points_awarded: int
    total_points: int = Field(description="The caller's total then, with the weekly goals that it completed.")

    @staticmethod
    def of(shown: ShownQuest, completed: Completed) -> "CompletionAnswer":
        """The answer for a completion."""
        return CompletionAnswer(
            quest=QuestAnswer.of(shown), activity_id=completed.activity, points_awarded=completed.points, total_points=completed.total
        )
