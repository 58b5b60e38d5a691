"""Endpoints, and what was sent to them.

Each takes a *scope*: `program/<id>` shows only endpoints with that subject,
None shows all.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, func, select

from laurels.core.errors import Missing
from laurels.webhooks.rules import DeliveryStatus, DisabledReason, EndpointStatus
from laurels.webhooks.tables import Attempt, Endpoint, webhook_attempt, webhook_delivery, webhook_endpoint, webhook_event

ATTEMPTS_SHOWN = 50
"""Most attempts of a delivery that are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """A delivery with its event: what was, is or will be sent.

    Attributes:
        payload: the body, as it is sent.
        error: why the last try failed.
    """

    id: UUID
    event_id: UUID
    event_type: str
    subject: str | None
    payload: str
    occurred_at: datetime
    endpoint_id: UUID
    status: str
    tries: int
    next_try_at: datetime | None
    last_status: int | None
    error: str | None
    created_at: datetime
    delivered_at: datetime | None


def list_endpoints(connection: Connection, scope: str | None, *, limit: int, after: UUID | None = None) -> list[Endpoint]:
    """Endpoints, oldest first; `after` is the last one of the page before."""
    wanted = _endpoints(scope)
    if after is not None:
        wanted = wanted.where(webhook_endpoint.c.id > after)
    return [Endpoint(*row) for row in connection.execute(wanted.order_by(webhook_endpoint.c.id).limit(limit))]


def get_endpoint(connection: Connection, scope: str | None, endpoint_id: UUID, *, locks: bool = False) -> Endpoint:
    """One endpoint; `locks` keeps others from changing it until the transaction ends.

    Raises:
        Missing: there is none, or it is outside the scope.
    """
    wanted = _endpoints(scope).where(webhook_endpoint.c.id == endpoint_id)
    row = connection.execute(wanted.with_for_update(key_share=True) if locks else wanted).one_or_none()
    if row is None:
        raise Missing(what="webhook")
    return Endpoint(*row)


def count_given_up(connection: Connection, scope: str | None) -> int:
    """How many endpoints were disabled because nothing arrives there: somebody should look."""
    wanted = _endpoints(scope).where(webhook_endpoint.c.disabled_reason.in_((DisabledReason.GONE, DisabledReason.FAILING)))
    return connection.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()


def list_deliveries(
    connection: Connection, endpoint_id: UUID, *, status: DeliveryStatus | None = None, limit: int, before: UUID | None = None
) -> list[Shipment]:
    """What was queued for an endpoint, newest first; the caller has seen by `get_endpoint` that it may be looked at."""
    wanted = _deliveries().where(webhook_delivery.c.endpoint == endpoint_id)
    if status is not None:
        wanted = wanted.where(webhook_delivery.c.status == status)
    if before is not None:
        wanted = wanted.where(webhook_delivery.c.id < before)
    return [Shipment(*row) for row in connection.execute(wanted.order_by(webhook_delivery.c.id.desc()).limit(limit))]


def get_delivery(connection: Connection, scope: str | None, endpoint_id: UUID, delivery_id: UUID) -> Shipment:
    """One delivery.

    Raises:
        Missing: there is none, or its endpoint is another or outside the scope.
    """
    get_endpoint(connection, scope, endpoint_id)
    wanted = _deliveries().where(webhook_delivery.c.id == delivery_id, webhook_delivery.c.endpoint == endpoint_id)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise Missing(what="delivery")
    return Shipment(*row)


def list_attempts(connection: Connection, delivery_id: UUID) -> list[Attempt]:
    """A delivery's latest attempts, newest first."""
    wanted = select(webhook_attempt).where(webhook_attempt.c.delivery == delivery_id).order_by(webhook_attempt.c.id.desc())
    return [Attempt(*row) for row in connection.execute(wanted.limit(ATTEMPTS_SHOWN))]


def _endpoints(scope: str | None) -> Select[*tuple[Any, ...]]:
    wanted = select(webhook_endpoint).where(webhook_endpoint.c.status != EndpointStatus.DELETED)
    return wanted if scope is None else wanted.where(webhook_endpoint.c.subject == scope)


def _deliveries() -> Select[*tuple[Any, ...]]:
    return select(
        webhook_delivery.c.id,
        webhook_delivery.c.event,
        webhook_event.c.type,
        webhook_event.c.subject,
        webhook_event.c.payload,
        webhook_event.c.occurred_at,
        webhook_delivery.c.endpoint,
        webhook_delivery.c.status,
        webhook_delivery.c.tries,
        webhook_delivery.c.next_try_at,
        webhook_delivery.c.last_status,
        webhook_delivery.c.last_error,
        webhook_delivery.c.created_at,
        webhook_delivery.c.delivered_at,
    ).join(webhook_event, webhook_event.c.id == webhook_delivery.c.event)
