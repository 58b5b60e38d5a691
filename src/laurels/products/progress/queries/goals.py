"""A member's weekly goals, as if each were opened already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.windows import week_of
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.rules import DEFAULT_GOALS, percent, week_dates
from laurels.products.progress.tables import WeeklyGoal, goal, weekly_goal


@dataclass(frozen=True, slots=True)
class ShownGoal:
    """A member's goal of a week.

    Attributes:
        week_start: its Monday; `week_end` its Sunday.
        current: may pass the target.
    """

    goal_type: str
    title: str
    description: str
    position: int
    week_start: date
    week_end: date
    current: int
    target: int
    points_reward: int
    completed_at: datetime | None = None

    @property
    def percent(self) -> int:
        """How far it is: 0 to 100, rounded down."""
        return percent(self.current, self.target)

    @property
    def is_completed(self) -> bool:
        """Whether it was reached."""
        return self.completed_at is not None


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    description: str
    position: int


def list_goals(connection: Connection, basis: Basis, member_id: UUID, week: str | None = None, *, at: datetime) -> list[ShownGoal]:
    """A member's goals of a week in their order: those of this one as if Monday's job had opened them; of another, those that were opened.

    Args:
        week: such as `2026-W47`; None: this one.
        at: now; it says which week this one is.

    Raises:
        ValueError: the year has no such week.
    """
    current = week_of(at, basis.zone)
    wanted = week or current
    monday, sunday = week_dates(wanted)
    mine = select(weekly_goal).where(weekly_goal.c.member == member_id, weekly_goal.c.week == wanted)
    rows = {row.goal_type: WeeklyGoal(*row) for row in connection.execute(mine)}
    if wanted == current:
        for one in basis.goals:
            rows.setdefault(one.goal_type, WeeklyGoal(member_id, wanted, one.goal_type, 0, one.target, one.points_reward))
    words = _words(connection, basis, rows)
    shown = [_shown(row, words[row.goal_type], monday, sunday) for row in rows.values()]
    return sorted(shown, key=lambda one: (one.position, one.goal_type))


def _shown(row: WeeklyGoal, words: _Words, monday: date, sunday: date) -> ShownGoal:
    return ShownGoal(
        goal_type=row.goal_type,
        title=words.title,
        description=words.description,
        position=words.position,
        week_start=monday,
        week_end=sunday,
        current=row.current_progress,
        target=row.target_progress,
        points_reward=row.points_reward,
        completed_at=row.completed_at,
    )


def goal_titles(connection: Connection, basis: Basis, kinds: Iterable[str]) -> dict[str, str]:
    """What goals are called, by their lasting names; those that staff retired too."""
    return {kind: words.title for kind, words in _words(connection, basis, kinds).items()}


def _words(connection: Connection, basis: Basis, kinds: Iterable[str]) -> dict[str, _Words]:
    """What goals are called, those that staff retired too."""
    known = {one.goal_type: _Words(one.title, one.description, one.position) for one in (*DEFAULT_GOALS, *basis.goals)}
    missing = [kind for kind in kinds if kind not in known]
    if missing:
        named = select(goal.c.goal_type, goal.c.title, goal.c.description, goal.c.position).where(goal.c.goal_type.in_(missing))
        known |= {row.goal_type: _Words(row.title, row.description, row.position) for row in connection.execute(named)}
    return known
