"""Recognition's tables and their rows.

A recognition's message and a reversal's reason are the only words; the ledger
holds none.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of

recognition = Table(
    "recognition",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entry", BigInteger, nullable=False, comment="the ledger's entry, in the book of recognition"),
    Column("giver", ForeignKey("member.id"), nullable=False),
    Column("receiver", ForeignKey("member.id"), nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("message", Text, nullable=False),
    Column("value", Text, nullable=True),
    Column("month", CodePointText, nullable=False, comment="in the community's zone"),
    Column("endorsement_count", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("reversed_at", UtcDateTime, nullable=True),
    Column("reversed_by", Uuid, nullable=True),
    Column("reversal_reason", Text, nullable=True),
    CheckConstraint("credits > 0", name="credits_positive"),
    CheckConstraint("giver <> receiver", name="two_members"),
    CheckConstraint("endorsement_count >= 0", name="endorsements_counted"),
    Index("ix_recognition_created_at", "created_at", "id"),
    Index("ix_recognition_giver", "giver", "created_at", "id"),
    Index("ix_recognition_receiver", "receiver", "created_at", "id"),
    Index(
        "ix_recognition_value",
        "value",
        "created_at",
        "id",
        postgresql_where=text("value is not null"),
        sqlite_where=text("value is not null"),
    ),
)


@row_of(recognition)
class Recognition:
    """A thanks with credits."""

    id: UUID
    entry: int
    giver: UUID
    receiver: UUID
    credits: int
    message: str
    value: str | None
    month: str
    endorsement_count: int
    created_at: datetime
    updated_at: datetime
    reversed_at: datetime | None = None
    reversed_by: UUID | None = None
    reversal_reason: str | None = None


endorsement = Table(
    "endorsement",
    metadata,
    Column("recognition", ForeignKey("recognition.id"), primary_key=True),
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_endorsement_member", "member", "created_at"),
)


@row_of(endorsement)
class Endorsement:
    """Somebody's agreement with a recognition."""

    recognition: UUID
    member: UUID
    created_at: datetime


redemption = Table(
    "redemption",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entry", BigInteger, nullable=False),
    Column("member", ForeignKey("member.id"), nullable=False),
    Column("credits", BigInteger, nullable=False),
    Column("value_minor", BigInteger, nullable=False, comment="the voucher's worth in the currency's minor unit"),
    Column("currency", Text, nullable=False),
    Column("takes_stock", Boolean, nullable=False),
    Column("status", Text, nullable=False),
    Column("code_sealed", Text, nullable=True, comment="the voucher's code, encrypted"),
    Column("issued_by", Text, nullable=True),
    Column("failure", Text, nullable=True, comment="why no voucher could be issued"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("fulfilled_at", UtcDateTime, nullable=True),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=True, comment="when a worker may try to issue; a lease while one does"),
    CheckConstraint("credits > 0", name="credits_positive"),
    CheckConstraint("status in ('PENDING', 'ISSUED', 'FAILED')", name="status_known"),
    CheckConstraint("(status = 'ISSUED') = (code_sealed is not null)", name="code_when_issued"),
    Index("ix_redemption_member", "member", "created_at", "id"),
    Index("ix_redemption_due", "next_try_at", postgresql_where=text("status = 'PENDING'"), sqlite_where=text("status = 'PENDING'")),
)


@row_of(redemption)
class Redemption:
    """Credits on their way into a voucher."""

    id: UUID
    entry: int
    member: UUID
    credits: int
    value_minor: int
    currency: str
    takes_stock: bool
    status: str
    code_sealed: str | None
    issued_by: str | None
    failure: str | None
    created_at: datetime
    fulfilled_at: datetime | None
    tries: int
    next_try_at: datetime | None


credit_snapshot = Table(
    "credit_snapshot",
    metadata,
    Column("member", ForeignKey("member.id"), primary_key=True),
    Column("month", CodePointText, primary_key=True, comment="the month that ended"),
    Column("balance_end", BigInteger, nullable=False, comment="unused credits at its end"),
    Column("carry_forward_amount", BigInteger, nullable=False, comment="of them, what went into the next month"),
    Column("created_at", UtcDateTime, nullable=False),
    CheckConstraint("carry_forward_amount between 0 and balance_end", name="carry_within_balance"),
)


@row_of(credit_snapshot)
class CreditSnapshot:
    """How a member's month ended."""

    member: UUID
    month: str
    balance_end: int
    carry_forward_amount: int
    created_at: datetime


recognition_value = Table(
    "recognition_value",
    metadata,
    Column("name", Text, primary_key=True),
    Column("position", Integer, nullable=False, comment="its place in the list"),
    Column("is_active", Boolean, nullable=False, comment="whether it can be chosen; old recognitions keep it"),
)


@row_of(recognition_value)
class RecognitionValue:
    """What a recognition can be for: Teamwork, Curiosity, ..."""

    name: str
    position: int
    is_active: bool
