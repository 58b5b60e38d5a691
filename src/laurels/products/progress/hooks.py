"""What progress tells the outside: webhook events, made of its facts. They name nobody: ids, numbers and instants."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from laurels.core.instants import instant_of
from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.products.progress.facts import (
    AwardReversed,
    BadgeEarned,
    DecayAnnounced,
    GoalCompleted,
    LevelReached,
    PointsAwarded,
    QuestCompleted,
    SeasonArchived,
    TierReached,
)
from laurels.webhooks import EventSource, EventType, WebhookEvent

_MEMBER = {"member_id": "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"}
_ACTIVITY = {"activity_id": "01a1f890-e37a-7a10-8c11-0d6a5b1f7e20"}
_REWARD = {"reward_activity_id": "01a1f890-e37a-7a10-8c11-0d6a5b1f7e20"}
_QUEST = {"quest_id": "01a1f890-e37a-73f9-9bad-95b6014a4f20"}

TYPES = (
    EventType(
        PointsAwarded.name,
        "An activity brought points; `total_points` is what the member has then.",
        _MEMBER | _ACTIVITY | {"points": 20, "total_points": 270},
    ),
    EventType(
        AwardReversed.name,
        "An activity was taken back: `taken` points were still there of its own and of the rewards that went with it.",
        _MEMBER | _ACTIVITY | {"taken": 20, "total_points": 250},
    ),
    EventType(TierReached.name, "A member reached a tier for the first time; the lowest is 0.", _MEMBER | {"before": 0, "after": 1}),
    EventType(LevelReached.name, "A member reached a level for the first time; the lowest is 1.", _MEMBER | {"level": 5}),
    EventType(GoalCompleted.name, "A weekly goal was completed, and paid.", _MEMBER | _REWARD | {"points": 30}),
    EventType(QuestCompleted.name, "A quest was completed, and paid.", _MEMBER | _QUEST | _REWARD | {"points": 50}),
    EventType(BadgeEarned.name, "An activity merited a badge.", _MEMBER | _ACTIVITY),
    EventType(
        DecayAnnounced.name,
        "A member's points will begin to decay, unless they do something before.",
        _MEMBER | {"decays_at": "2026-12-01T00:00:00+00:00"},
    ),
    EventType(SeasonArchived.name, "A season is over, and its standings are kept.", {"season_id": _QUEST["quest_id"]}),
)

_RENAMED = {
    "member": "member_id",
    "activity": "activity_id",
    "reward": "reward_activity_id",
    "quest": "quest_id",
    "season": "season_id",
    "total": "total_points",
}


def make_events(job: JobContext, told: Sequence[Told]) -> Iterator[WebhookEvent]:
    """The events of a batch of facts."""
    for one in told:
        fact: dict[str, Any] = orjson.loads(one.payload)
        data = {_RENAMED.get(name, name): value for name, value in fact.items()}
        if one.name == DecayAnnounced.name:
            data["decays_at"] = instant_of(fact["decays_at"]).isoformat()
        yield WebhookEvent(one, one.name, data)


PROGRESS_EVENTS = EventSource(types=TYPES, facts=frozenset(kind.name for kind in TYPES), events=make_events)
"""For `laurels.reactions`."""
