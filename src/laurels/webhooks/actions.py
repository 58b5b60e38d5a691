"""What admins do to endpoints: checked, written and logged in one transaction.

Each takes a *scope*: `program/<id>` lets an admin of that program alone manage
its own endpoints, None lets through all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
import logging
from typing import Any
from uuid import UUID

import httpx
import orjson
from sqlalchemy import Connection, func, insert, select, update

from laurels.core.ids import new_id
from laurels.core.seal import SealBroken
from laurels.identity.audit_log import State, record_action
from laurels.web.caller import Caller
from laurels.web.context import Context
from laurels.webhooks.deliveries import give_up_queued
from laurels.webhooks.errors import TooManyWebhooks
from laurels.webhooks.parts import Webhooks
from laurels.webhooks.queries import get_endpoint
from laurels.webhooks.rules import MAX_ENDPOINTS, OLD_SECRET_HOURS, DisabledReason, EndpointStatus
from laurels.webhooks.signing import Secret, close_secrets, draw_secret, open_secrets, rotated
from laurels.webhooks.tables import Endpoint, webhook_endpoint

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint to be.

    Attributes:
        event_types: those it wants; None for all, those to come too.
        subject: whose events it gets; None for everybody's. Within a scope it is the scope.
    """

    url: str
    description: str = ""
    event_types: Sequence[str] | None = None
    subject: str | None = None


def create_endpoint(
    context: Context, webhooks: Webhooks, caller: Caller, new: NewEndpoint, *, scope: str | None, address_hash: str
) -> tuple[Endpoint, str]:
    """Create an endpoint; gives it and its secret, which can't be had again.

    Raises:
        WebhookUrlRefused: nothing may be sent to its URL.
        UnknownEventType: it wants events that there are none of.
        TooManyWebhooks: there are a hundred for this subject.
    """
    webhooks.guard.check(new.url)
    webhooks.catalogue.require_types(new.event_types or ())
    now, identifier, secret = context.clock.now(), new_id(), draw_secret()
    made = Endpoint(
        id=identifier,
        url=new.url,
        description=new.description,
        subject=scope or new.subject,
        event_types=_stored(new.event_types),
        secrets_sealed=close_secrets(webhooks.seal, identifier, [secret]),
        old_secret_until=None,
        status=EndpointStatus.ACTIVE.value,
        disabled_reason=None,
        failing_since=None,
        last_success_at=None,
        created_by=caller.member_id,
        created_at=now,
        updated_at=now,
    )
    with context.database.write.begin() as connection:
        _require_room(connection, made.subject)
        connection.execute(insert(webhook_endpoint).values(asdict(made)))
        _record(connection, caller, "webhook.created", made.id, {}, _state(made), now, address_hash)
    return made, secret.text


def change_endpoint(
    context: Context,
    webhooks: Webhooks,
    caller: Caller,
    endpoint_id: UUID,
    changes: Mapping[str, Any],
    *,
    scope: str | None,
    address_hash: str,
) -> Endpoint:
    """Change an endpoint's `url`, `description`, `event_types` or `status` (active or disabled).

    Disabling gives up what is queued. Enabling queues nothing: what was missed is replayed by hand.

    Raises:
        Missing: there is none in the scope.
        WebhookUrlRefused: nothing may be sent to its new URL.
        UnknownEventType: it wants events that there are none of.
    """
    if "url" in changes:
        webhooks.guard.check(changes["url"])
    webhooks.catalogue.require_types(changes.get("event_types") or ())
    now = context.clock.now()
    with context.database.write.begin() as connection:
        before = get_endpoint(connection, scope, endpoint_id, locks=True)
        after = _changed(before, changes)
        if after == before:
            return before
        after = replace(after, updated_at=now)
        connection.execute(update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id).values(asdict(after)))
        if after.status == EndpointStatus.DISABLED != before.status:
            give_up_queued(connection, endpoint_id)
        states = _state(before), _state(after)
        _record(connection, caller, "webhook.changed", endpoint_id, *states, now, address_hash)
    return after


def delete_endpoint(context: Context, caller: Caller, endpoint_id: UUID, *, scope: str | None, address_hash: str) -> None:
    """Delete an endpoint: nothing is sent to it any more, nobody sees it, and a job takes away what was sent.

    Raises:
        Missing: there is none in the scope.
    """
    now = context.clock.now()
    with context.database.write.begin() as connection:
        before = get_endpoint(connection, scope, endpoint_id, locks=True)
        gone = {"status": EndpointStatus.DELETED, "disabled_reason": None, "secrets_sealed": "", "updated_at": now}
        connection.execute(update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id).values(gone))
        give_up_queued(connection, endpoint_id)
        _record(connection, caller, "webhook.deleted", endpoint_id, _state(before), {}, now, address_hash)


def rotate_secret(
    context: Context,
    webhooks: Webhooks,
    caller: Caller,
    endpoint_id: UUID,
    *,
    keep_hours: int = OLD_SECRET_HOURS,
    scope: str | None,
    address_hash: str,
) -> tuple[Endpoint, str]:
    """Draw a fresh secret; gives the endpoint and the secret, which can't be had again.

    The one in use until now signs beside it for so many hours; 0 ends it at once, for a secret that leaked. One that
    can't be read any more, because the operators changed the secret key, is replaced alone.

    Raises:
        Missing: there is none in the scope.
    """
    now = context.clock.now()
    keep = timedelta(hours=keep_hours)
    with context.database.write.begin() as connection:
        before = get_endpoint(connection, scope, endpoint_id, locks=True)
        secrets = rotated(_known_secrets(webhooks, before), now, keep=keep)
        until = max((one.until for one in secrets if one.until), default=None)
        after = replace(before, secrets_sealed=close_secrets(webhooks.seal, endpoint_id, secrets), old_secret_until=until, updated_at=now)
        connection.execute(update(webhook_endpoint).where(webhook_endpoint.c.id == endpoint_id).values(asdict(after)))
        told = {"old_secret_hours": keep_hours}
        _record(connection, caller, "webhook.secret_rotated", endpoint_id, {}, told, now, address_hash)
    return after, secrets[0].text


def _known_secrets(webhooks: Webhooks, endpoint: Endpoint) -> list[Secret]:
    try:
        return open_secrets(webhooks.seal, endpoint.id, endpoint.secrets_sealed)
    except SealBroken as error:
        log.warning("the secrets of webhook %s are replaced unread: %s", endpoint.id, error)
        return []


def _require_room(connection: Connection, subject: str | None) -> None:
    is_its = webhook_endpoint.c.subject.is_(None) if subject is None else webhook_endpoint.c.subject == subject
    wanted = select(func.count()).select_from(webhook_endpoint).where(is_its, webhook_endpoint.c.status != EndpointStatus.DELETED)
    if connection.execute(wanted).scalar_one() >= MAX_ENDPOINTS:
        raise TooManyWebhooks(limit=MAX_ENDPOINTS)


def _changed(before: Endpoint, changes: Mapping[str, Any]) -> Endpoint:
    after = replace(before, **{name: changes[name] for name in ("url", "description") if name in changes})
    if "event_types" in changes:
        after = replace(after, event_types=_stored(changes["event_types"]))
    if after.url != before.url:
        after = replace(after, failing_since=None)
    if "status" in changes and changes["status"] != before.status:
        is_active = changes["status"] == EndpointStatus.ACTIVE
        reason = None if is_active else DisabledReason.STAFF.value
        after = replace(after, status=str(changes["status"]), disabled_reason=reason, failing_since=None)
    return after


def _stored(event_types: Sequence[str] | None) -> str | None:
    return None if event_types is None else orjson.dumps(sorted(set(event_types))).decode()


def _state(endpoint: Endpoint) -> State:
    """What the log keeps: the host, not the URL, which may carry a secret of the receiver's own."""
    return {
        "host": httpx.URL(endpoint.url).host,
        "status": endpoint.status,
        "subject": endpoint.subject,
        "event_types": endpoint.event_types,
    }


def _record(
    connection: Connection, caller: Caller, action: str, endpoint_id: UUID, before: State, after: State, now: datetime, address_hash: str
) -> None:
    record_action(
        connection,
        actor_id=caller.member_id,
        action=action,
        subject=f"webhook/{endpoint_id}",
        before=before,
        after=after,
        now=now,
        address_hash=address_hash,
    )
