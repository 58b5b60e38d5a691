"""What an activity left behind it, read for its reversal."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from laurels.core.database import among
from laurels.core.windows import day_start, week_of
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.bonuses import bonus_activity
from laurels.products.progress.decisions.giving import Effects
from laurels.products.progress.decisions.traces import Deed, Traces
from laurels.products.progress.queries.activities import get_activity
from laurels.products.progress.rules import SYSTEM_TYPES, ActivityType, Source, week_dates
from laurels.products.progress.tables import (
    MemberBadge,
    PointActivity,
    member_badge,
    member_progress,
    point_activity,
    weekly_goal,
)

_NEAR = timedelta(days=3)
"""Furthest from a local day's midnight in UTC that an instant of it lies, whatever the zone."""


def read_traces(connection: Connection, basis: Basis, activity_id: UUID) -> Traces:
    """What an activity left, for `ReverseActivity`.

    Raises:
        Missing: there is no such activity.
    """
    # The revision first: what is awarded between these reads then shows as a newer one. The other way round it would stay hidden.
    theirs = select(member_progress.c.revision).join(point_activity, point_activity.c.member == member_progress.c.member)
    revision = connection.execute(theirs.where(point_activity.c.id == activity_id)).scalar_one_or_none() or 0
    activity = get_activity(connection, activity_id)
    week = week_of(activity.occurred_at, basis.zone)
    return Traces(
        activity=activity,
        revision=revision,
        week=week,
        rewards=_rewards(connection, activity, week),
        last_active_at=_last_active_at(connection, activity),
        is_day_shared=_is_day_shared(connection, activity),
        others=_others(connection, basis, activity, week),
        badges=_badges(connection, activity.member),
    )


def _rewards(connection: Connection, activity: PointActivity, week: str) -> tuple[PointActivity, ...]:
    """What paid the goals of its week, and its day's bonus."""
    goals, table = weekly_goal.c, point_activity
    weeks = {week, *(counted for counted, _, _ in Effects.read(activity.effects).goals)}
    paid = select(goals.reward).where(goals.member == activity.member, goals.week.in_(sorted(weeks)), goals.reward.is_not(None))
    ids = [one for one in connection.execute(paid).scalars() if one != activity.id]
    if activity.day is not None:
        ids.append(bonus_activity(activity.member, activity.day))
    wanted = select(table).where(among(connection.dialect, table.c.id, ids), table.c.reversed_at.is_(None))
    return tuple(PointActivity(*row) for row in connection.execute(wanted.order_by(table.c.entry, table.c.id)))


def _last_active_at(connection: Connection, activity: PointActivity) -> datetime | None:
    """When the latest of the member's other activities was done."""
    at = point_activity.c.occurred_at
    wanted = select(at).where(_another(activity), point_activity.c.activity_type.not_in(sorted(SYSTEM_TYPES)))
    found: datetime | None = connection.execute(wanted.order_by(at.desc()).limit(1)).scalar_one_or_none()
    return found


def _is_day_shared(connection: Connection, activity: PointActivity) -> bool:
    if activity.day is None:
        return False
    near = point_activity.c.occurred_at.between(activity.occurred_at - _NEAR, activity.occurred_at + _NEAR)
    wanted = select(point_activity.c.id).where(_another(activity), near, point_activity.c.day == activity.day)
    return connection.execute(wanted.limit(1)).first() is not None


def _others(connection: Connection, basis: Basis, activity: PointActivity, week: str) -> frozenset[Deed]:
    """What else was done in its week and counted for goals: a few of each kind, however often it was done."""
    monday, sunday = week_dates(week)
    table = point_activity.c
    begins, ends = day_start(monday, basis.zone), day_start(sunday + timedelta(days=1), basis.zone)
    wanted: Select[Any] = select(table.activity_type, table.topic, table.day).distinct()
    wanted = wanted.where(_another(activity), table.occurred_at >= begins, table.occurred_at < ends, table.source != Source.IMPORT.value)
    return frozenset(Deed(ActivityType(kind), topic, day) for kind, topic, day in connection.execute(wanted))


def _badges(connection: Connection, member: UUID) -> tuple[MemberBadge, ...]:
    wanted = select(member_badge).where(member_badge.c.member == member, member_badge.c.revoked_at.is_(None))
    return tuple(MemberBadge(*row) for row in connection.execute(wanted.order_by(member_badge.c.earned_at, member_badge.c.badge)))


def _another(activity: PointActivity) -> ColumnElement[bool]:
    """Another activity of the same member that stands."""
    table = point_activity.c
    return and_(table.member == activity.member, table.id != activity.id, table.reversed_at.is_(None))
