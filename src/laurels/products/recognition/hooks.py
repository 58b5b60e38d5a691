"""What recognition tells the outside: webhook events, made of its facts."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.products.recognition import queries
from laurels.products.recognition.facts import (
    CreditsGiven,
    RecognitionEndorsed,
    RecognitionReversed,
    RedemptionRequested,
    RedemptionSettled,
)
from laurels.products.recognition.tables import Redemption
from laurels.webhooks import EventSource, EventType, WebhookEvent

_RECOGNITION = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
_ANA = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
_BO = "01a1f890-e37a-7d52-b0c3-9d1c8f0a7e55"
_REDEMPTION = {
    "redemption_id": "01a1f890-e37a-7a10-8c11-0d6a5b1f7e20",
    "member_id": _ANA,
    "credits_redeemed": 10,
    "voucher_value_minor": 5000,
    "currency": "INR",
}

TYPES = (
    EventType(
        "recognition.given",
        "A member thanked another.",
        {"recognition_id": _RECOGNITION, "sender_id": _ANA, "receiver_id": _BO, "credits_transferred": 10},
    ),
    EventType("recognition.endorsed", "A member endorsed a recognition.", {"recognition_id": _RECOGNITION, "member_id": _BO}),
    EventType(
        "recognition.reversed",
        "Staff took a recognition back.",
        {"recognition_id": _RECOGNITION, "sender_id": _ANA, "receiver_id": _BO},
    ),
    EventType("redemption.requested", "Credits were set aside for a voucher.", _REDEMPTION),
    EventType("redemption.issued", "A voucher was issued. Its code is shown to its owner alone.", _REDEMPTION),
    EventType("redemption.failed", "No voucher could be had, and the credits went back.", _REDEMPTION),
)


def make_events(job: JobContext, told: Sequence[Told]) -> Iterator[WebhookEvent]:
    """The events of a batch of facts. They name nobody and quote nothing: ids and numbers."""
    payloads = [orjson.loads(one.payload) for one in told]
    redemptions = _read_redemptions(job, {UUID(fact["redemption"]) for fact in payloads if "redemption" in fact})
    for one, fact in zip(told, payloads, strict=True):
        kind, data = _event(one.name, fact, redemptions)
        yield WebhookEvent(one, kind, data)


RECOGNITION_EVENTS = EventSource(
    types=TYPES,
    facts=frozenset(fact.name for fact in (CreditsGiven, RecognitionEndorsed, RecognitionReversed, RedemptionRequested, RedemptionSettled)),
    events=make_events,
)
"""For `laurels.reactions`."""


def _event(name: str, fact: dict[str, Any], redemptions: dict[UUID, Redemption]) -> tuple[str, dict[str, Any]]:
    if "redemption" in fact:
        settled = "redemption.issued" if fact.get("is_issued") else "redemption.failed"
        return settled if name == RedemptionSettled.name else name, _redemption_data(redemptions[UUID(fact["redemption"])])
    if name == RecognitionEndorsed.name:
        return name, {"recognition_id": fact["recognition"], "member_id": fact["member"]}
    given = {"recognition_id": fact["recognition"], "sender_id": fact["giver"], "receiver_id": fact["receiver"]}
    return name, given | ({"credits_transferred": fact["credits"]} if name == CreditsGiven.name else {})


def _read_redemptions(job: JobContext, ids: set[UUID]) -> dict[UUID, Redemption]:
    if not ids:
        return {}
    with job.database.read.connect() as connection:
        return queries.redemptions_by_id(connection, ids)


def _redemption_data(found: Redemption) -> dict[str, Any]:
    return {
        "redemption_id": str(found.id),
        "member_id": str(found.member),
        "credits_redeemed": found.credits,
        "voucher_value_minor": found.value_minor,
        "currency": found.currency,
    }
