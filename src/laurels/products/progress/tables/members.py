"""What members did: written by decisions of the book alone. Totals, tiers and levels stand nowhere here: they follow from the ledger."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of, view_of
from laurels.identity.tables import member


@view_of(member)
class Awardee:
    """What a decision reads of a member: whether they are active, and by which zone their days go."""

    id: UUID
    status: str
    time_zone: str


weekly_goal = Table(
    "weekly_goal",
    metadata,
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("week", CodePointText, primary_key=True, comment="`2026-W47`, Monday to Sunday in the community's zone"),
    Column("goal_type", CodePointText, primary_key=True),
    Column("current_progress", Integer, nullable=False, comment="may pass the target"),
    Column("target_progress", Integer, nullable=False, comment="as it was when the week was opened"),
    Column("points_reward", BigInteger, nullable=False, comment="as it was when the week was opened"),
    Column("seen", Text, nullable=True, comment="JSON list of the days or topics that were counted, where each counts once"),
    Column("completed_at", UtcDateTime, nullable=True),
    Column("reward", Uuid, nullable=True, comment="the activity that paid it"),
    CheckConstraint("current_progress >= 0 and target_progress > 0", name="progress_counted"),
    CheckConstraint("(completed_at is null) = (reward is null)", name="paid_when_completed"),
    Index("ix_weekly_goal_week", "week", "goal_type"),
    postgresql_with={"fillfactor": 70},  # room for updates in place: awards move the week's goals all week
)


@row_of(weekly_goal)
class WeeklyGoal:
    """A member's goal of a week."""

    member: UUID
    week: str
    goal_type: str
    current_progress: int
    target_progress: int
    points_reward: int
    seen: str | None = None
    completed_at: datetime | None = None
    reward: UUID | None = None


member_quest = Table(
    "member_quest",
    metadata,
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("quest", ForeignKey("quest.id"), primary_key=True),
    Column("status", Text, nullable=False, comment="without a row: not_started"),
    Column("run", Integer, nullable=False, comment="how often it was begun"),
    Column("current_progress", Integer, nullable=False, comment="may pass the target"),
    Column("target_progress", Integer, nullable=False, comment="as it was when it was begun"),
    Column("points_reward", BigInteger, nullable=False, comment="as it was when it was begun"),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=True, comment="until when it may be completed: a daily one until its local day is over"),
    Column("completed_at", UtcDateTime, nullable=True, comment="of the last run"),
    Column("points_awarded", BigInteger, nullable=False, comment="of the last run"),
    Column("reward", Uuid, nullable=True, comment="the activity that paid the last run"),
    CheckConstraint("status in ('in_progress', 'completed', 'expired')", name="status_known"),
    CheckConstraint("current_progress >= 0 and target_progress > 0", name="progress_counted"),
    CheckConstraint("(status = 'completed') = (completed_at is not null)", name="completed_when_done"),
    Index("ix_member_quest_quest", "quest", "status"),
    Index(
        "ix_member_quest_ends_at",
        "ends_at",
        "member",
        "quest",
        postgresql_where=text("status = 'in_progress'"),
        sqlite_where=text("status = 'in_progress'"),
    ),
)


@row_of(member_quest)
class MemberQuest:
    """How far a member is with a quest: their last run of it."""

    member: UUID
    quest: UUID
    status: str
    run: int
    current_progress: int
    target_progress: int
    points_reward: int
    started_at: datetime
    ends_at: datetime | None
    completed_at: datetime | None
    points_awarded: int
    reward: UUID | None


member_badge = Table(
    "member_badge",
    metadata,
    Column("activity", Uuid, primary_key=True, comment="the activity that merited it"),
    Column("badge", CodePointText, primary_key=True, comment="no foreign key: those that ship have no row until staff change something"),
    Column("member", ForeignKey("member.id"), nullable=False),
    Column("earned_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime, nullable=True, comment="when a reversal took it back"),
    Index("ix_member_badge_member", "member", "earned_at"),
    Index("ix_member_badge_badge", "badge", "earned_at"),
)


@row_of(member_badge)
class MemberBadge:
    """A badge that a member has, or had."""

    activity: UUID
    badge: str
    member: UUID
    earned_at: datetime
    revoked_at: datetime | None = None


season_standing = Table(
    "season_standing",
    metadata,
    Column("season", ForeignKey("season.id"), primary_key=True),
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("points", BigInteger, nullable=False),
    Index("ix_season_standing_rank", "season", "rank", "member"),
    Index("ix_season_standing_member", "member"),
)


@row_of(season_standing)
class SeasonStanding:
    """Where a member stood when a season was archived; it never changes."""

    season: UUID
    member: UUID
    rank: int
    points: int


point_activity = Table(
    "point_activity",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entry", BigInteger, nullable=False, comment="the ledger's entry, in the book of progress"),
    Column("member", ForeignKey("member.id"), nullable=False),
    Column("amount", BigInteger, nullable=False, comment="points that it brought; below 0 for decay"),
    Column("asked_amount", BigInteger, nullable=False, comment="points before multipliers and caps"),
    Column("activity_type", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("topic", CodePointText, nullable=True),
    Column("class_id", Uuid, nullable=True),
    Column("source", Text, nullable=False, comment="who awarded it: self, staff, service, system, reaction, import"),
    Column("awarded_by", Uuid, nullable=True, comment="the staff member who did"),
    Column("tier_at_time", Text, nullable=False, comment="the tier before it"),
    Column("day", Date, nullable=True, comment="the local day that it made an active one; none for the system's"),
    Column("effects", Text, nullable=True, comment="JSON of what else it counted on, so that a reversal finds it"),
    Column("caused_by", Uuid, nullable=True, comment="the activity that completed the goal this one pays"),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("reversed_at", UtcDateTime, nullable=True),
    Column("reversed_by", Uuid, nullable=True),
    Column("reversal_reason", Text, nullable=True),
    CheckConstraint("amount >= 0 or activity_type = 'decay'", name="amount_signed"),
    CheckConstraint("source in ('self', 'staff', 'service', 'system', 'reaction', 'import')", name="source_known"),
    Index("ix_point_activity_member", "member", "occurred_at", "id"),
    Index("ix_point_activity_type", "activity_type", "occurred_at", "id"),
    Index("ix_point_activity_member_type", "member", "activity_type", "occurred_at", "id"),
    Index(
        "ix_point_activity_topic",
        "topic",
        "occurred_at",
        "id",
        postgresql_where=text("topic is not null"),
        sqlite_where=text("topic is not null"),
    ),
    Index("ix_point_activity_occurred_at", "occurred_at", "id"),
    Index(
        "ix_point_activity_class",
        "member",
        "class_id",
        postgresql_where=text("class_id is not null"),
        sqlite_where=text("class_id is not null"),
    ),
)


@row_of(point_activity)
class PointActivity:
    """Something that brought points (or cost them, for decay)."""

    id: UUID
    entry: int
    member: UUID
    amount: int
    asked_amount: int
    activity_type: str
    description: str
    topic: str | None
    class_id: UUID | None
    source: str
    awarded_by: UUID | None
    tier_at_time: str
    day: date | None
    effects: str | None
    caused_by: UUID | None
    occurred_at: datetime
    created_at: datetime
    reversed_at: datetime | None = None
    reversed_by: UUID | None = None
    reversal_reason: str | None = None


member_progress = Table(
    "member_progress",
    metadata,
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("revision", Integer, nullable=False, comment="goes up with every award and reversal: what an action read is checked by it"),
    Column("lifetime_quizzes", Integer, nullable=False),
    Column("lifetime_projects", Integer, nullable=False),
    Column("lifetime_comments", Integer, nullable=False),
    Column("quests_completed", Integer, nullable=False),
    Column("goals_completed", Integer, nullable=False),
    Column("announced_tier", Integer, nullable=False, comment="the highest tier that was announced, from 0"),
    Column("announced_level", Integer, nullable=False, comment="the highest level that was announced, from 1"),
    Column("badges", Text, nullable=False, comment="slugs of the badges held, with a space after each"),
    Column("is_anonymous", Boolean, nullable=False, comment="whether boards hide the name"),
    Column("last_active_at", UtcDateTime, nullable=True, comment="the latest activity that wasn't the system's"),
    Column("decay_from", UtcDateTime, nullable=True, comment="when points decay next; none: it wasn't announced"),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("lifetime_quizzes >= 0 and lifetime_projects >= 0 and lifetime_comments >= 0", name="lifetimes_counted"),
    Index("ix_member_progress_last_active_at", "last_active_at", "member"),
    Index(
        "ix_member_progress_decay_from",
        "decay_from",
        "member",
        postgresql_where=text("decay_from is not null"),
        sqlite_where=text("decay_from is not null"),
    ),
    postgresql_with={"fillfactor": 50},  # room for updates in place: every award updates a row
)


@row_of(member_progress)
class MemberProgress:
    """What progress keeps of a member beside their points."""

    member: UUID
    revision: int
    lifetime_quizzes: int
    lifetime_projects: int
    lifetime_comments: int
    quests_completed: int
    goals_completed: int
    announced_tier: int
    announced_level: int
    badges: str
    is_anonymous: bool
    last_active_at: datetime | None
    decay_from: datetime | None
    created_at: datetime


streak = Table(
    "streak",
    metadata,
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("first_day", Date, nullable=False, comment="the day of the lowest bit of `days`"),
    Column("days", Text, nullable=False, comment="active local days: bit n, in hex, is n days after the first"),
    Column("unpaid", Text, nullable=False, comment="JSON list of the days whose bonus is yet to be paid, as numbers (1 is 0001-01-01)"),
    Column("current_days", Integer, nullable=False, comment="the streak that ends on the last day"),
    Column("longest_days", Integer, nullable=False),
    Column("freezes", Integer, nullable=False, comment="in hand after the last day"),
    Column("last_day", Date, nullable=False),
    Column("bonus_due", Date, nullable=True, comment="the first of them"),
    Column("bought", Text, nullable=False, comment="JSON list of the days on which freezes were bought or given, likewise"),
    Column("zones", Text, nullable=False, comment="JSON list of the zones that days went by, each with its first instant"),
    CheckConstraint("current_days >= 0 and longest_days >= current_days and freezes >= 0", name="streak_counted"),
    Index(
        "ix_streak_bonus_due",
        "bonus_due",
        "member",
        postgresql_where=text("bonus_due is not null"),
        sqlite_where=text("bonus_due is not null"),
    ),
    Index("ix_streak_last_day", "last_day", "current_days"),
)


@row_of(streak)
class StreakRow:
    """A member's active days, and what follows from them."""

    member: UUID
    first_day: date
    days: str
    unpaid: str
    current_days: int
    longest_days: int
    freezes: int
    last_day: date
    bonus_due: date | None
    bought: str
    zones: str


points_day = Table(
    "points_day",
    metadata,
    Column("day", Date, primary_key=True, comment="in the community's zone"),
    Column("activity_type", Text, primary_key=True),
    Column("awards", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False, comment="given on that day"),
    Column("taken", BigInteger, nullable=False, comment="of that day's points, what reversals took back; for decay: what it cost"),
)


FREEZES_SOLD = "freeze"
"""Stands for a type in the day's sums of freezes that members bought: `awards` of them, for `taken` points."""


@row_of(points_day)
class PointsDay:
    """What was given on a day for one type of activity: staff see it without summing activities."""

    day: date
    activity_type: str
    awards: int
    points: int
    taken: int


share_card = Table(
    "share_card",
    metadata,
    Column("token", CodePointText, primary_key=True, comment="what its public address ends with"),
    Column("member", ForeignKey("member.id"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime, nullable=True),
    Index("ix_share_card_member", "member", "created_at"),
)


@row_of(share_card)
class ShareCard:
    """A public card that a member made."""

    token: str
    member: UUID
    created_at: datetime
    revoked_at: datetime | None
