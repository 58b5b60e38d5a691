"""Tokens: what each call of a model was held, took and cost, and which limits were told of. Written by decisions of study's book."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import UtcDateTime, metadata
from laurels.core.rows import row_of

study_usage = Table(
    "study_usage",
    metadata,
    Column("id", Uuid, primary_key=True, comment="also the hold's"),
    Column("class_id", ForeignKey("study_class.id"), nullable=False),
    Column("user_id", ForeignKey("member.id"), nullable=False),
    Column("billed_to_user_id", ForeignKey("member.id"), nullable=False, comment="the class's owner where they pay for others"),
    Column("message", Uuid, nullable=True, comment="the answer that it was for"),
    Column("document", Uuid, nullable=True, comment="the document that it was for"),
    Column("operation_type", Text, nullable=False),
    Column("model_name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("held", BigInteger, nullable=False, comment="tokens set aside for it at first"),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False, comment="millionths of the currency that the settings name"),
    Column("is_sponsored", Boolean, nullable=False, comment="the class's owner paid"),
    Column("is_overflow", Boolean, nullable=False, comment="the owner would have paid, but a limit was reached"),
    Column("usage_estimated", Boolean, nullable=False, comment="the model's server told no tokens"),
    Column("day", Text, nullable=False, comment="the windows that it counts in, by the class's zone when it was held"),
    Column("week", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime, nullable=True),
    CheckConstraint("operation_type in ('CHAT', 'EMBEDDING')", name="operation_known"),
    CheckConstraint("status in ('held', 'settled', 'released')", name="status_known"),
    CheckConstraint("(status = 'held') = (settled_at is null)", name="settled_at_some_time"),
    CheckConstraint("held >= 0 and input_tokens >= 0 and output_tokens >= 0 and cost >= 0", name="tokens_count"),
    Index("ix_study_usage_user", "user_id", "created_at", "id"),
    Index("ix_study_usage_class", "class_id", "created_at", "id"),
    Index("ix_study_usage_class_user", "class_id", "user_id", "created_at", "id"),
    Index("ix_study_usage_held", "class_id", "user_id", postgresql_where=text("status = 'held'"), sqlite_where=text("status = 'held'")),
    Index("ix_study_usage_message", "message", postgresql_where=text("message is not null"), sqlite_where=text("message is not null")),
)


@row_of(study_usage)
class Usage:
    """A call of a model: what was set aside for it, and what it took."""

    id: UUID
    class_id: UUID
    user_id: UUID
    billed_to_user_id: UUID
    message: UUID | None
    document: UUID | None
    operation_type: str
    model_name: str
    status: str
    held: int
    input_tokens: int
    output_tokens: int
    cost: int
    is_sponsored: bool
    is_overflow: bool
    usage_estimated: bool
    day: str
    week: str
    month: str
    created_at: datetime
    settled_at: datetime | None = None


study_alert = Table(
    "study_alert",
    metadata,
    Column("account", Text, primary_key=True, comment="the ledger's id of the meter"),
    Column("class_id", ForeignKey("study_class.id"), nullable=False),
    Column("percent", Integer, nullable=False, comment="the highest that was told: 80 or 100"),
    Column("told_at", UtcDateTime, nullable=False),
    CheckConstraint("percent in (80, 100)", name="percent_known"),
)


@row_of(study_alert)
class BudgetAlert:
    """That a limit was told of: once for each window of a meter and percentage."""

    account: str
    class_id: UUID
    percent: int
    told_at: datetime
