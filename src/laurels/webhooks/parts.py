"""What the process has one of for webhooks: made by `laurels.main` and the worker, found at `app.state.webhooks`."""

from collections.abc import Iterable
from dataclasses import dataclass
import ssl
from typing import Annotated

from fastapi import Depends, Request

from laurels.core.seal import Seal
from laurels.core.secrets import derived_key, secret_key
from laurels.core.settings import Settings
from laurels.webhooks.sending import Sender
from laurels.webhooks.sources import EventCatalogue, EventSource
from laurels.webhooks.targets import Guard


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Which events there are, where they may go, how secrets are kept, and who sends."""

    catalogue: EventCatalogue
    guard: Guard
    seal: Seal
    sender: Sender

    def close(self) -> None:
        """End the sending."""
        self.sender.close()


def open_webhooks(
    settings: Settings, sources: Iterable[EventSource], *, guard: Guard | None = None, tls: ssl.SSLContext | None = None
) -> Webhooks:
    """The process's parts; nothing is sent before somebody nudges the sender.

    Args:
        sources: what each product announces.
        guard: by default as the settings say.
        tls: whose certificates count; by default the usual authorities'.

    Raises:
        SecretKeyUnusable: the secret key is too short.
        ValueError: two event types share a name.
    """
    seal = Seal(derived_key(secret_key(settings), "webhook secrets"))
    guard = guard or Guard.of(settings)
    return Webhooks(EventCatalogue(sources), guard, seal, Sender(guard, seal, tls=tls))


async def webhooks_of(request: Request) -> Webhooks:
    """The process's webhooks."""
    webhooks: Webhooks = request.app.state.webhooks
    return webhooks


WebhookParts = Annotated[Webhooks, Depends(webhooks_of)]
