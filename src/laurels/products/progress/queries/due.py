"""What time has made due in progress: for the sweeps, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select

from laurels.core.database import among
from laurels.identity.tables import member
from laurels.ledger.reader import balances
from laurels.products.progress.accounts import points
from laurels.products.progress.decisions.streaking import read_days
from laurels.products.progress.rules import Rules, Zones, announce_from, bites, decay_amount
from laurels.products.progress.tables import member_progress, member_quest, point_activity, season, streak, weekly_goal

FIRST_MIDNIGHT = timedelta(hours=14)
"""How far the zones that are ahead of all others (Kiritimati) are ahead of UTC."""


@dataclass(frozen=True, slots=True)
class DueBonus:
    """A day of a member that is over, and whose bonus isn't dealt with."""

    member: UUID
    day: date
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class BonusPage:
    """A page of members with unpaid days.

    Attributes:
        due: their days that are over.
        last: where the next page begins; None: there is none.
    """

    due: list[DueBonus]
    last: tuple[date, UUID] | None


def due_bonuses(connection: Connection, at: datetime, *, after: tuple[date, UUID] | None, limit: int) -> BonusPage:
    """The days whose bonus can be paid, of a page of members: by the first such day, then by id."""
    last_over = (at.astimezone(UTC) + FIRST_MIDNIGHT).date() - timedelta(days=1)
    wanted = select(streak.c.bonus_due, streak.c.member, streak.c.unpaid, streak.c.zones)
    wanted = wanted.where(
        streak.c.bonus_due.is_not(None), streak.c.bonus_due <= last_over, _behind(after, streak.c.bonus_due, streak.c.member)
    )
    rows = connection.execute(wanted.order_by(streak.c.bonus_due, streak.c.member).limit(limit)).all()
    due = [one for row in rows for one in _over(row, at)]
    return BonusPage(due, (rows[-1].bonus_due, rows[-1].member) if len(rows) == limit else None)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of members: those for whom there is something to do, and where the next begins (None: nowhere)."""

    members: list[UUID]
    last: UUID | None


def members_without_goals(
    connection: Connection, week: str, goal_types: Sequence[str], *, active_since: datetime, after: UUID | None, limit: int
) -> Page:
    """Of a page of members who were active lately, by id, those who miss one of a week's goals.

    Two statements, and not one: PostgreSQL would plan a look-up of each member's
    goals for the table as it was, which is empty on Monday, and go through all
    that was opened since for every member.
    """
    of = member_progress.c
    wanted = select(of.member).join(member, member.c.id == of.member).where(member.c.status == "active", of.last_active_at >= active_since)
    wanted = wanted.order_by(of.member).limit(limit)
    found = list(connection.scalars(wanted if after is None else wanted.where(of.member > after)))
    complete = _with_goals(connection, found, week, goal_types)
    return Page([one for one in found if one not in complete], found[-1] if len(found) == limit else None)


def _with_goals(connection: Connection, members: Sequence[UUID], week: str, goal_types: Sequence[str]) -> set[UUID]:
    """Which members have all of a week's goals."""
    if not goal_types:
        return set(members)
    of = weekly_goal.c
    theirs = among(connection.dialect, of.member, members) & (of.week == week)
    counted = select(of.member).where(theirs, among(connection.dialect, of.goal_type, goal_types)).group_by(of.member)
    return set(connection.scalars(counted.having(func.count() == len(goal_types))))


def expired_runs(connection: Connection, at: datetime, *, limit: int) -> list[tuple[UUID, UUID]]:
    """Members and quests whose run ended uncompleted, the longest ago first."""
    of = member_quest.c
    in_progress = of.status == literal("in_progress", literal_execute=True)  # written out, for the partial index to be used
    wanted = select(of.member, of.quest).where(in_progress, of.ends_at <= at).order_by(of.ends_at, of.member, of.quest)
    return [(row.member, row.quest) for row in connection.execute(wanted.limit(limit))]


def ended_seasons(connection: Connection, until: datetime) -> list[UUID]:
    """Seasons that ended by an instant and aren't archived, the first to end first."""
    wanted = select(season.c.id).where(season.c.archived_at.is_(None), season.c.ends_at <= until)
    return list(connection.scalars(wanted.order_by(season.c.ends_at, season.c.id)))


def unannounced_decay(connection: Connection, rules: Rules, at: datetime, *, after: UUID | None, limit: int) -> Page:
    """Members who have been inactive for so long that they are to be told of decay, and have something to lose."""
    if rules.decay is None:
        return Page([], None)
    of, since = member_progress.c, at - (announce_from(rules.decay, at) - at)
    wanted = select(of.member).join(member, member.c.id == of.member).where(member.c.status == "active")
    wanted = wanted.where(of.decay_from.is_(None), of.last_active_at <= since).order_by(of.member).limit(limit)
    found = list(connection.scalars(wanted if after is None else wanted.where(of.member > after)))
    held = balances(connection, map(points, found))
    losing = [one for one in found if decay_amount(rules, held[points(one)])]
    return Page(losing, found[-1] if len(found) == limit else None)


@dataclass(frozen=True, slots=True)
class Decaying:
    """A member whose points decay, and the instants by now at which they do, oldest first."""

    member: UUID
    due: tuple[datetime, ...]


def due_decay(connection: Connection, rules: Rules, at: datetime, *, after: UUID | None, limit: int) -> list[Decaying]:
    """Members whose points are due to decay, by id; where decay was turned off, all to whom it was announced."""
    of = member_progress.c
    wanted = select(of.member, of.decay_from).where(of.decay_from.is_not(None)).order_by(of.member).limit(limit)
    if rules.decay is not None:
        wanted = wanted.where(of.decay_from <= at)
    rows = connection.execute(wanted if after is None else wanted.where(of.member > after))
    decay = rules.decay
    return [Decaying(row.member, bites(decay, row.decay_from, until=at) if decay else (row.decay_from,)) for row in rows]


def told_already(connection: Connection, activities: Sequence[UUID]) -> set[UUID]:
    """Which activities are there."""
    return set(connection.scalars(select(point_activity.c.id).where(among(connection.dialect, point_activity.c.id, activities))))


def zones_kept(connection: Connection, members: Sequence[UUID]) -> dict[UUID, Zones]:
    """By which zones members' days go, of those who have had one."""
    wanted = select(streak.c.member, streak.c.zones).where(among(connection.dialect, streak.c.member, members))
    return {row.member: Zones.read(row.zones) for row in connection.execute(wanted)}


def _over(row: Any, at: datetime) -> Iterator[DueBonus]:
    zones = Zones.read(row.zones)
    for day in read_days(row.unpaid):
        ends_at = zones.day_end(day)
        if ends_at <= at:
            yield DueBonus(row.member, day, ends_at)


def _behind(after: tuple[Any, Any] | None, first: ColumnElement[Any], second: ColumnElement[Any]) -> ColumnElement[bool]:
    if after is None:
        return first.is_not(None)
    return or_(first > after[0], and_(first == after[0], second > after[1]))
