"""What webhooks store: endpoints, events, deliveries of an event to an endpoint, and each attempt at one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, Uuid, text

from laurels.core.database import CodePointText, UtcDateTime, metadata
from laurels.core.rows import row_of

webhook_endpoint = Table(
    "webhook_endpoint",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("url", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("subject", CodePointText, nullable=True, comment="whose events it gets: program/<id>; null: everybody's"),
    Column("event_types", Text, nullable=True, comment="JSON list of those it wants; null: all"),
    Column("secrets_sealed", Text, nullable=False, comment="its signing secrets, encrypted together, the newest first"),
    Column("old_secret_until", UtcDateTime, nullable=True, comment="how long a secret that was rotated out signs as well"),
    Column("status", Text, nullable=False),
    Column("disabled_reason", Text, nullable=True, comment="by whom or why: staff, gone, failing"),
    Column("failing_since", UtcDateTime, nullable=True, comment="the first failure since its last success"),
    Column("last_success_at", UtcDateTime, nullable=True, comment="to the minute"),
    Column("created_by", Uuid, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    CheckConstraint("status in ('active', 'disabled', 'deleted')", name="status_known"),
    CheckConstraint("(status = 'disabled') = (disabled_reason is not null)", name="reason_when_disabled"),
    Index("ix_webhook_endpoint_subject", "subject", "id"),
)


@row_of(webhook_endpoint)
class Endpoint:
    """Where events are sent."""

    id: UUID
    url: str
    description: str
    subject: str | None
    event_types: str | None
    secrets_sealed: str
    old_secret_until: datetime | None
    status: str
    disabled_reason: str | None
    failing_since: datetime | None
    last_success_at: datetime | None
    created_by: UUID
    created_at: datetime
    updated_at: datetime


webhook_event = Table(
    "webhook_event",
    metadata,
    Column("id", Uuid, primary_key=True, comment="made from the fact's place in its book, so that a fact told twice is one event"),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=True),
    Column("payload", Text, nullable=False, comment="the body, byte for byte as it is signed and sent"),
    Column("occurred_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_webhook_event_created_at", "created_at"),
)


@row_of(webhook_event)
class Event:
    """Something that happened, as it is told."""

    id: UUID
    type: str
    subject: str | None
    payload: str
    occurred_at: datetime
    created_at: datetime


_IS_OPEN = text("next_try_at is not null")

webhook_delivery = Table(
    "webhook_delivery",
    metadata,
    Column("id", Uuid, primary_key=True, comment="ordered by time: lists go by it"),
    Column("event", ForeignKey("webhook_event.id"), nullable=False),
    Column("endpoint", ForeignKey("webhook_endpoint.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("tries", SmallInteger, nullable=False, comment="begun since it was queued"),
    Column("next_try_at", UtcDateTime, nullable=True, comment="when a worker may try; a lease while one does; null: no more"),
    Column("last_status", SmallInteger, nullable=True, comment="the HTTP status of the last answer"),
    Column("last_error", Text, nullable=True, comment="why the last try failed"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime, nullable=True),
    UniqueConstraint("event", "endpoint"),
    CheckConstraint("status in ('pending', 'failed', 'delivered', 'dead')", name="status_known"),
    CheckConstraint("(status in ('pending', 'failed')) = (next_try_at is not null)", name="tried_while_open"),
    CheckConstraint("(status = 'delivered') = (delivered_at is not null)", name="instant_when_delivered"),
    Index("ix_webhook_delivery_due", "endpoint", "next_try_at", "id", postgresql_where=_IS_OPEN, sqlite_where=_IS_OPEN),
    Index("ix_webhook_delivery_soonest", "next_try_at", postgresql_where=_IS_OPEN, sqlite_where=_IS_OPEN),
    Index("ix_webhook_delivery_endpoint", "endpoint", "id"),
    Index("ix_webhook_delivery_status", "endpoint", "status", "id"),
    Index("ix_webhook_delivery_created_at", "created_at"),
)


@row_of(webhook_delivery)
class Delivery:
    """An event on its way to an endpoint."""

    id: UUID
    event: UUID
    endpoint: UUID
    status: str
    tries: int
    next_try_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime
    delivered_at: datetime | None


webhook_attempt = Table(
    "webhook_attempt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("delivery", ForeignKey("webhook_delivery.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status_code", SmallInteger, nullable=True, comment="null: there was no answer"),
    Column("error", Text, nullable=True, comment="why it doesn't count as delivered"),
    Column("duration_ms", Integer, nullable=False),
    Column("excerpt", Text, nullable=False, comment="the beginning of the answer's body"),
    Index("ix_webhook_attempt_delivery", "delivery", "id"),
)


@row_of(webhook_attempt)
class Attempt:
    """One request, and what became of it."""

    id: UUID
    delivery: UUID
    at: datetime
    status_code: int | None
    error: str | None
    duration_ms: int
    excerpt: str
