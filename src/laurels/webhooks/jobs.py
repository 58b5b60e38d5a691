"""Webhooks' jobs: facts become deliveries, deliveries are sent, and what is old is deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, or_, select

from laurels.core.database import among
from laurels.jobs import JobContext, Reader, Schedule
from laurels.jobs.timetable import UTC_ZONE
from laurels.ledger.outbox import Told
from laurels.webhooks.deliveries import listening, queue_events
from laurels.webhooks.parts import Webhooks
from laurels.webhooks.rules import KEPT, EndpointStatus
from laurels.webhooks.tables import webhook_attempt, webhook_delivery, webhook_endpoint, webhook_event

TIDIED_AT_ONCE = 1_000
MAX_ROUNDS = 1_000
"""Most rows deleted in one transaction, and transactions in one night; the next night goes on."""


def schedules_for(webhooks: Webhooks) -> list[Schedule]:
    """What runs by itself: `webhooks.retry` every minute, `webhooks.tidy` every night."""

    def retry(job: JobContext) -> None:
        webhooks.sender.nudge(job)

    return [Schedule("webhooks.retry", "* * * * *", UTC_ZONE, retry), Schedule("webhooks.tidy", "45 3 * * *", UTC_ZONE, tidy_webhooks)]


def readers_for(webhooks: Webhooks) -> list[Reader]:
    """Who listens: `webhooks.deliver`, to every fact that some product makes events of."""

    def deliver(job: JobContext, told: Sequence[Told]) -> None:
        if queue_told(job, told, webhooks):
            webhooks.sender.nudge(job)

    return [Reader("webhooks.deliver", webhooks.catalogue.facts, deliver, batch=1_000)] if webhooks.catalogue.facts else []


def queue_told(job: JobContext, told: Sequence[Told], webhooks: Webhooks) -> int:
    """Queue what a batch of facts gives rise to; gives how many deliveries. Told again, the same facts add nothing."""
    with job.database.read.connect() as connection:
        endpoints = listening(connection)
    if not endpoints or not told:
        return 0
    events = webhooks.catalogue.events(job, told)
    if not events:
        return 0
    with job.database.write.begin() as connection:
        return queue_events(connection, events, endpoints, job.clock.now())


def tidy_webhooks(job: JobContext) -> int:
    """Delete what is older than thirty days, and all of endpoints that were deleted; gives how many rows went."""
    before, gone = job.now - KEPT, 0
    for _ in range(MAX_ROUNDS):
        with job.database.write.begin() as connection:
            deleted = _delete_deliveries(connection, before) or _delete_events(connection, before)
        gone += deleted
        if deleted == 0 or job.is_stopping():
            break
    with job.database.write.begin() as connection:
        return gone + _delete_endpoints(connection)


def _delete_deliveries(connection: Connection, before: datetime) -> int:
    deleted = select(webhook_endpoint.c.id).where(webhook_endpoint.c.status == EndpointStatus.DELETED)
    is_old = webhook_delivery.c.created_at < before
    found = select(webhook_delivery.c.id).where(or_(is_old, webhook_delivery.c.endpoint.in_(deleted))).limit(TIDIED_AT_ONCE)
    ids = list(connection.scalars(found))
    connection.execute(delete(webhook_attempt).where(among(connection.dialect, webhook_attempt.c.delivery, ids)))
    return _delete(connection, webhook_delivery, ids)


def _delete_events(connection: Connection, before: datetime) -> int:
    is_told = exists().where(webhook_delivery.c.event == webhook_event.c.id)
    found = select(webhook_event.c.id).where(webhook_event.c.created_at < before, ~is_told).limit(TIDIED_AT_ONCE)
    return _delete(connection, webhook_event, list(connection.scalars(found)))


def _delete_endpoints(connection: Connection) -> int:
    has_deliveries = exists().where(webhook_delivery.c.endpoint == webhook_endpoint.c.id)
    is_done = (webhook_endpoint.c.status == EndpointStatus.DELETED) & ~has_deliveries
    return connection.execute(delete(webhook_endpoint).where(is_done)).rowcount


def _delete(connection: Connection, table: Any, ids: list[Any]) -> int:
    return connection.execute(delete(table).where(among(connection.dialect, table.c.id, ids))).rowcount
