"""What the pot tells the outside: webhook events, made of its facts. They name nobody: ids and numbers."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.products.pot.facts import CoinsChanged, PotReset, PotWon
from laurels.webhooks import EventSource, EventType, WebhookEvent

_MEMBER = {"member_id": "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"}

TYPES = (
    EventType(
        PotWon.name,
        "A message won the pot; its round is over, and its seed is revealed.",
        _MEMBER | {"message_id": "01a1f890-e37a-7a10-8c11-0d6a5b1f7e20", "round": 7, "prize": 240},
    ),
    EventType(PotReset.name, "An admin emptied the pot; its round is over.", {"round": 7, "amount": 240}),
    EventType(
        CoinsChanged.name,
        "A member's coins changed without a message: `reason` is `top_up`, `deduction` or `earned`.",
        _MEMBER | {"reason": "earned", "amount": 10, "balance": 110},
    ),
)

_TOLD = {
    "member": "member_id",
    "message": "message_id",
    "round": "round",
    "prize": "prize",
    "amount": "amount",
    "reason": "reason",
    "balance": "balance",
}
"""Fields of facts as events call them; others aren't told: what the next round begins with is no news."""


def make_events(job: JobContext, told: Sequence[Told]) -> Iterator[WebhookEvent]:
    """The events of a batch of facts."""
    for one in told:
        fact: dict[str, Any] = orjson.loads(one.payload)
        yield WebhookEvent(one, one.name, {_TOLD[name]: value for name, value in fact.items() if name in _TOLD})


POT_EVENTS = EventSource(types=TYPES, facts=frozenset(kind.name for kind in TYPES), events=make_events)
"""For `laurels.reactions`."""
