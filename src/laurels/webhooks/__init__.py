"""Webhooks: what happens here, told to programs outside.

Purpose: products declare events (`EventSource`), admins endpoints; each event
is signed and sent to the endpoints that want it, and sent again for three days
where it doesn't arrive.

Invariants: a fact makes an event once, and an endpoint gets it at least once,
always with the same `webhook-id`; nothing is sent but to the address that was
checked; a request never waits for one; a secret is shown once and stored
sealed; what was sent is visible, answer by answer.

Begin reading at `sources` (what products declare), then `rules` (when, how
often, when to give up), `deliveries` (who holds what) and `sending`.
"""

from laurels.webhooks.parts import WebhookParts, Webhooks, open_webhooks, webhooks_of
from laurels.webhooks.sources import EventSource, EventType, WebhookEvent

__all__ = ["EventSource", "EventType", "WebhookEvent", "WebhookParts", "Webhooks", "open_webhooks", "webhooks_of"]
