"""Classes and their members: written by decisions of study's book alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of

study_class = Table(
    "study_class",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("class_code", CodePointText, nullable=True, unique=True, comment="lets in whoever has it; null once the class is deleted"),
    Column("owner_id", ForeignKey("member.id"), nullable=False),
    Column("capacity", Integer, nullable=True, comment="most members; null: no limit"),
    Column("time_zone", Text, nullable=False, comment="IANA zone by whose midnights limits reset"),
    Column("sponsor_daily", BigInteger, nullable=False, comment="the owner's budget for all whom they sponsor, in tokens"),
    Column("sponsor_weekly", BigInteger, nullable=False),
    Column("sponsor_monthly", BigInteger, nullable=False),
    Column("is_active", Boolean, nullable=False, comment="false: archived, to be read only"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("deleted_at", UtcDateTime, nullable=True),
    CheckConstraint("capacity is null or capacity > 0", name="capacity_positive"),
    CheckConstraint("sponsor_daily >= 0 and sponsor_weekly >= 0 and sponsor_monthly >= 0", name="budget_counts"),
    CheckConstraint("(deleted_at is null) = (class_code is not null)", name="deleted_has_no_code"),
    Index("ix_study_class_owner", "owner_id", postgresql_where=text("deleted_at is null"), sqlite_where=text("deleted_at is null")),
    Index("ix_study_class_created_at", "created_at", "id"),
)


@row_of(study_class)
class StudyClass:
    """A class: its words, its owner, and what the owner pays for others."""

    id: UUID
    name: str
    description: str
    class_code: str | None
    owner_id: UUID
    capacity: int | None
    time_zone: str
    sponsor_daily: int
    sponsor_weekly: int
    sponsor_monthly: int
    is_active: bool
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


study_member = Table(
    "study_member",
    metadata,
    Column("class_id", ForeignKey("study_class.id"), primary_key=True),
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("is_manager", Boolean, nullable=False, comment="the owner is one whatever stands here"),
    Column("can_read", Boolean, nullable=False, comment="sees documents and what others shared"),
    Column("can_chat", Boolean, nullable=False),
    Column("can_upload", Boolean, nullable=False),
    Column("can_share_class", Boolean, nullable=False, comment="sees the class's code"),
    Column("max_concurrent_chats", Integer, nullable=False, comment="questions that are answered at once"),
    Column("is_sponsored", Boolean, nullable=False, comment="the class's owner pays first"),
    Column("daily_token_limit", BigInteger, nullable=False),
    Column("weekly_token_limit", BigInteger, nullable=False),
    Column("monthly_token_limit", BigInteger, nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime, nullable=True),
    CheckConstraint("status in ('active', 'left', 'removed')", name="status_known"),
    CheckConstraint("(status = 'active') = (left_at is null)", name="left_at_some_time"),
    CheckConstraint("max_concurrent_chats >= 0", name="chats_count"),
    CheckConstraint("daily_token_limit >= 0 and weekly_token_limit >= 0 and monthly_token_limit >= 0", name="limits_count"),
    Index("ix_study_member_member", "member", "class_id"),
    Index("ix_study_member_joined_at", "class_id", "joined_at", "member"),
)


@row_of(study_member)
class ClassMember:
    """A membership: what somebody may do in a class, and how many tokens they may use there."""

    class_id: UUID
    member: UUID
    status: str
    is_manager: bool
    can_read: bool
    can_chat: bool
    can_upload: bool
    can_share_class: bool
    max_concurrent_chats: int
    is_sponsored: bool
    daily_token_limit: int
    weekly_token_limit: int
    monthly_token_limit: int
    joined_at: datetime
    left_at: datetime | None = None
