"""What staff set: written plainly, with a new version of `progress_config`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text, Uuid

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of

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
