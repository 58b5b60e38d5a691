"""Webhooks' refusals."""

from laurels.core.errors import DomainError, Kind


class WebhookUrlRefused(DomainError):
    """Nothing is sent to such an address."""

    code = "webhook-url-refused"
    kind = Kind.INVALID
    detail = "{reason}"

    def __init__(self, *, reason: str) -> None:
        super().__init__(field="url", reason=reason)


class UnknownEventType(DomainError):
    """No product announces such events."""

    code = "unknown-event-type"
    kind = Kind.INVALID
    detail = "There are no events of one of these types. GET /webhooks/event-types lists all."

    def __init__(self) -> None:
        super().__init__(field="event_types")


class TooManyWebhooks(DomainError):
    """The list is full."""

    code = "too-many-webhooks"
    kind = Kind.LIMITED
    detail = "There are {limit} webhooks already. Delete one first."

    def __init__(self, *, limit: int) -> None:
        super().__init__(limit=limit)


class WebhookDisabled(DomainError):
    """The endpoint is disabled, so nothing can be queued for it."""

    code = "webhook-disabled"
    kind = Kind.CONFLICT
    detail = "This webhook is disabled. Enable it first."
