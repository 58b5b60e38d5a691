"""Quests as one member sees them: what is open, and how far they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, case, or_, select

from laurels.core.errors import Missing
from laurels.products.progress.queries.configuration import quest_of
from laurels.products.progress.rules import Closed, Difficulty, QuestStatus, begins_again_at, may_begin, status_of
from laurels.products.progress.tables import MemberQuest, QuestRow, member_quest, quest


@dataclass(frozen=True, slots=True)
class QuestFilter:
    """Which quests are asked for; None: whatever it is.

    Attributes:
        only_open: without those that were begun and can't be had any more; at most `MAX_QUESTS` are left then.
    """

    status: QuestStatus | None = None
    topic: str | None = None
    difficulty: Difficulty | None = None
    only_open: bool = False


@dataclass(frozen=True, slots=True)
class ShownQuest:
    """A quest, and how far a member is with it.

    Attributes:
        run: their last; None: never begun.
        status: at the time asked for, whether or not a job has noted it.
        closed: why they can't begin it; None: they can. How many daily quests they began today isn't looked at.
        again_at: from when one that they completed may be begun again; None: never, or it wasn't completed.
    """

    row: QuestRow
    run: MemberQuest | None
    status: QuestStatus
    closed: Closed | None
    again_at: datetime | None

    @property
    def target(self) -> int:
        """Steps that complete it: of a run, as they were when it was begun."""
        return self.run.target_progress if self.run else self.row.steps

    @property
    def current(self) -> int:
        """Steps done in the last run."""
        return self.run.current_progress if self.run else 0

    @property
    def points_reward(self) -> int:
        """What it pays: while it is in progress, as it was when it was begun."""
        return self.run.points_reward if self.run and self.status is QuestStatus.IN_PROGRESS else self.row.points_reward

    @property
    def is_ready(self) -> bool:
        """Whether all steps are done and it waits to be completed."""
        return self.status is QuestStatus.IN_PROGRESS and self.current >= self.target


def list_quests(
    connection: Connection, member_id: UUID, narrowed: QuestFilter, *, at: datetime, limit: int, before: UUID | None = None
) -> list[ShownQuest]:
    """Quests that are open, and those that a member has begun ever, the newest first; `before` is the last one of the page before."""
    wanted = _visible(member_id, at)
    if narrowed.only_open:
        wanted = wanted.where(_open(at))
    if narrowed.status is not None:
        wanted = wanted.where(_status(at) == narrowed.status.value)
    if narrowed.topic is not None:
        wanted = wanted.where(quest.c.topic == narrowed.topic)
    if narrowed.difficulty is not None:
        wanted = wanted.where(quest.c.difficulty == narrowed.difficulty.value)
    if before is not None:
        wanted = wanted.where(quest.c.id < before)
    return [_shown(row, at) for row in connection.execute(wanted.order_by(quest.c.id.desc()).limit(limit))]


def get_quest(connection: Connection, member_id: UUID, quest_id: UUID, *, at: datetime) -> ShownQuest:
    """One quest.

    Raises:
        Missing: there is none that is open, or that the member has begun.
    """
    row = connection.execute(_visible(member_id, at).where(quest.c.id == quest_id)).one_or_none()
    if row is None:
        raise Missing(what="quest")
    return _shown(row, at)


def get_quest_row(connection: Connection, quest_id: UUID) -> QuestRow:
    """A quest as staff have set it, open or not.

    Raises:
        Missing: there is none.
    """
    row = connection.execute(select(quest).where(quest.c.id == quest_id)).one_or_none()
    if row is None:
        raise Missing(what="quest")
    return QuestRow(*row)


def _visible(member_id: UUID, at: datetime) -> Select[Any]:
    """Quests with the member's run beside each: those that are open, and those begun."""
    theirs = and_(member_quest.c.quest == quest.c.id, member_quest.c.member == member_id)
    joined = quest.outerjoin(member_quest, theirs)
    return select(quest, member_quest).select_from(joined).where(or_(_open(at), member_quest.c.member.is_not(None)))


def _open(at: datetime) -> ColumnElement[bool]:
    """Whether a quest can be had, as `rules.quests.is_open` says it."""
    return and_(
        quest.c.is_active,
        or_(quest.c.starts_at.is_(None), quest.c.starts_at <= at),
        or_(quest.c.ends_at.is_(None), quest.c.ends_at > at),
    )


def _status(at: datetime) -> ColumnElement[str]:
    """The status, as `rules.quests.status_of` says it."""
    is_over = and_(member_quest.c.status == QuestStatus.IN_PROGRESS.value, member_quest.c.ends_at <= at)
    return case(
        (member_quest.c.member.is_(None), QuestStatus.NOT_STARTED.value),
        (is_over, QuestStatus.EXPIRED.value),
        else_=member_quest.c.status,
    )


def _shown(row: Row[Any], at: datetime) -> ShownQuest:
    width = len(quest.c)
    found = QuestRow(*row[:width])
    run = None if row[width] is None else MemberQuest(*row[width:])
    known = quest_of(found)
    return ShownQuest(found, run, status_of(run, at), may_begin(known, run, at), begins_again_at(known, run))
