"""What open pages are told: that a member's points changed. Their page then fetches its numbers, which are theirs alone."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson

from laurels.ledger.outbox import Told
from laurels.products.loyalty.facts import (
    BurnReserved,
    PointsActivated,
    PointsEarned,
    PointsExpired,
    PointsReversed,
    RewardCancelled,
    RewardRedeemed,
    TierChanged,
)
from laurels.web.live import Live, Message, member_topic

POINTS_CHANGED = "points.changed"
"""Tells a member's pages to fetch their numbers."""

SECONDS = 0.5
"""How often owners are told at most: a batch of purchases is told once."""

CHANGES = (BurnReserved, PointsActivated, PointsEarned, PointsExpired, PointsReversed, RewardCancelled, RewardRedeemed, TierChanged)
"""The facts after which a balance reads differently."""


def register_drawings(live: Live) -> None:
    """Have the hub tell owners."""
    for fact in CHANGES:
        live.on(fact.name, tell_owners, every_seconds=SECONDS)


def tell_owners(told: Sequence[Told]) -> Iterable[Message]:
    """Whose points changed, each once."""
    owners = dict.fromkeys(UUID(orjson.loads(one.payload)["member"]) for one in told)
    return [Message(member_topic(owner), POINTS_CHANGED) for owner in owners]
