"""Webhooks' requests and answers, with an example of each."""

from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from pydantic import Field

from laurels.web.schemas import Answer, Body, PlainText, UtcInstant, example, unchanged
from laurels.webhooks.queries import Shipment
from laurels.webhooks.rules import (
    MAX_DESCRIPTION,
    MAX_EVENT_TYPES,
    MAX_OLD_SECRET_HOURS,
    MAX_SUBJECT,
    MAX_URL,
    OLD_SECRET_HOURS,
    DeliveryStatus,
    DisabledReason,
    Failure,
)
from laurels.webhooks.sources import EventType
from laurels.webhooks.tables import Attempt, Endpoint

_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
_OTHER = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
_AT = "2026-11-20T10:00:00+00:00"
_URL = "https://shop.example.org/hooks"
_DATA = {"recognition_id": _OTHER, "sender_id": _ID, "receiver_id": _OTHER, "credits_transferred": 10}
_ENDPOINT: dict[str, Any] = {
    "webhook_id": _ID,
    "url": _URL,
    "description": "The shop's backend",
    "subject": None,
    "event_types": ["recognition.given"],
    "status": "active",
    "disabled_reason": None,
    "failing_since": None,
    "last_success_at": _AT,
    "old_secret_until": None,
    "created_at": _AT,
    "updated_at": _AT,
}
_DELIVERY: dict[str, Any] = {
    "delivery_id": _OTHER,
    "webhook_id": _ID,
    "event_id": "b1cbbd3c-5b8a-5d0b-9bb0-4f4a2f6a3f51",
    "event_type": "recognition.given",
    "subject": None,
    "status": "failed",
    "tries": 1,
    "next_try_at": "2026-11-20T10:00:05+00:00",
    "last_status": 500,
    "error": "status",
    "occurred_at": _AT,
    "created_at": _AT,
    "delivered_at": None,
}
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfgS8u0b9Y="  # noqa: S105  # an example's

Url = Annotated[str, Field(min_length=1, max_length=MAX_URL, description="https://, a public host, no user and no fragment.")]
Description = Annotated[PlainText, Field(max_length=MAX_DESCRIPTION, description="For people: whose it is, and for what.")]
TypeName = Annotated[str, Field(min_length=1, max_length=100, examples=["recognition.given"])]
TypeNames = Annotated[list[TypeName], Field(min_length=1, max_length=MAX_EVENT_TYPES)]
_ALL_TYPES = "Those it wants, of GET /webhooks/event-types; null for all, those to come too."


class EndpointBody(Body):
    """Where to send which events."""

    model_config = example({"url": _URL, "description": "The shop's backend", "event_types": ["recognition.given"]})

    url: Url
    description: Description = ""
    event_types: TypeNames | None = Field(None, description=_ALL_TYPES)
    subject: Annotated[str, Field(min_length=1, max_length=MAX_SUBJECT, pattern=r"^[a-z]+/[0-9A-Za-z_-]+$")] | None = Field(
        None, description="Only events about this: `program/<id>`; null for everybody's."
    )


class EndpointChange(Body):
    """What to change; what is left out stays."""

    model_config = example({"status": "active"})

    url: Url = unchanged()
    description: Description = unchanged()
    event_types: TypeNames | None = unchanged(description=_ALL_TYPES)
    status: Literal["active", "disabled"] = unchanged(description="A disabled one gets nothing, and what is queued for it is dead.")


class RotationBody(Body):
    """How long the secret in use until now goes on signing."""

    model_config = example({"keep_hours": 24})

    keep_hours: Annotated[int, Field(strict=True, ge=0, le=MAX_OLD_SECRET_HOURS)] = Field(
        OLD_SECRET_HOURS, description="Both sign for so long; 0 ends the old one at once, if it leaked."
    )


class ReplaysBody(Body):
    """Which span's failures to send again."""

    model_config = example({"since": "2026-11-20T00:00:00+00:00", "until": "2026-11-21T00:00:00+00:00"})

    since: UtcInstant = Field(description="When they were queued, from here on.")
    until: UtcInstant = Field(description="Up to here, exclusive.")


class EndpointAnswer(Answer):
    """Where events are sent."""

    model_config = example(_ENDPOINT)

    webhook_id: UUID
    url: str
    description: str
    subject: str | None
    event_types: list[str] | None
    status: Literal["active", "disabled"]
    disabled_reason: DisabledReason | None = Field(description="staff, gone (it answered 410) or failing (nothing arrived for three days).")
    failing_since: UtcInstant | None = Field(description="The first failure since its last success.")
    last_success_at: UtcInstant | None = Field(description="To the minute.")
    old_secret_until: UtcInstant | None = Field(description="How long a secret that was rotated out signs as well.")
    created_at: UtcInstant
    updated_at: UtcInstant

    @staticmethod
    def of(row: Endpoint) -> "EndpointAnswer":
        """From its row."""
        return EndpointAnswer(**endpoint_values(row))


class EndpointWithSecret(EndpointAnswer):
    """The same, with its signing secret: it is shown this once."""

    model_config = example(_ENDPOINT | {"secret": _SECRET})

    secret: str


class DeliveryAnswer(Answer):
    """An event on its way to an endpoint."""

    model_config = example(_DELIVERY)

    delivery_id: UUID
    webhook_id: UUID
    event_id: UUID = Field(description="The `webhook-id` header: the same at every try.")
    event_type: str
    subject: str | None
    status: DeliveryStatus = Field(description="pending, failed (it is tried again), delivered, or dead (given up).")
    tries: int = Field(description="Since it was queued, the one under way included.")
    next_try_at: UtcInstant | None
    last_status: int | None = Field(description="The last answer's HTTP status.")
    error: Failure | None = Field(description="Why the last try failed.")
    occurred_at: UtcInstant
    created_at: UtcInstant
    delivered_at: UtcInstant | None

    @staticmethod
    def of(found: Shipment) -> "DeliveryAnswer":
        """From what was read."""
        return DeliveryAnswer(**_delivery_values(found))


class AttemptAnswer(Answer):
    """One request, and what became of it."""

    model_config = example({"at": _AT, "status": 500, "error": "status", "duration_ms": 87, "excerpt": "Internal Server Error"})

    at: UtcInstant
    status: int | None = Field(description="Of the HTTP answer; null where there was none.")
    error: Failure | None
    duration_ms: int
    excerpt: str = Field(description="The beginning of the answer's body, at most 1,024 bytes.")

    @staticmethod
    def of(row: Attempt) -> "AttemptAnswer":
        """From its row."""
        error = None if row.error is None else Failure(row.error)
        return AttemptAnswer(at=row.at, status=row.status_code, error=error, duration_ms=row.duration_ms, excerpt=row.excerpt)


class DeliveryDetail(DeliveryAnswer):
    """A delivery with what was sent, and its latest attempts, at most 50, newest first."""

    model_config = example(
        _DELIVERY
        | {
            "payload": {"type": "recognition.given", "timestamp": _AT, "data": _DATA},
            "attempts": [{"at": _AT, "status": 500, "error": "status", "duration_ms": 87, "excerpt": "Internal Server Error"}],
        }
    )

    payload: dict[str, Any] = Field(description="The body of its requests.")
    attempts: list[AttemptAnswer]

    @staticmethod
    def of_all(found: Shipment, attempts: list[Attempt]) -> "DeliveryDetail":
        """From what was read."""
        return DeliveryDetail(
            **_delivery_values(found), payload=orjson.loads(found.payload), attempts=[AttemptAnswer.of(one) for one in attempts]
        )


class ReplaysAnswer(Answer):
    """How many deliveries were queued again."""

    model_config = example({"replayed": 17, "has_more": False})

    replayed: int
    has_more: bool = Field(description="Whether there are more in the span: send the request again.")


class EventTypeAnswer(Answer):
    """A kind of event."""

    model_config = example({"name": "recognition.given", "description": "A member thanked another.", "example": _DATA})

    name: str
    description: str
    example: dict[str, Any] = Field(description="What `data` looks like.")

    @staticmethod
    def of(one: EventType) -> "EventTypeAnswer":
        """From what a product declared."""
        return EventTypeAnswer(name=one.name, description=one.description, example=dict(one.example))


class EventTypeList(Answer):
    """All kinds of events."""

    model_config = example({"items": [{"name": "recognition.given", "description": "A member thanked another.", "example": _DATA}]})

    items: list[EventTypeAnswer]


def endpoint_values(row: Endpoint) -> dict[str, Any]:
    """An endpoint's fields as answers have them."""
    return {
        "webhook_id": row.id,
        "url": row.url,
        "description": row.description,
        "subject": row.subject,
        "event_types": None if row.event_types is None else orjson.loads(row.event_types),
        "status": row.status,
        "disabled_reason": row.disabled_reason,
        "failing_since": row.failing_since,
        "last_success_at": row.last_success_at,
        "old_secret_until": row.old_secret_until,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _delivery_values(found: Shipment) -> dict[str, Any]:
    return {
        "delivery_id": found.id,
        "webhook_id": found.endpoint_id,
        "event_id": found.event_id,
        "event_type": found.event_type,
        "subject": found.subject,
        "status": found.status,
        "tries": found.tries,
        "next_try_at": found.next_try_at,
        "last_status": found.last_status,
        "error": found.error,
        "occurred_at": found.occurred_at,
        "created_at": found.created_at,
        "delivered_at": found.delivered_at,
    }
