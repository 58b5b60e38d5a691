"""What the economy of points does, for staff: read from the sums of days and from the ledger's histogram.

Only the most active members are found among the activities themselves: those of seven days.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, case, func, select

from laurels.core.windows import day_of, day_start, week_of
from laurels.identity.tables import member
from laurels.ledger.reader import balances
from laurels.products.progress.accounts import DECAYED, ISSUED, REVERSED
from laurels.products.progress.queries.spread import spread
from laurels.products.progress.rules import ActivityType, QuestStatus, Rules, Tier
from laurels.products.progress.rules.clauses import MAX_FREEZES
from laurels.products.progress.tables import FREEZES_SOLD, PointsDay, member_quest, point_activity, points_day, streak

DAYS = 30
"""Days whose points are told by type."""
WEEKS = 12
"""Weeks of the economy."""
ACTIVE_DAYS = 7
MOST_ACTIVE = 10
STREAKS = (1, 2, 7, 14, 30, 100)
"""Where the classes of streak lengths begin."""


@dataclass(frozen=True, slots=True)
class Week:
    """What a week did to points.

    Attributes:
        monday: its first day, in the community's zone.
        given: points of what was done in it; `taken_back`: of them, by reversals.
        decayed: points that inactivity cost.
        freezes: bought in it, for `spent` points.
    """

    week: str
    monday: date
    given: int = 0
    taken_back: int = 0
    decayed: int = 0
    freezes: int = 0
    spent: int = 0


@dataclass(frozen=True, slots=True)
class ActiveMember:
    """Somebody's last seven days: activities and points of theirs, without what the system awards."""

    id: UUID
    student_id: str
    display_name: str
    activities: int
    points: int


@dataclass(frozen=True, slots=True)
class StreakClass:
    """How many members have a streak of `least` days and more, up to below the next class.

    Attributes:
        most: None for the last class.
    """

    least: int
    most: int | None
    members: int

    @property
    def name(self) -> str:
        """As tables and gauges tell it: `7-13`."""
        if self.most is None:
            return f"{self.least}+"
        return str(self.least) if self.most == self.least else f"{self.least}-{self.most}"


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far members are with quests: each counts with their last run of each quest.

    Attributes:
        begun: the sum of the others.
    """

    begun: int
    in_progress: int
    completed: int
    expired: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Points ever: issued = taken back + decayed + what members have."""

    issued: int
    taken_back: int
    decayed: int

    @property
    def held(self) -> int:
        """What members have."""
        return self.issued - self.taken_back - self.decayed


def read_days(connection: Connection, last: date, number: int = DAYS) -> list[PointsDay]:
    """The sums of so many days up to one, by day and type, the earliest first; those of freezes among them."""
    table = points_day.c
    wanted = select(points_day).where(table.day > last - timedelta(days=number), table.day <= last)
    return [PointsDay(*row) for row in connection.execute(wanted.order_by(table.day, table.activity_type))]


def awards_of(days: Iterable[PointsDay]) -> list[PointsDay]:
    """The sums of awards alone: without decay, and without freezes."""
    return [row for row in days if row.activity_type not in (ActivityType.DECAY, FREEZES_SOLD)]


def points_by_type(days: Iterable[PointsDay]) -> dict[ActivityType, dict[date, int]]:
    """Points given, by type and day, in the order of the types; only types that gave any."""
    found: defaultdict[str, dict[date, int]] = defaultdict(dict)
    for row in days:
        found[row.activity_type][row.day] = row.points
    return {kind: found[kind.value] for kind in ActivityType if any(found.get(kind.value, {}).values())}


def read_weeks(connection: Connection, zone: ZoneInfo, *, at: datetime, number: int = WEEKS) -> list[Week]:
    """What each of so many weeks did, this one last.

    Args:
        zone: the community's.
    """
    today = day_of(at, zone)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=ago) for ago in reversed(range(number))]
    rows = read_days(connection, today, (today - mondays[0]).days + 1)
    by_monday: defaultdict[date, list[PointsDay]] = defaultdict(list)
    for row in rows:
        by_monday[row.day - timedelta(days=row.day.weekday())].append(row)
    return [_week(week_of(day_start(first, zone), zone), first, by_monday[first]) for first in mondays]


def read_tiers(connection: Connection, rules: Rules) -> list[tuple[Tier, int]]:
    """How many active members have each tier."""
    return list(zip(rules.tiers, spread(connection, [tier.at for tier in rules.tiers]), strict=True))


def read_most_active(connection: Connection, *, at: datetime, limit: int = MOST_ACTIVE) -> list[ActiveMember]:
    """Who earned most by what they did in seven days: active members, the most first; nothing that was reversed counts."""
    table = point_activity.c
    points, number = func.sum(table.amount), func.count()
    earned = (
        select(table.member, number.label("activities"), points.label("points"))
        .where(table.occurred_at > at - timedelta(days=ACTIVE_DAYS), table.occurred_at <= at, table.day.is_not(None))
        .where(table.reversed_at.is_(None))
        .group_by(table.member)
        .subquery()
    )
    wanted = (
        select(member.c.id, member.c.student_id, member.c.display_name, earned.c.activities, earned.c.points)
        .join(earned, earned.c.member == member.c.id)
        .where(member.c.status == "active", earned.c.points > 0)
        .order_by(earned.c.points.desc(), member.c.id)
        .limit(limit)
    )
    return [ActiveMember(row.id, row.student_id, row.display_name, row.activities, int(row.points)) for row in connection.execute(wanted)]


def read_streaks(connection: Connection, today: date) -> list[StreakClass]:
    """How long the streaks are that go on, as the community's calendar sees it: active today or yesterday, or saved by freezes."""
    table = streak.c
    length = case(*((table.current_days >= least, least) for least in reversed(STREAKS)), else_=0)
    going = (
        select(length.label("least"), table.last_day, table.freezes)
        .where(table.last_day >= today - timedelta(days=MAX_FREEZES + 1), table.current_days > 0)
        .subquery()
    )
    wanted = select(going, func.count().label("members")).group_by(*going.c)
    found: defaultdict[int, int] = defaultdict(int)
    for row in connection.execute(wanted):
        if (today - row.last_day).days - 1 <= row.freezes:
            found[row.least] += row.members
    ends = [*((least, following - 1) for least, following in pairwise(STREAKS)), (STREAKS[-1], None)]
    return [StreakClass(least, most, found[least]) for least, most in ends]


def read_funnel(connection: Connection, *, at: datetime) -> Funnel:
    """How far members are with quests, whether or not a job has noted that one is over."""
    table = member_quest.c
    late = case(((table.status == QuestStatus.IN_PROGRESS.value) & (table.ends_at <= at), QuestStatus.EXPIRED.value), else_=table.status)
    runs = select(late.label("status")).subquery()
    rows = connection.execute(select(runs.c.status, func.count().label("members")).group_by(runs.c.status))
    found: Mapping[str, int] = {row.status: row.members for row in rows}
    numbers = [found.get(each.value, 0) for each in (QuestStatus.IN_PROGRESS, QuestStatus.COMPLETED, QuestStatus.EXPIRED)]
    return Funnel(sum(numbers), *numbers)


def read_totals(connection: Connection) -> Totals:
    """Points ever issued, and what became of them."""
    found = balances(connection, [ISSUED, REVERSED, DECAYED])
    return Totals(-found[ISSUED], found[REVERSED], found[DECAYED])


def _week(week: str, monday: date, rows: Sequence[PointsDay]) -> Week:
    awards = awards_of(rows)
    freezes = [row for row in rows if row.activity_type == FREEZES_SOLD]
    return Week(
        week=week,
        monday=monday,
        given=sum(row.points for row in awards),
        taken_back=sum(row.taken for row in awards),
        decayed=sum(row.taken for row in rows if row.activity_type == ActivityType.DECAY),
        freezes=sum(row.awards for row in freezes),
        spent=sum(row.taken for row in freezes),
    )
