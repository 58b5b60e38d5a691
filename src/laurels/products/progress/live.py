"""What open pages are told: that a member's progress changed. Their page then fetches its numbers, which are theirs alone."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson

from laurels.ledger.outbox import Told
from laurels.products.progress.facts import AwardReversed, DecayAnnounced, PointsAwarded, QuestCompleted
from laurels.web.live import Live, Message, member_topic

PROGRESS_CHANGED = "progress.changed"
"""Tells a member's pages to fetch their numbers."""

SECONDS = 0.5
"""How often members are told at most: a batch of awards is told once."""

CHANGES = (AwardReversed, DecayAnnounced, PointsAwarded, QuestCompleted)
"""The facts after which a member's progress reads differently: goals, badges, tiers and levels come with points."""


def register_drawings(live: Live) -> None:
    """Have the hub tell members."""
    for fact in CHANGES:
        live.on(fact.name, tell_members, every_seconds=SECONDS)


def tell_members(told: Sequence[Told]) -> Iterable[Message]:
    """Whose progress changed, each once."""
    members = dict.fromkeys(UUID(orjson.loads(one.payload)["member"]) for one in told)
    return [Message(member_topic(member), PROGRESS_CHANGED) for member in members]
