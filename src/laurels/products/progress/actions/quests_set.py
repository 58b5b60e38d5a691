"""Quests as staff set them. A run keeps the steps and the reward that it was begun with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from laurels.core.database import Database
from laurels.core.errors import Invalid
from laurels.core.ids import new_id
from laurels.identity.editing import Editor, Saved, require_near
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.changes import Sort, add_definition, change_definition, require_topics, types_json
from laurels.products.progress.bounds import MAX_QUESTS
from laurels.products.progress.queries.definitions import QUESTS
from laurels.products.progress.rules import ActivityType, Difficulty, QuestType
from laurels.products.progress.tables import QuestRow
from laurels.web.etags import Expected


@dataclass(frozen=True, slots=True)
class NewQuest:
    """A quest to be added.

    Attributes:
        topic: activities of this topic alone are steps.
        steps: how many complete it.
        activity_types: those that are steps; empty: all but the system's. None: steps are told one by one.
        cooldown_hours: after how long it may be begun again; None: once (a daily one once a local day).
    """

    title: str
    points_reward: int
    description: str = ""
    quest_type: QuestType = QuestType.SIDE
    topic: str | None = None
    difficulty: Difficulty = Difficulty.EASY
    steps: int = 1
    activity_types: tuple[ActivityType, ...] | None = None
    cooldown_hours: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True


def _check(connection: Connection, before: QuestRow | None, after: QuestRow, now: datetime) -> None:
    if before is None or before.topic != after.topic:
        require_topics(connection, after.topic)
    require_near(after.starts_at, now, field="starts_at")
    require_near(after.ends_at, now, field="ends_at")
    if after.starts_at is not None and after.ends_at is not None and after.ends_at <= after.starts_at:
        raise Invalid(field="ends_at", reason="send an instant after starts_at")


_SORT: Sort[QuestRow] = Sort(QUESTS, _check, "quests", MAX_QUESTS)


def add_quest(database: Database, editor: Editor, new: NewQuest, *, now: datetime, request: RequestKey | None = None) -> Saved:
    """Add a quest.

    Raises:
        UnknownTopic: its topic can't be chosen.
        Invalid: its times can't be.
        DomainError: see `add_definition`.
    """
    made = QuestRow(
        id=new_id(),
        title=new.title,
        description=new.description,
        quest_type=new.quest_type.value,
        topic=new.topic,
        difficulty=new.difficulty.value,
        points_reward=new.points_reward,
        steps=new.steps,
        activity_types=None if new.activity_types is None else types_json(new.activity_types),
        cooldown_hours=new.cooldown_hours,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        is_active=new.is_active,
        version=1,
        created_at=now,
        updated_at=now,
    )
    return add_definition(database, editor, _SORT, lambda connection: made, now=now, request=request)


def change_quest(
    database: Database, editor: Editor, quest_id: UUID, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> QuestRow:
    """Change a quest. One that is put aside can't be begun.

    Args:
        wanted: values by the names of `QuestRow`'s fields, `activity_types` as JSON (see `types_json`).

    Raises:
        UnknownTopic: its new topic can't be chosen.
        Invalid: its times can't be.
        DomainError: see `change_definition`.
    """
    return change_definition(database, editor, _SORT, quest_id, wanted, expected=expected, now=now)
