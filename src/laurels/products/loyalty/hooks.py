"""What loyalty tells the outside: webhook events, made of its facts. A program's events carry its subject."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from laurels.core.instants import instant_of
from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.products.loyalty.facts import (
    BurnReserved,
    PointsActivated,
    PointsEarned,
    PointsExpired,
    PointsExpiring,
    PointsReversed,
    RewardCancelled,
    RewardRedeemed,
    TierChanged,
)
from laurels.products.loyalty.queries.access import subject_of
from laurels.webhooks import EventSource, EventType, WebhookEvent

_WHOSE = {"program_id": "01a1f890-e37a-73f9-9bad-95b6014a4f20", "member_id": "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"}
_PURCHASE = "0f5f7a52-6d0f-4cb6-8a51-4c6b1f2f9a10"
_BURN = "01a1f890-e37a-7a10-8c11-0d6a5b1f7e20"

TYPES = (
    EventType(
        PointsEarned.name,
        "A purchase earned points; `pending` of them can't be spent yet.",
        _WHOSE | {"event_id": _PURCHASE, "points": 4, "pending": 0},
    ),
    EventType(PointsActivated.name, "Pending points can be spent now.", _WHOSE | {"points": 4}),
    EventType(
        PointsExpiring.name, "Points will expire within two weeks.", _WHOSE | {"points": 4, "expires_at": "2026-12-01T00:00:00+00:00"}
    ),
    EventType(PointsExpired.name, "Points expired.", _WHOSE | {"points": 4}),
    EventType(
        PointsReversed.name,
        "A return took points back: `taken` at once, `owed` out of the next earnings.",
        _WHOSE | {"event_id": _PURCHASE, "taken": 2, "owed": 0},
    ),
    EventType(BurnReserved.name, "Points were set aside, and are yet to be confirmed.", _WHOSE | {"burn_id": _BURN, "points": 500}),
    EventType(
        RewardRedeemed.name,
        "Points were spent. `reward_id` is null for a free amount. A voucher's code is shown to its owner alone.",
        _WHOSE | {"burn_id": _BURN, "reward_id": _PURCHASE, "points": 500},
    ),
    EventType(
        RewardCancelled.name, "A reservation was cancelled or ran out: its points went back.", _WHOSE | {"burn_id": _BURN, "points": 500}
    ),
    EventType(TierChanged.name, "A member reached or left a tier; the lowest is 0.", _WHOSE | {"before": 0, "after": 1}),
)

_RENAMED = {
    "program": "program_id",
    "member": "member_id",
    "purchase": "event_id",
    "purchase_return": "event_id",
    "burn": "burn_id",
    "reward": "reward_id",
}


def make_events(job: JobContext, told: Sequence[Told]) -> Iterator[WebhookEvent]:
    """The events of a batch of facts: ids, numbers and instants."""
    for one in told:
        fact: dict[str, Any] = orjson.loads(one.payload)
        data = {_RENAMED.get(name, name): value for name, value in fact.items()}
        if one.name == PointsExpiring.name:
            data["expires_at"] = instant_of(fact["expires_at"]).isoformat()
        yield WebhookEvent(one, one.name, data, subject=subject_of(UUID(fact["program"])))


LOYALTY_EVENTS = EventSource(types=TYPES, facts=frozenset(kind.name for kind in TYPES), events=make_events)
"""For `laurels.reactions`."""
