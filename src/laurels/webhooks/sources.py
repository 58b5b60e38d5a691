"""What products announce to the outside: which events there are, and how facts become them.

A product declares one `EventSource`; `laurels.reactions` puts them together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID, uuid5

import orjson

from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.webhooks.errors import UnknownEventType
from laurels.webhooks.rules import TEST_TYPE
from laurels.webhooks.tables import Event

_NAMESPACE = UUID("01a1f890-e37a-73f9-9bad-95b6014a4f20")

Data: TypeAlias = Mapping[str, Any]
"""What an event says: ids, numbers, instants as text; what orjson writes. No names and no words of people."""


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of event.

    Attributes:
        name: stable, dotted: `points.earned`.
        description: a sentence in English.
        example: its `data`.
    """

    name: str
    description: str
    example: Data


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event that a fact gave rise to.

    Attributes:
        told: the fact.
        subject: whose event it is: `program/<id>`; None: the community's.
        part: sets apart the events of one type that one fact gave rise to.
    """

    told: Told
    type: str
    data: Data
    subject: str | None = None
    part: str = ""

    @property
    def id(self) -> UUID:
        """The same however often the fact is told."""
        return uuid5(_NAMESPACE, f"{self.told.book}/{self.told.sequence}/{self.told.position}/{self.type}/{self.part}")


@dataclass(frozen=True, slots=True)
class EventSource:
    """One product's events.

    Attributes:
        types: all that `events` may give.
        facts: names of the facts that it makes them of.
        events: reads what it needs, with a batch of these facts in hand. It is called again for a batch that failed.
    """

    types: Sequence[EventType]
    facts: frozenset[str]
    events: Callable[[JobContext, Sequence[Told]], Iterable[WebhookEvent]]


class EventCatalogue:
    """The events of all products.

    Raises:
        ValueError: two types share a name.
    """

    def __init__(self, sources: Iterable[EventSource]) -> None:
        self._sources = tuple(sources)
        self.types = tuple(one for source in self._sources for one in source.types)
        names = [one.name for one in self.types]
        if len(names) != len(set(names)) or TEST_TYPE in names:
            raise ValueError(f"names of event types are unique: {sorted(names)}")
        self.facts = frozenset(name for source in self._sources for name in source.facts)

    def events(self, job: JobContext, told: Sequence[Told]) -> list[WebhookEvent]:
        """What a batch of facts gives rise to, source by source, in the order of the facts."""
        made: list[WebhookEvent] = []
        for source in self._sources:
            concerning = [one for one in told if one.name in source.facts]
            if concerning:
                made += source.events(job, concerning)
        return made

    def require_types(self, names: Iterable[str]) -> None:
        """See that there are events of all these types.

        Raises:
            UnknownEventType: of one there are none.
        """
        if not {one.name for one in self.types}.issuperset(names):
            raise UnknownEventType()


def payload_of(kind: str, *, occurred_at: str, data: Data) -> str:
    """The body of an event's requests, as Standard Webhooks advises."""
    return orjson.dumps({"type": kind, "timestamp": occurred_at, "data": data}).decode()


def wants(event_types: str | None, kind: str) -> bool:
    """Whether an endpoint with these (stored) types gets events of a kind."""
    return event_types is None or kind in orjson.loads(event_types)


def row_for(event: WebhookEvent) -> Event:
    """An event as it is stored."""
    at = event.told.recorded_at
    return Event(
        id=event.id,
        type=event.type,
        subject=event.subject,
        payload=payload_of(event.type, occurred_at=at.isoformat(), data=event.data),
        occurred_at=at,
        created_at=at,
    )
