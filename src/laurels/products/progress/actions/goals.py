"""Weekly goals as staff set them. Members' goals of a week that was opened keep the target and the reward that they had then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from laurels.core.database import Database
from laurels.core.errors import Invalid
from laurels.identity.editing import Editor, Saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.changes import Sort, add_definition, change_definition, next_position, types_json
from laurels.products.progress.queries.definitions import GOALS
from laurels.products.progress.rules import ActivityType, GoalMeasure
from laurels.products.progress.rules.goals import MAX_GOALS
from laurels.products.progress.tables import GoalRow
from laurels.web.etags import Expected

_DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class NewGoal:
    """A weekly goal to be added.

    Attributes:
        goal_type: its lasting name.
        activity_types: those that count; none: all but the system's.
        position: its place in the list; None: after all others.
    """

    goal_type: str
    title: str
    target: int
    description: str = ""
    measure: GoalMeasure = GoalMeasure.ACTIVITIES
    activity_types: tuple[ActivityType, ...] = ()
    points_reward: int = 30
    position: int | None = None
    is_active: bool = True


def _check(connection: Connection, before: GoalRow | None, after: GoalRow, now: datetime) -> None:
    if after.measure == GoalMeasure.DAYS and after.target > _DAYS_OF_A_WEEK:
        raise Invalid(field="target", reason="a week has seven days: send 7 or less")


_SORT: Sort[GoalRow] = Sort(GOALS, _check, "goals", MAX_GOALS)


def add_goal(database: Database, editor: Editor, new: NewGoal, *, now: datetime, request: RequestKey | None = None) -> Saved:
    """Add a weekly goal; it counts from now on, this week's activities of before don't.

    Raises:
        Invalid: it can't be reached in a week.
        DomainError: see `add_definition`.
    """

    def make(connection: Connection) -> GoalRow:
        return GoalRow(
            goal_type=new.goal_type,
            title=new.title,
            description=new.description,
            measure=new.measure.value,
            activity_types=types_json(new.activity_types),
            target=new.target,
            points_reward=new.points_reward,
            position=next_position(connection, GOALS) if new.position is None else new.position,
            is_active=new.is_active,
            version=1,
            created_at=now,
            updated_at=now,
        )

    return add_definition(database, editor, _SORT, make, now=now, request=request)


def change_goal(
    database: Database, editor: Editor, goal_type: str, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> GoalRow:
    """Change a weekly goal, but for what it measures: what was counted of it this week was counted that way.

    Args:
        wanted: values by the names of `GoalRow`'s fields, `activity_types` as JSON (see `types_json`).

    Raises:
        Invalid: it can't be reached in a week.
        DomainError: see `change_definition`.
    """
    return change_definition(database, editor, _SORT, goal_type, wanted, expected=expected, now=now)
