"""Activities: what members were given points for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, case, func, select, tuple_

from laurels.core.errors import Missing
from laurels.products.progress.rules import ActivityType
from laurels.products.progress.tables import PointActivity, point_activity

AT_ONCE = 1_000
"""Rows that a walk reads together."""

Place = tuple[datetime, UUID]
"""Where an activity stands in a list: when it was done, and its id."""


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What a list of a member's activities is narrowed to.

    Attributes:
        since: the first instant that counts.
        until: the first that no longer counts.
    """

    kind: ActivityType | None = None
    topic: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a list: the points of what isn't reversed, and how many all are, reversed ones too."""

    points: int
    count: int


def get_activity(connection: Connection, activity_id: UUID) -> PointActivity:
    """An activity.

    Raises:
        Missing: there is none.
    """
    row = connection.execute(select(point_activity).where(point_activity.c.id == activity_id)).one_or_none()
    if row is None:
        raise Missing(what="activity")
    return PointActivity(*row)


def list_activities(
    connection: Connection, member: UUID, narrowed: ActivityFilter | None = None, *, limit: int, before: Place | None = None
) -> list[PointActivity]:
    """A member's activities, what was done last first, reversed ones too."""
    at, id = point_activity.c.occurred_at, point_activity.c.id
    wanted = select(point_activity).where(_meant(member, narrowed))
    if before is not None:
        wanted = wanted.where(tuple_(at, id) < tuple_(*before, types=[at.type, id.type]))
    return [PointActivity(*row) for row in connection.execute(wanted.order_by(at.desc(), id.desc()).limit(limit))]


def sum_activities(connection: Connection, member: UUID, narrowed: ActivityFilter | None = None) -> Sums:
    """What a member's activities come to."""
    table = point_activity.c
    stands = func.coalesce(func.sum(case((table.reversed_at.is_(None), table.amount), else_=0)), 0)
    points, count = connection.execute(select(stands, func.count()).where(_meant(member, narrowed))).one()
    return Sums(int(points), count)


def walk_activities(
    connect: Callable[[], Any], member: UUID, narrowed: ActivityFilter | None = None, *, most: int
) -> Iterator[PointActivity]:
    """The list without pages, for a file: read in pieces, each with a connection of its own, so that a slow reader holds none.

    Args:
        most: activities; what is older is left out.
    """
    before: Place | None = None
    left = most
    while left > 0:
        with connect() as connection:
            part = list_activities(connection, member, narrowed, limit=min(left, AT_ONCE), before=before)
        yield from part
        if len(part) < AT_ONCE:
            return
        left -= len(part)
        before = part[-1].occurred_at, part[-1].id


def _meant(member: UUID, narrowed: ActivityFilter | None) -> ColumnElement[bool]:
    table, given = point_activity.c, narrowed or ActivityFilter()
    conditions = [table.member == member]
    if given.kind is not None:
        conditions.append(table.activity_type == given.kind.value)
    if given.topic is not None:
        conditions.append(table.topic == given.topic)
    if given.since is not None:
        conditions.append(table.occurred_at >= given.since)
    if given.until is not None:
        conditions.append(table.occurred_at < given.until)
    return and_(*conditions)
