"""A circle for progress's tests: members who are awarded points, what staff set, and the ledger seen from behind."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table, delete, insert, select, update

from laurels.core.ids import new_id
from laurels.identity.service_keys import create_key
from laurels.identity.tables import Member, member
from laurels.ledger import Account, BusinessKey
from laurels.ledger.reader import balances, statement
from laurels.ledger.tables import outbox
from laurels.ledger.writer import Posted
from laurels.products.progress.accounts import points, standing
from laurels.products.progress.actions.awarding import Office
from laurels.products.progress.decisions.awarding import Awarded, AwardPoints
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.queries.configuration import basis_of, forget
from laurels.products.progress.rules import (
    DEFAULT_BADGES,
    DEFAULT_GOALS,
    DEFAULT_PRESET,
    ActivityType,
    Badge,
    Goal,
    Multiplier,
    Quest,
    Rules,
    Source,
    preset,
    write_multipliers,
)
from laurels.products.progress.tables import (
    CONFIG,
    BadgeRow,
    GoalRow,
    MemberBadge,
    MemberProgress,
    MemberQuest,
    PointActivity,
    PointsDay,
    ProgressConfig,
    ProgressRules,
    QuestRow,
    SeasonRow,
    StreakRow,
    TopicRow,
    WeeklyGoal,
    badge,
    goal,
    member_badge,
    member_progress,
    member_quest,
    point_activity,
    points_day,
    progress_config,
    progress_rules,
    progress_topic,
    quest,
    season,
    streak,
    weekly_goal,
)
from support.site import Site

QUIZ = ActivityType.QUIZ_COMPLETE
COMMENT = ActivityType.COMMENT


class Circle(Site):
    """What a test needs at hand. What jobs and services do goes straight to the ledger; what people ask goes over HTTP, once it is open."""

    @property
    def office(self) -> Office:
        """Where awards are decided."""
        return Office(self.database, self.writer, self.place.settings.zone)

    @property
    def basis(self) -> Basis:
        """What staff set, as it is now."""
        return basis_of(self.database, self.place.settings.zone)

    # What staff set

    def set_rules(self, **changes: Any) -> Rules:
        """New rules: those that ship, but for what differs."""
        changed = Rules.model_validate({**preset(DEFAULT_PRESET).model_dump(), **changes})
        config = self._config()
        row = ProgressRules(config.rules_version + 1, changed.model_dump_json(), None, self.clock.at)
        self._write(progress_rules, row)
        self._raise_version(replace(config, rules_version=row.version))
        return changed

    def add_topics(self, *slugs: str) -> None:
        """Topics that activities may name."""
        now = self.clock.at
        self._write(progress_topic, *(TopicRow(slug, slug.title(), place, True, 1, now, now) for place, slug in enumerate(slugs)))
        self._raise_version(self._config())

    def set_goals(self, *goals: Goal) -> None:
        """These goals, and no others."""
        self._replace(goal, *(_goal_row(one, self.clock.at) for one in goals))

    def set_badges(self, *badges: Badge) -> None:
        """These badges, and no others."""
        self._replace(badge, *(_badge_row(one, self.clock.at) for one in badges))

    def add_quest(self, one: Quest, *, title: str = "A quest") -> UUID:
        """A quest."""
        now = self.clock.at
        types = None if one.activity_types is None else _listed(one.activity_types)
        fields = {**asdict(one), "quest_type": one.quest_type.value, "activity_types": types}
        row = QuestRow(title=title, description="", difficulty="easy", version=1, created_at=now, updated_at=now, **fields)
        self._write(quest, row)
        self._raise_version(self._config())
        return row.id

    def add_season(self, starts_at: datetime, ends_at: datetime, *multipliers: Multiplier) -> UUID:
        """A season."""
        now = self.clock.at
        row = SeasonRow(new_id(), "Autumn", "", starts_at, ends_at, write_multipliers(multipliers), None, 1, now, now)
        self._write(season, row)
        self._raise_version(self._config())
        return row.id

    # Awards

    def giving(self, who: Member, amount: int = 10, kind: ActivityType = QUIZ, *, at: datetime | None = None, **more: Any) -> Giving:
        """An award as staff ask for it, where nothing else is said."""
        fields = {"activity": new_id(), "description": "Well done", "source": Source.STAFF.value, **more}
        return Giving(member=who.id, asked=amount, kind=kind, occurred_at=at or self.clock.at, **fields)

    def post_award(self, giving: Giving, *, event: str | None = None, is_past: bool = False) -> Posted[Awarded]:
        """Decide an award."""
        key = None if event is None else BusinessKey(event, "details")
        return self.post_now(AwardPoints(giving, self.basis, self.clock.at, key, is_past))

    def award(self, who: Member, amount: int = 10, kind: ActivityType = QUIZ, *, at: datetime | None = None, **more: Any) -> Awarded:
        """Award points for something that was done, now where no time is said; gives what it brought."""
        return self.post_award(self.giving(who, amount, kind, at=at, **more)).answer

    # People

    def suspend(self, who: Member) -> None:
        """Suspend a member."""
        with self.database.write.begin() as connection:
            connection.execute(update(member).where(member.c.id == who.id).values(status="suspended"))

    def move_to(self, who: Member, zone: str) -> None:
        """Have a member choose another zone."""
        with self.database.write.begin() as connection:
            connection.execute(update(member).where(member.c.id == who.id).values(time_zone=zone))

    def key(self, *scopes: str) -> dict[str, str]:
        """Headers of a new service key of progress; the circle must be open."""
        made = create_key(self.app.state.identity, subject="progress", name="tutor", scopes=scopes, by=None)
        return {"Authorization": f"Bearer {made.token}"}

    # What is

    def total(self, who: Member) -> int:
        """A member's points."""
        return self.held(points(who.id))

    def stands(self, who: Member, window: str) -> int:
        """A member's points on a board."""
        return self.held(standing(who.id, window))

    def held(self, account: Account) -> int:
        """What an account holds."""
        with self.database.read.connect() as connection:
            return balances(connection, [account])[account]

    def postings(self, who: Member) -> list[tuple[str, int, int]]:
        """What moved in a member's points, oldest first: kind, points, balance after it."""
        with self.database.read.connect() as connection:
            lines = statement(connection, [points(who.id)], limit=1_000)
        return [(line.kind, line.amount, line.balance) for line in reversed(lines)]

    def activities(self, who: Member) -> list[PointActivity]:
        """A member's activities in the order in which they were written."""
        table = point_activity
        order = (table.c.entry, table.c.activity_type == "weekly_goal", table.c.id)
        return [PointActivity(*row) for row in self._rows(table, table.c.member == who.id, order=order)]

    def activity(self, activity: UUID) -> PointActivity:
        """An activity as it is kept."""
        [row] = self._rows(point_activity, point_activity.c.id == activity)
        return PointActivity(*row)

    def progress(self, who: Member) -> MemberProgress:
        """What is kept of a member beside their points."""
        [row] = self._rows(member_progress, member_progress.c.member == who.id)
        return MemberProgress(*row)

    def streak(self, who: Member) -> StreakRow:
        """A member's streak as it is kept."""
        [row] = self._rows(streak, streak.c.member == who.id)
        return StreakRow(*row)

    def goals(self, who: Member) -> dict[str, WeeklyGoal]:
        """A member's weekly goals by week and type: `2026-W47/help_5`."""
        found = [WeeklyGoal(*row) for row in self._rows(weekly_goal, weekly_goal.c.member == who.id)]
        return {f"{row.week}/{row.goal_type}": row for row in found}

    def quests(self, who: Member) -> dict[UUID, MemberQuest]:
        """A member's quests."""
        found = [MemberQuest(*row) for row in self._rows(member_quest, member_quest.c.member == who.id)]
        return {row.quest: row for row in found}

    def begin(self, who: Member, quest_id: UUID, *, steps: int, reward: int = 20, ends_at: datetime | None = None) -> None:
        """Have a member be in a quest since now."""
        row = MemberQuest(who.id, quest_id, "in_progress", 1, 0, steps, reward, self.clock.at, ends_at, None, 0, None)
        self._write(member_quest, row)

    def badges(self, who: Member, *, with_revoked: bool = False) -> set[str]:
        """The slugs of a member's badges."""
        found = [MemberBadge(*row) for row in self._rows(member_badge, member_badge.c.member == who.id)]
        return {row.badge for row in found if with_revoked or row.revoked_at is None}

    def told(self, name: str) -> list[dict[str, Any]]:
        """The facts of a name that were told, oldest first."""
        with self.database.read.connect() as connection:
            found = select(outbox.c.payload).where(outbox.c.name == name).order_by(outbox.c.sequence, outbox.c.position)
            return [orjson.loads(payload) for payload in connection.scalars(found)]

    def days(self) -> list[PointsDay]:
        """The sums by day and type."""
        return [PointsDay(*row) for row in self._rows(points_day, order=(points_day.c.day, points_day.c.activity_type))]

    # Inside

    def _config(self) -> ProgressConfig:
        found = [ProgressConfig(*row) for row in self._rows(progress_config)]
        if found:
            return found[0]
        now = self.clock.at
        config = ProgressConfig(CONFIG, 0, 1, now)
        self._write(progress_rules, ProgressRules(1, preset(DEFAULT_PRESET).model_dump_json(), None, now))
        self._write(goal, *(_goal_row(one, now) for one in DEFAULT_GOALS))
        self._write(badge, *(_badge_row(one, now) for one in DEFAULT_BADGES))
        self._write(progress_config, config)
        return config

    def _raise_version(self, config: ProgressConfig) -> None:
        with self.database.write.begin() as connection:
            connection.execute(update(progress_config).values(version=config.version + 1, rules_version=config.rules_version))
        forget(self.database)

    def _write(self, table: Table, *rows: Any) -> None:
        with self.database.write.begin() as connection:
            connection.execute(insert(table), [asdict(row) for row in rows])

    def _replace(self, table: Table, *rows: Any) -> None:
        config = self._config()
        with self.database.write.begin() as connection:
            connection.execute(delete(table))
        if rows:
            self._write(table, *rows)
        self._raise_version(config)

    def _rows(self, table: Table, *conditions: Any, order: Iterable[Any] = ()) -> list[Any]:
        with self.database.read.connect() as connection:
            return list(connection.execute(select(table).where(*conditions).order_by(*order)))


def _listed(kinds: Iterable[ActivityType]) -> str:
    """Types as a row keeps them."""
    return "[" + ",".join(f'"{kind.value}"' for kind in sorted(kinds)) + "]"


def _goal_row(one: Goal, now: datetime) -> GoalRow:
    kept = ("goal_type", "title", "description", "target", "points_reward", "position")
    return GoalRow(
        **{name: getattr(one, name) for name in kept},
        measure=one.measure.value,
        activity_types=_listed(one.activity_types),
        is_active=True,
        version=1,
        created_at=now,
        updated_at=now,
    )


def _badge_row(one: Badge, now: datetime) -> BadgeRow:
    return BadgeRow(**{**asdict(one), "measure": one.measure.value}, is_active=True, version=1, created_at=now, updated_at=now)
