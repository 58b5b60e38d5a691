"""/api/v1/webhooks: for admins, who see everything."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from laurels.core.errors import Missing
from laurels.identity.parts import origin_of
from laurels.web.caller import AdminOnly
from laurels.web.context import Ctx
from laurels.web.documented import created, documented
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, page_of, read_cursor
from laurels.web.paths import API_PREFIX
from laurels.webhooks import actions, queries, replays
from laurels.webhooks.actions import NewEndpoint
from laurels.webhooks.errors import TooManyWebhooks, UnknownEventType, WebhookDisabled, WebhookUrlRefused
from laurels.webhooks.parts import WebhookParts
from laurels.webhooks.rules import DeliveryStatus
from laurels.webhooks.schemas import (
    DeliveryAnswer,
    DeliveryDetail,
    EndpointAnswer,
    EndpointBody,
    EndpointChange,
    EndpointWithSecret,
    EventTypeAnswer,
    EventTypeList,
    ReplaysAnswer,
    ReplaysBody,
    RotationBody,
    endpoint_values,
)

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

SCOPE = None
"""An admin of the community manages every endpoint."""


@router.get("/event-types")
def list_event_types(caller: AdminOnly, webhooks: WebhookParts) -> EventTypeList:
    """All kinds of events, with an example of each."""
    return EventTypeList(items=[EventTypeAnswer.of(one) for one in webhooks.catalogue.types])


@router.post(
    "", status_code=201, responses=created("webhook_id", "read_webhook") | documented(WebhookUrlRefused, UnknownEventType, TooManyWebhooks)
)
def create_webhook(
    body: EndpointBody, caller: AdminOnly, context: Ctx, webhooks: WebhookParts, request: Request, response: Response
) -> EndpointWithSecret:
    """Have events sent to a URL. The answer has the signing secret, which is shown this once.

    It gets what happens from now on. How to receive and verify: docs/webhooks.md.
    """
    new = NewEndpoint(body.url, body.description, body.event_types, body.subject)
    made, secret = actions.create_endpoint(context, webhooks, caller, new, scope=SCOPE, address_hash=origin_of(request).address_hash)
    response.headers["Location"] = f"{API_PREFIX}/webhooks/{made.id}"
    return EndpointWithSecret(**endpoint_values(made), secret=secret)


@router.get("", responses=documented(CursorInvalid))
def list_webhooks(caller: AdminOnly, context: Ctx, limit: PageSize = 50, cursor: Cursor = None) -> Page[EndpointAnswer]:
    """All webhooks, oldest first."""
    place = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        rows = queries.list_endpoints(connection, SCOPE, limit=limit + 1, after=place[0] if place else None)
    return page_of(rows, limit, cursor=lambda row: (row.id,), item=EndpointAnswer.of)


@router.get("/{webhook_id}", responses=documented(Missing))
def read_webhook(webhook_id: UUID, caller: AdminOnly, context: Ctx) -> EndpointAnswer:
    """One webhook, and how it is doing."""
    with context.database.read.connect() as connection:
        return EndpointAnswer.of(queries.get_endpoint(connection, SCOPE, webhook_id))


@router.patch("/{webhook_id}", responses=documented(Missing, WebhookUrlRefused, UnknownEventType))
def change_webhook(
    webhook_id: UUID, body: EndpointChange, caller: AdminOnly, context: Ctx, webhooks: WebhookParts, request: Request
) -> EndpointAnswer:
    """Change a webhook's URL, description or types; disable it, or enable it again.

    What is queued for a disabled webhook is dead. Enabling sends nothing of it: replay what was missed.
    """
    changes = body.model_dump(exclude_unset=True)
    origin = origin_of(request).address_hash
    return EndpointAnswer.of(actions.change_endpoint(context, webhooks, caller, webhook_id, changes, scope=SCOPE, address_hash=origin))


@router.delete("/{webhook_id}", status_code=204, responses=documented(Missing))
def delete_webhook(webhook_id: UUID, caller: AdminOnly, context: Ctx, request: Request) -> None:
    """Delete a webhook, with all that was sent to it."""
    actions.delete_endpoint(context, caller, webhook_id, scope=SCOPE, address_hash=origin_of(request).address_hash)


@router.post("/{webhook_id}/rotation", responses=documented(Missing))
def rotate_webhook_secret(
    webhook_id: UUID, body: RotationBody, caller: AdminOnly, context: Ctx, webhooks: WebhookParts, request: Request
) -> EndpointWithSecret:
    """Draw a fresh signing secret. It is shown this once; the old one signs beside it for a day, or as long as you say."""
    changed, secret = actions.rotate_secret(
        context,
        webhooks,
        caller,
        webhook_id,
        keep_hours=body.keep_hours,
        scope=SCOPE,
        address_hash=origin_of(request).address_hash,
    )
    return EndpointWithSecret(**endpoint_values(changed), secret=secret)


@router.post("/{webhook_id}/test", status_code=202, responses=documented(Missing, WebhookDisabled))
def test_webhook(webhook_id: UUID, caller: AdminOnly, context: Ctx, webhooks: WebhookParts) -> DeliveryAnswer:
    """Send a `webhook.test` event to this webhook alone. What became of it is told by its delivery."""
    return DeliveryAnswer.of(replays.send_test(context, webhooks, webhook_id, scope=SCOPE))


@router.get("/{webhook_id}/deliveries", responses=documented(Missing, CursorInvalid))
def list_webhook_deliveries(
    webhook_id: UUID,
    caller: AdminOnly,
    context: Ctx,
    status: Annotated[DeliveryStatus | None, Query(description="Only these.")] = None,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[DeliveryAnswer]:
    """What was queued for a webhook in the last thirty days, newest first."""
    place = read_cursor(cursor, UUID)
    with context.database.read.connect() as connection:
        queries.get_endpoint(connection, SCOPE, webhook_id)
        rows = queries.list_deliveries(connection, webhook_id, status=status, limit=limit + 1, before=place[0] if place else None)
    return page_of(rows, limit, cursor=lambda row: (row.id,), item=DeliveryAnswer.of)


@router.get("/{webhook_id}/deliveries/{delivery_id}", responses=documented(Missing))
def read_webhook_delivery(webhook_id: UUID, delivery_id: UUID, caller: AdminOnly, context: Ctx) -> DeliveryDetail:
    """One delivery: what was sent, and what was answered, attempt by attempt."""
    with context.database.read.connect() as connection:
        found = queries.get_delivery(connection, SCOPE, webhook_id, delivery_id)
        return DeliveryDetail.of_all(found, queries.list_attempts(connection, delivery_id))


@router.post("/{webhook_id}/deliveries/{delivery_id}/replay", status_code=202, responses=documented(Missing, WebhookDisabled))
def replay_webhook_delivery(
    webhook_id: UUID, delivery_id: UUID, caller: AdminOnly, context: Ctx, webhooks: WebhookParts, request: Request
) -> DeliveryAnswer:
    """Send a delivery again, whatever became of it, with the same `webhook-id`."""
    origin = origin_of(request).address_hash
    return DeliveryAnswer.of(replays.replay_delivery(context, webhooks, caller, webhook_id, delivery_id, scope=SCOPE, address_hash=origin))


@router.post("/{webhook_id}/replays", status_code=202, responses=documented(Missing, WebhookDisabled))
def replay_failed_deliveries(
    webhook_id: UUID, body: ReplaysBody, caller: AdminOnly, context: Ctx, webhooks: WebhookParts, request: Request
) -> ReplaysAnswer:
    """Send again what was queued in a span and failed or was given up, at most 10,000 at once, oldest first."""
    replayed = replays.replay_failed(
        context,
        webhooks,
        caller,
        webhook_id,
        since=body.since,
        until=body.until,
        scope=SCOPE,
        address_hash=origin_of(request).address_hash,
    )
    return ReplaysAnswer(replayed=replayed.count, has_more=replayed.has_more)
