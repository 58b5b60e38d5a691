"""What staff set, as it stands in the lists: topics, goals, quests, badges, seasons, reactions, and the versions of the rules.

Until their first change no row exists: the lists then show what ships, each at
version 1, which is what that change writes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, select, tuple_

from laurels.core.errors import Missing
from laurels.core.rows import table_of
from laurels.products.progress.bounds import MAX_BADGES_EVER, MAX_GOALS_EVER, MAX_QUESTS_EVER, MAX_SEASONS, MAX_TOPICS_EVER
from laurels.products.progress.queries.shipped import SHIPPED_AT, shipped_badges, shipped_goals, shipped_reactions, shipped_rules
from laurels.products.progress.rules import TriggerName
from laurels.products.progress.tables import (
    CONFIG,
    BadgeRow,
    GoalRow,
    ProgressRules,
    QuestRow,
    ReactionRow,
    SeasonRow,
    TopicRow,
    progress_config,
    progress_rules,
)

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """A sort of things that staff set.

    Attributes:
        noun: one of them, as refusals and the log of changes call it.
        row: its rows.
        key: the column that names one.
        order: the columns that a list goes by.
        most: as many as a list can have.
        shipped: those that ship.
        newest_first: whether the list goes backwards.
        is_complete: whether those that ship are there whatever was written: one that came with an upgrade has no row.
    """

    noun: str
    row: type[R]
    key: str
    order: tuple[str, ...]
    most: int
    shipped: Callable[[datetime], Sequence[R]]
    newest_first: bool = False
    is_complete: bool = False

    def place(self, row: R) -> tuple[Any, ...]:
        """A row's place in the list."""
        return tuple(getattr(row, name) for name in self.order)


def _none(at: datetime) -> Sequence[Any]:
    """What ships of most kinds."""
    return ()


TOPICS: Kind[TopicRow] = Kind("topic", TopicRow, "slug", ("position", "slug"), MAX_TOPICS_EVER, _none)
GOALS: Kind[GoalRow] = Kind("goal", GoalRow, "goal_type", ("position", "goal_type"), MAX_GOALS_EVER, shipped_goals)
QUESTS: Kind[QuestRow] = Kind("quest", QuestRow, "id", ("id",), MAX_QUESTS_EVER, _none, newest_first=True)
BADGES: Kind[BadgeRow] = Kind("badge", BadgeRow, "slug", ("position", "slug"), MAX_BADGES_EVER, shipped_badges)
SEASONS: Kind[SeasonRow] = Kind("season", SeasonRow, "id", ("starts_at", "id"), MAX_SEASONS, _none, newest_first=True)
REACTIONS: Kind[ReactionRow] = Kind("reaction", ReactionRow, "trigger", ("trigger",), len(TriggerName), shipped_reactions, is_complete=True)


class SeasonStatus(StrEnum):
    """How far a season has come."""

    PLANNED = "planned"  # hasn't begun
    RUNNING = "running"  # counts
    OVER = "over"  # has ended; late events are still counted
    ARCHIVED = "archived"  # its standings are kept, and don't change any more


def season_status(row: SeasonRow, at: datetime) -> SeasonStatus:
    """How far a season has come at an instant."""
    if row.archived_at is not None:
        return SeasonStatus.ARCHIVED
    if at >= row.ends_at:
        return SeasonStatus.OVER
    return SeasonStatus.RUNNING if at >= row.starts_at else SeasonStatus.PLANNED


def is_opened(connection: Connection) -> bool:
    """Whether staff have changed anything yet; until then what ships counts."""
    return connection.execute(select(progress_config.c.version).where(progress_config.c.id == CONFIG)).one_or_none() is not None


def list_definitions(
    connection: Connection, kind: Kind[R], *, only_active: bool = False, limit: int | None = None, after: tuple[Any, ...] | None = None
) -> list[R]:
    """A list of what staff set, in its order: topics, goals and badges by their positions, quests and seasons newest first.

    Args:
        only_active: without those that were put aside; of kinds that can be.
        limit: how many; None: all, of which there are at most `kind.most`.
        after: the place of the last row of the page before.
    """
    if not is_opened(connection):
        return list(kind.shipped(SHIPPED_AT)) if after is None else []
    table = table_of(kind.row)
    columns = [table.c[name] for name in kind.order]
    wanted = select(table).order_by(*(column.desc() if kind.newest_first else column for column in columns))
    if only_active:
        wanted = wanted.where(table.c.is_active)
    if after is not None:
        here = tuple_(*columns)
        wanted = wanted.where(here < after if kind.newest_first else here > after)
    found = [kind.row(*row) for row in connection.execute(wanted.limit(limit or kind.most))]
    return _completed(kind, found) if kind.is_complete else found


def get_definition(connection: Connection, kind: Kind[R], key: Any) -> R:
    """One of what staff set, active or not.

    Raises:
        Missing: there is none of that name.
    """
    table = table_of(kind.row)
    row = connection.execute(select(table).where(table.c[kind.key] == key)).one_or_none()
    found = None if row is None else kind.row(*row)
    if found is None and (kind.is_complete or not is_opened(connection)):
        found = next((row for row in kind.shipped(SHIPPED_AT) if getattr(row, kind.key) == key), None)
    if found is None:
        raise Missing(what=kind.noun)
    return found


def current_rules(connection: Connection) -> ProgressRules:
    """The rules in force."""
    number = select(progress_config.c.rules_version).where(progress_config.c.id == CONFIG).scalar_subquery()
    row = connection.execute(select(progress_rules).where(progress_rules.c.version == number)).one_or_none()
    return shipped_rules(SHIPPED_AT) if row is None else ProgressRules(*row)


def get_rules(connection: Connection, version: int) -> ProgressRules:
    """One version of the rules.

    Raises:
        Missing: there is none of that number.
    """
    row = connection.execute(select(progress_rules).where(progress_rules.c.version == version)).one_or_none()
    if row is not None:
        return ProgressRules(*row)
    shipped = shipped_rules(SHIPPED_AT)
    if version != shipped.version or is_opened(connection):
        raise Missing(what="version of the rules")
    return shipped


def list_rules(connection: Connection, *, limit: int, before: int | None = None) -> list[ProgressRules]:
    """The versions of the rules, the last one first; `before` is the last one of the page before."""
    wanted = select(progress_rules).order_by(progress_rules.c.version.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(progress_rules.c.version < before)
    found = [ProgressRules(*row) for row in connection.execute(wanted)]
    return found if found or before is not None else [shipped_rules(SHIPPED_AT)]


def _completed(kind: Kind[R], found: list[R]) -> list[R]:
    """Rows with those that ship and have none; of kinds that are never read in pages."""
    known = {getattr(row, kind.key) for row in found}
    return sorted([*found, *(row for row in kind.shipped(SHIPPED_AT) if getattr(row, kind.key) not in known)], key=kind.place)
