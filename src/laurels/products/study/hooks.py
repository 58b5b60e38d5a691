"""What study tells the outside: webhook events, made of its facts. They name nobody and quote nothing: ids and numbers."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.products.study.facts import BudgetReached, ClassJoined, DocumentFailed, DocumentReady
from laurels.webhooks import EventSource, EventType, WebhookEvent

_MEMBER = {"class_id": "01a1f890-e37a-73f9-9bad-95b6014a4f20", "member_id": "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"}
_DOCUMENT = _MEMBER | {"document_id": "01a1f890-e37a-7a10-8c11-0d6a5b1f7e20", "session_id": None}

TYPES = (
    EventType(ClassJoined.name, "A member joined a class, or came back to it.", _MEMBER),
    EventType(
        DocumentReady.name,
        "A document was read: questions find its `passages`. `member_id` uploaded it; `session_id` is null unless one chat alone has it.",
        _DOCUMENT | {"passages": 42},
    ),
    EventType(
        DocumentFailed.name,
        "A document can't be read, for the reason that `error_code` names.",
        _DOCUMENT | {"error_code": "file-encrypted"},
    ),
    EventType(
        BudgetReached.name,
        "Tokens reached 80 or 100 percent of a limit; told once for each `window`. `payer`: `own`, the member's own limit; `share`, what"
        " they may use of the owner's budget; `sponsor`, that budget itself, and `member_id` is null.",
        _MEMBER | {"payer": "own", "period": "day", "window": "2026-11-20", "percent": 80, "used": 812_000, "limit": 1_000_000},
    ),
)

_RENAMED = {"member": "member_id", "document": "document_id", "session": "session_id"}


def make_events(job: JobContext, told: Sequence[Told]) -> Iterator[WebhookEvent]:
    """The events of a batch of facts."""
    for one in told:
        fact: dict[str, Any] = orjson.loads(one.payload)
        yield WebhookEvent(one, one.name, {_RENAMED.get(name, name): value for name, value in fact.items()})


STUDY_EVENTS = EventSource(types=TYPES, facts=frozenset(kind.name for kind in TYPES), events=make_events)
"""For `laurels.reactions`."""
