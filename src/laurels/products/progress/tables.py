"""Progress's tables and their rows.

What staff set (rules, topics, goals, quests, badges, seasons, reactions) is
written plainly, with a new version of `progress_config`; what members did is
written by decisions of the book only. Totals, tiers and levels stand nowhere
here: they follow from the ledger.
"""

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


progress_config = Table(
    "progress_config",
    metadata,
    Column("id", Text, primary_key=True, comment="always `progress`"),
    Column("version", Integer, nullable=False, comment="goes up with every change of what staff set"),
    Column("rules_version", Integer, nullable=False, comment="the version of the rules in force"),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("id = 'progress'", name="one_row"),
)

CONFIG = "progress"
"""The key of `progress_config`'s only row."""


@row_of(progress_config)
class ProgressConfig:
    """By which version of their settings decisions are made."""

    id: str
    version: int
    rules_version: int
    updated_at: datetime


progress_rules = Table(
    "progress_rules",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", Text, nullable=False, comment="JSON of `rules.Rules`; never changes"),
    Column("created_by", Uuid, nullable=True),
    Column("created_at", UtcDateTime, nullable=False),
)


@row_of(progress_rules)
class ProgressRules:
    """One version of the rules; it never changes."""

    version: int
    document: str
    created_by: UUID | None
    created_at: datetime


progress_topic = Table(
    "progress_topic",
    metadata,
    Column("slug", CodePointText, primary_key=True),
    Column("title", Text, nullable=False),
    Column("position", Integer, nullable=False, comment="its place in the list"),
    Column("is_active", Boolean, nullable=False, comment="whether it can be chosen; old activities keep it"),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)


@row_of(progress_topic)
class TopicRow:
    """A field of study or work that activities may belong to."""

    slug: str
    title: str
    position: int
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


goal = Table(
    "goal",
    metadata,
    Column("goal_type", CodePointText, primary_key=True, comment="`activities_3`"),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("measure", Text, nullable=False, comment="what counts: `activities`, `days` or `topics`"),
    Column("activity_types", Text, nullable=False, comment="JSON list of those that count; empty: all but the system's"),
    Column("target", Integer, nullable=False),
    Column("points_reward", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("measure in ('activities', 'days', 'topics')", name="measure_known"),
    CheckConstraint("target > 0 and points_reward >= 0", name="numbers_positive"),
)


@row_of(goal)
class GoalRow:
    """A goal that every active member gets each Monday."""

    goal_type: str
    title: str
    description: str
    measure: str
    activity_types: str
    target: int
    points_reward: int
    position: int
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


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


quest = Table(
    "quest",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("quest_type", Text, nullable=False, comment="`side`, `daily` or `event`"),
    Column("topic", CodePointText, nullable=True, comment="activities of this topic alone count"),
    Column("difficulty", Text, nullable=False),
    Column("points_reward", BigInteger, nullable=False),
    Column("steps", Integer, nullable=False, comment="how many make it complete"),
    Column("activity_types", Text, nullable=True, comment="JSON list of those that count as steps; none: steps are told one by one"),
    Column("cooldown_hours", Integer, nullable=True, comment="after how long it may be begun again; none: once"),
    Column("starts_at", UtcDateTime, nullable=True),
    Column("ends_at", UtcDateTime, nullable=True),
    Column("is_active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("quest_type in ('side', 'daily', 'event')", name="quest_type_known"),
    CheckConstraint("difficulty in ('easy', 'medium', 'hard', 'epic')", name="difficulty_known"),
    CheckConstraint("points_reward >= 0 and steps > 0 and cooldown_hours > 0", name="numbers_positive"),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    Index("ix_quest_active", "is_active", "id"),
)


@row_of(quest)
class QuestRow:
    """Something to do for points beside the weekly goals."""

    id: UUID
    title: str
    description: str
    quest_type: str
    topic: str | None
    difficulty: str
    points_reward: int
    steps: int
    activity_types: str | None
    cooldown_hours: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


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


badge = Table(
    "badge",
    metadata,
    Column("slug", CodePointText, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("icon", Text, nullable=False, comment="one of the icons that are shipped"),
    Column("measure", Text, nullable=False, comment="what it is given for: `rules.badges.Measure`"),
    Column("topic", CodePointText, nullable=True, comment="for the measure `topic_points`"),
    Column("at_least", BigInteger, nullable=False),
    Column("position", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("at_least > 0", name="at_least_positive"),
    CheckConstraint("(measure = 'topic_points') = (topic is not null)", name="topic_where_measured"),
)


@row_of(badge)
class BadgeRow:
    """A mark of something reached, by a rule; it pays nothing."""

    slug: str
    title: str
    description: str
    icon: str
    measure: str
    topic: str | None
    at_least: int
    position: int
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


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


season = Table(
    "season",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("multipliers", Text, nullable=False, comment="JSON list of `rules.seasons.Multiplier`"),
    Column("archived_at", UtcDateTime, nullable=True, comment="when its standings were kept"),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    Index("ix_season_ends_at", "ends_at", "id"),
)


@row_of(season)
class SeasonRow:
    """A time with a board of its own, and with multipliers. No two overlap."""

    id: UUID
    title: str
    description: str
    starts_at: datetime
    ends_at: datetime
    multipliers: str
    archived_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime


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
    Column("decay_from", UtcDateTime, nullable=True, comment="when points begin to decay, as announced"),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("lifetime_quizzes >= 0 and lifetime_projects >= 0 and lifetime_comments >= 0", name="lifetimes_counted"),
    Index("ix_member_progress_last_active_at", "last_active_at", "member"),
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


@row_of(points_day)
class PointsDay:
    """What was given on a day for one type of activity: staff see it without summing activities."""

    day: date
    activity_type: str
    awards: int
    points: int
    taken: int


progress_reaction = Table(
    "progress_reaction",
    metadata,
    Column("trigger", CodePointText, primary_key=True, comment="what happened elsewhere: `recognition_given`"),
    Column("activity_type", Text, nullable=False),
    Column("points", BigInteger, nullable=False, comment="0: nothing is awarded"),
    Column("description", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("points between 0 and 1000", name="points_bounded"),
)


@row_of(progress_reaction)
class ReactionRow:
    """What something that happened elsewhere in the community awards."""

    trigger: str
    activity_type: str
    points: int
    description: str
    version: int
    updated_at: datetime


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
