"""Sending by hand: a test, one delivery again, or all that failed in a span."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from laurels.core.database import among
from laurels.core.ids import new_id
from laurels.identity.audit_log import record_action
from laurels.web.caller import Caller
from laurels.web.context import Context
from laurels.webhooks.errors import WebhookDisabled
from laurels.webhooks.parts import Webhooks
from laurels.webhooks.queries import Shipment, get_delivery, get_endpoint
from laurels.webhooks.rules import MAX_REPLAYED, TEST_TYPE, DeliveryStatus, EndpointStatus
from laurels.webhooks.sources import payload_of
from laurels.webhooks.tables import Delivery, Event, webhook_delivery, webhook_event


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries were queued again, and whether there are more."""

    count: int
    has_more: bool


def send_test(context: Context, webhooks: Webhooks, endpoint_id: UUID, *, scope: str | None) -> Shipment:
    """Queue a `webhook.test` event for one endpoint, whichever types it wants; gives its delivery.

    Raises:
        Missing: there is none in the scope.
        WebhookDisabled: it is disabled.
    """
    now, event_id, delivery_id = context.clock.now(), new_id(), new_id()
    payload = payload_of(TEST_TYPE, occurred_at=now.isoformat(), data={"webhook_id": str(endpoint_id)})
    with context.database.write.begin() as connection:
        _require_active(connection, scope, endpoint_id)
        event = Event(id=event_id, type=TEST_TYPE, subject=None, payload=payload, occurred_at=now, created_at=now)
        connection.execute(insert(webhook_event).values(asdict(event)))
        made = Delivery(
            id=delivery_id,
            event=event_id,
            endpoint=endpoint_id,
            status=DeliveryStatus.PENDING.value,
            tries=0,
            next_try_at=now,
            last_status=None,
            last_error=None,
            created_at=now,
            delivered_at=None,
        )
        connection.execute(insert(webhook_delivery).values(asdict(made)))
        queued = get_delivery(connection, scope, endpoint_id, delivery_id)
    nudge(context, webhooks)
    return queued


def replay_delivery(
    context: Context, webhooks: Webhooks, caller: Caller, endpoint_id: UUID, delivery_id: UUID, *, scope: str | None, address_hash: str
) -> Shipment:
    """Queue a delivery again, as if it were new, whatever became of it; the event keeps its id.

    Raises:
        Missing: there is none in the scope.
        WebhookDisabled: its endpoint is disabled.
    """
    now = context.clock.now()
    with context.database.write.begin() as connection:
        _require_active(connection, scope, endpoint_id)
        before = get_delivery(connection, scope, endpoint_id, delivery_id)
        _queue_again(connection, [delivery_id], now)
        record_action(
            connection,
            actor_id=caller.member_id,
            action="webhook_delivery.replayed",
            subject=f"webhook/{endpoint_id}",
            before={"status": before.status},
            after={"delivery": str(delivery_id)},
            now=now,
            address_hash=address_hash,
        )
        queued = get_delivery(connection, scope, endpoint_id, delivery_id)
    nudge(context, webhooks)
    return queued


def replay_failed(
    context: Context,
    webhooks: Webhooks,
    caller: Caller,
    endpoint_id: UUID,
    *,
    since: datetime,
    until: datetime,
    scope: str | None,
    address_hash: str,
) -> Replayed:
    """Queue again what was queued in a span and failed, the oldest first, at most ten thousand at once.

    Raises:
        Missing: there is none in the scope.
        WebhookDisabled: it is disabled.
    """
    now = context.clock.now()
    with context.database.write.begin() as connection:
        _require_active(connection, scope, endpoint_id)
        failed = (
            select(webhook_delivery.c.id)
            .where(
                webhook_delivery.c.endpoint == endpoint_id,
                webhook_delivery.c.status.in_((DeliveryStatus.FAILED, DeliveryStatus.DEAD)),
                webhook_delivery.c.created_at >= since,
                webhook_delivery.c.created_at < until,
            )
            .order_by(webhook_delivery.c.id)
            .limit(MAX_REPLAYED + 1)
        )
        found = list(connection.scalars(failed))
        _queue_again(connection, found[:MAX_REPLAYED], now)
        replayed = Replayed(min(len(found), MAX_REPLAYED), has_more=len(found) > MAX_REPLAYED)
        record_action(
            connection,
            actor_id=caller.member_id,
            action="webhook_deliveries.replayed",
            subject=f"webhook/{endpoint_id}",
            before={},
            after={"since": since.isoformat(), "until": until.isoformat(), "count": replayed.count},
            now=now,
            address_hash=address_hash,
        )
    nudge(context, webhooks)
    return replayed


def nudge(context: Context, webhooks: Webhooks) -> None:
    """Send at once what was queued, where this process does the jobs; elsewhere the worker does, within a minute."""
    if context.settings.worker == "inside":
        webhooks.sender.nudge(context)


def _require_active(connection: Connection, scope: str | None, endpoint_id: UUID) -> None:
    if get_endpoint(connection, scope, endpoint_id, locks=True).status != EndpointStatus.ACTIVE:
        raise WebhookDisabled()


def _queue_again(connection: Connection, deliveries: list[UUID], now: datetime) -> None:
    fresh = {"status": DeliveryStatus.PENDING, "tries": 0, "next_try_at": now, "delivered_at": None}
    connection.execute(update(webhook_delivery).where(among(connection.dialect, webhook_delivery.c.id, deliveries)).values(fresh))
