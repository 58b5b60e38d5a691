"""Deliveries in the database: queued for each endpoint that wants an event, taken with a lease, and written up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, and_, exists, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from laurels.core.database import among
from laurels.core.ids import new_id
from laurels.identity.audit_log import record_action
from laurels.webhooks.rules import MAX_TRIES, Answer, DeliveryStatus, DisabledReason, EndpointStatus, Failure, judge
from laurels.webhooks.sources import WebhookEvent, row_for, wants
from laurels.webhooks.tables import Attempt, Delivery, Endpoint, webhook_attempt, webhook_delivery, webhook_endpoint, webhook_event

LEASE = timedelta(seconds=60)
"""How long a worker has a delivery to itself: longer than a request and its writing up may take."""

AT_ONCE_EACH = 4
"""Most requests to one endpoint at a time, of one process; to one whose last try failed, one at a time."""

SUCCESS_TOLD_EVERY = timedelta(minutes=1)
"""How exactly an endpoint's last success is kept: its row mustn't be written with every delivery."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this worker holds, with all that sending it needs.

    Attributes:
        lease_until: proves the taking.
        tries: the one that begins included.
    """

    id: UUID
    event: UUID
    endpoint: UUID
    tries: int
    lease_until: datetime
    payload: str
    url: str
    secrets_sealed: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A try that ended."""

    taken: Taken
    at: datetime
    answer: Answer


def listening(connection: Connection) -> list[Endpoint]:
    """Endpoints that events are written down for: active ones; and those that were given up, so that what they missed can be replayed."""
    is_given_up = and_(webhook_endpoint.c.status == EndpointStatus.DISABLED, webhook_endpoint.c.disabled_reason == DisabledReason.FAILING)
    wanted = select(webhook_endpoint).where(or_(webhook_endpoint.c.status == EndpointStatus.ACTIVE, is_given_up))
    return [Endpoint(*row) for row in connection.execute(wanted.order_by(webhook_endpoint.c.id))]


def queue_events(connection: Connection, events: Iterable[WebhookEvent], endpoints: Sequence[Endpoint], now: datetime) -> int:
    """Queue each event for the endpoints that want it and were there when it happened; gives how many deliveries that are.

    An event that is there already, and a delivery, stay as they are.
    """
    event_rows, deliveries = [], []
    for event in events:
        concerned = [one for one in endpoints if _concerns(event, one)]
        if concerned:
            event_rows.append(asdict(row_for(event)) | {"created_at": now})
            deliveries += [asdict(_delivery(event.id, one, now)) for one in concerned]
    _insert_unless_there(connection, webhook_event, event_rows)
    _insert_unless_there(connection, webhook_delivery, deliveries)
    return len(deliveries)


def has_due(connection: Connection, now: datetime, busy: Mapping[UUID, int]) -> bool:
    """Whether anything can be taken: a cheap look that locks nothing."""
    return bool(_with_room(connection, now, busy))


def is_soon(connection: Connection, until: datetime) -> bool:
    """Whether a try is due by then, of any endpoint that isn't disabled or deleted meanwhile."""
    soonest = (
        select(webhook_delivery.c.id)
        .join(webhook_endpoint, webhook_endpoint.c.id == webhook_delivery.c.endpoint)
        .where(webhook_endpoint.c.status == EndpointStatus.ACTIVE, webhook_delivery.c.next_try_at <= until)
    )
    return connection.execute(soonest.limit(1)).first() is not None


def take_due(connection: Connection, now: datetime, *, busy: Mapping[UUID, int], limit: int) -> list[Taken]:
    """Lease deliveries that are due, a few of each endpoint, so that one with much to be told doesn't hold up others.

    A lease ends by itself: what a worker that died held is taken again. What
    was taken for its last try and never written up is dead.

    Args:
        busy: how many requests this process has under way, by endpoint.
    """
    chosen: list[UUID] = []
    for endpoint, room in _with_room(connection, now, busy):
        due = (
            select(webhook_delivery.c.id)
            .where(webhook_delivery.c.endpoint == endpoint, webhook_delivery.c.next_try_at <= now)
            .order_by(webhook_delivery.c.next_try_at, webhook_delivery.c.id)
            .limit(min(room, limit - len(chosen)))
            .with_for_update(skip_locked=True)
        )
        chosen += connection.scalars(due)
        if len(chosen) >= limit:
            break
    if not chosen:
        return []
    is_chosen = and_(among(connection.dialect, webhook_delivery.c.id, chosen), webhook_delivery.c.next_try_at <= now)
    gone = {"status": DeliveryStatus.DEAD, "next_try_at": None, "last_error": Failure.INTERRUPTED}
    connection.execute(update(webhook_delivery).where(is_chosen, webhook_delivery.c.tries >= MAX_TRIES).values(gone))
    begun = update(webhook_delivery).where(is_chosen).values(next_try_at=now + LEASE, tries=webhook_delivery.c.tries + 1)
    ours = list(connection.scalars(begun.returning(webhook_delivery.c.id)))
    wanted = (
        select(
            webhook_delivery.c.id,
            webhook_delivery.c.event,
            webhook_delivery.c.endpoint,
            webhook_delivery.c.tries,
            webhook_delivery.c.next_try_at,
            webhook_event.c.payload,
            webhook_endpoint.c.url,
            webhook_endpoint.c.secrets_sealed,
        )
        .join(webhook_event, webhook_event.c.id == webhook_delivery.c.event)
        .join(webhook_endpoint, webhook_endpoint.c.id == webhook_delivery.c.endpoint)
        .where(among(connection.dialect, webhook_delivery.c.id, ours))
        .order_by(webhook_delivery.c.id)
    )
    return [Taken(*row) for row in connection.execute(wanted)]


def write_up(connection: Connection, tried: Sequence[Tried], now: datetime) -> None:
    """Write tries down: the attempts, what follows for each delivery, and how their endpoints are doing.

    A delivery that another worker took since, or somebody queued again, keeps
    what became of it there.
    """
    connection.execute(insert(webhook_attempt), [asdict(_attempt(one)) for one in tried])
    endpoints = _locked(connection, {one.taken.endpoint for one in tried})
    arrived = {one.taken.endpoint for one in tried if one.answer.failure is None}
    for one in tried:
        endpoint = endpoints[one.taken.endpoint]
        success = now if endpoint.id in arrived else endpoint.last_success_at
        verdict = judge(one.answer, delivery=one.taken.id, tries=one.taken.tries, now=now, last_success_at=success)
        connection.execute(
            update(webhook_delivery)
            .where(webhook_delivery.c.id == one.taken.id, webhook_delivery.c.next_try_at == one.taken.lease_until)
            .values(
                status=verdict.status,
                next_try_at=verdict.next_try_at,
                last_status=one.answer.status,
                last_error=one.answer.failure,
                delivered_at=now if verdict.status is DeliveryStatus.DELIVERED else None,
            )
        )
        if verdict.disables is not None:
            disable(connection, endpoint.id, verdict.disables, now)
    for endpoint in endpoints.values():
        _note_health(connection, endpoint, has_arrived=endpoint.id in arrived, now=now)


def disable(connection: Connection, endpoint_id: UUID, reason: DisabledReason, now: datetime) -> None:
    """Disable an endpoint, unless it is; on record, for staff to see. What is queued for it is dead until it is replayed by hand."""
    stopped = update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id, webhook_endpoint.c.status == EndpointStatus.ACTIVE)
    values = {"status": EndpointStatus.DISABLED, "disabled_reason": reason, "updated_at": now}
    if connection.execute(stopped.values(values)).rowcount == 0:
        return
    give_up_queued(connection, endpoint_id)
    record_action(
        connection,
        actor_id=None,
        action="webhook.disabled",
        subject=f"webhook/{endpoint_id}",
        before={"status": EndpointStatus.ACTIVE.value},
        after={"status": EndpointStatus.DISABLED.value, "disabled_reason": reason.value},
        now=now,
    )


def give_up_queued(connection: Connection, endpoint_id: UUID) -> None:
    """Give up what is queued for an endpoint."""
    is_open = and_(webhook_delivery.c.endpoint == endpoint_id, webhook_delivery.c.next_try_at.is_not(None))
    gone = {"status": DeliveryStatus.DEAD, "next_try_at": None, "last_error": Failure.DISABLED}
    connection.execute(update(webhook_delivery).where(is_open).values(gone))


def _concerns(event: WebhookEvent, endpoint: Endpoint) -> bool:
    is_about = endpoint.subject is None or endpoint.subject == event.subject
    return is_about and endpoint.created_at <= event.told.recorded_at and wants(endpoint.event_types, event.type)


def _delivery(event: UUID, endpoint: Endpoint, now: datetime) -> Delivery:
    is_active = endpoint.status == EndpointStatus.ACTIVE
    return Delivery(
        id=new_id(),
        event=event,
        endpoint=endpoint.id,
        status=DeliveryStatus.PENDING if is_active else DeliveryStatus.DEAD,
        tries=0,
        next_try_at=now if is_active else None,
        last_status=None,
        last_error=None if is_active else Failure.DISABLED,
        created_at=now,
        delivered_at=None,
    )


def _insert_unless_there(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _with_room(connection: Connection, now: datetime, busy: Mapping[UUID, int]) -> list[tuple[UUID, int]]:
    """Active endpoints with something due, and how many more requests each may get; those with the fewest under way first."""
    is_due = exists().where(webhook_delivery.c.endpoint == webhook_endpoint.c.id, webhook_delivery.c.next_try_at <= now)
    wanted = select(webhook_endpoint.c.id, webhook_endpoint.c.failing_since).where(
        webhook_endpoint.c.status == EndpointStatus.ACTIVE, is_due
    )
    rows = [
        (row.id, (1 if row.failing_since else AT_ONCE_EACH) - busy.get(row.id, 0))
        for row in connection.execute(wanted.order_by(webhook_endpoint.c.id))
    ]
    return sorted(((endpoint, room) for endpoint, room in rows if room > 0), key=lambda pair: busy.get(pair[0], 0))


def _attempt(tried: Tried) -> Attempt:
    answer = tried.answer
    return Attempt(new_id(), tried.taken.id, tried.at, answer.status, answer.failure, answer.duration_ms, answer.excerpt)


def _locked(connection: Connection, ids: set[UUID]) -> dict[UUID, Endpoint]:
    wanted = select(webhook_endpoint).where(among(connection.dialect, webhook_endpoint.c.id, ids)).order_by(webhook_endpoint.c.id)
    return {row.id: Endpoint(*row) for row in connection.execute(wanted.with_for_update(key_share=True))}


def _note_health(connection: Connection, endpoint: Endpoint, *, has_arrived: bool, now: datetime) -> None:
    one = update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint.id)
    if not has_arrived:
        connection.execute(one.where(webhook_endpoint.c.failing_since.is_(None)).values(failing_since=now))
    elif endpoint.failing_since or endpoint.last_success_at is None or now - endpoint.last_success_at >= SUCCESS_TOLD_EVERY:
        connection.execute(one.values(failing_since=None, last_success_at=now))
