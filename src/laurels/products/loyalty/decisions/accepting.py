"""Accepting events: they are durable from here on, and are decided later."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from laurels.core.errors import DomainError
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.decisions.events import DECIDED, Event, conflict_of, find_event, put_event
from laurels.products.loyalty.decisions.guards import ANY_STATUS, KEPT, RUNNING, find_membership, program_rows, require_program
from laurels.products.loyalty.errors import ProgramChanged
from laurels.products.loyalty.facts import EventsAccepted
from laurels.products.loyalty.tables import Membership, PurchaseRow, ReturnRow

MAX_EVENTS = 1_000
"""Most events of one decision: a larger batch is several."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a batch, by its events' places in it.

    Attributes:
        accepted: how many were new.
        known: places of events that were known already, with the same details.
        conflicts: places of events whose id is known with other details; nothing was accepted of them.
    """

    batch: UUID
    accepted: int
    known: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AcceptEvents:
    """Keep purchases or returns, to be decided soon: once this is committed, none is lost.

    An event that was refused before may come again, also with other details.
    An event known with other details is a conflict: told for a batch, raised for one alone.

    Raises:
        Missing, ProgramClosed: there is no such program, or it doesn't run; one that is paused still takes returns.
        PurchaseConflict, ReturnConflict: the only event is known with other details.
    """

    name: ClassVar[str] = "accept_events"
    answers: ClassVar[type] = Accepted
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    batch: UUID
    events: tuple[Event, ...]

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.batch

    def needs(self) -> Needs:
        return Needs(rows=[*program_rows(self.program), *((type(event), event.id) for event in self.events)])

    def decide(self, draft: Draft) -> Accepted:
        returns_only = all(isinstance(event, ReturnRow) for event in self.events)
        require_program(draft, self.program, allowed=KEPT if returns_only else RUNNING)
        known: list[int] = []
        conflicts: list[int] = []
        for place, event in enumerate(self.events):
            found = draft.find(type(event), event.id)
            if found is None or found.status == "refused":
                put_event(draft, event, found, status="accepted", refusal=None, refusal_fields=None, batch=self.batch, decided_at=None)
            elif found.fingerprint == event.fingerprint:
                known.append(place)
            elif len(self.events) == 1:
                raise conflict_of(event)
            else:
                conflicts.append(place)
        accepted = len(self.events) - len(known) - len(conflicts)
        if accepted:
            draft.announce(EventsAccepted(self.program, self.batch))
        return Accepted(self.batch, accepted, known, conflicts)


@dataclass(frozen=True, slots=True)
class Put:
    """Where an event stands now."""

    event: UUID
    status: str


@dataclass(frozen=True, slots=True)
class PutAside:
    """Note that an event can't be decided yet (`waiting`), or that it was `refused`, and why.

    It keeps what was sent, so that it can be decided later, or seen. An event
    that was decided meanwhile stays as it is.

    Attributes:
        member: whom it waits for to join, where that is known.
        refusal: code of why it was refused; with its fields, as `errors.fields_of` writes them.

    Raises:
        Missing: there is no such program.
        ProgramChanged: what it would wait for has come meanwhile: it can be decided.
        PurchaseConflict, ReturnConflict: it is known with other details.
    """

    name: ClassVar[str] = "put_aside"
    answers: ClassVar[type] = Put
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    event: Event
    status: str
    refusal: str | None
    member: UUID | None = None
    refusal_fields: str | None = None

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.event.id

    def needs(self) -> Needs:
        rows = [*program_rows(self.program), (type(self.event), self.event.id)]
        if self.member is not None:
            rows.append((Membership, (self.program, self.member)))
        if isinstance(self.event, ReturnRow) and self.event.purchase is not None:
            rows.append((PurchaseRow, self.event.purchase))
        return Needs(rows=rows)

    def decide(self, draft: Draft) -> Put:
        require_program(draft, self.program, allowed=ANY_STATUS)
        found = find_event(draft, self.event)
        if found is not None and found.status in DECIDED:
            return Put(found.id, found.status)
        if self.status == "waiting" and self.has_come(draft):
            raise ProgramChanged(self.program)
        decided_at = draft.at if self.status == "refused" else None
        why = {"refusal": self.refusal, "refusal_fields": self.refusal_fields}
        put_event(draft, self.event, found, status=self.status, **why, decided_at=decided_at)
        return Put(self.event.id, self.status)

    def has_come(self, draft: Draft) -> bool:
        """Whether what it would wait for is there: else nobody would look at it again."""
        if isinstance(self.event, ReturnRow) and self.event.purchase is not None:
            bought = draft.find(PurchaseRow, self.event.purchase)
            return bought is not None and bought.status == "earned"
        return self.member is not None and find_membership(draft, self.program, self.member) is not None


@dataclass(frozen=True, slots=True)
class RefuseEvent:
    """Refuse an event for what its action found, so that its request's key remembers that; nothing else does.

    Raises:
        DomainError: always: `refusal`.
    """

    name: ClassVar[str] = "refuse_event"
    answers: ClassVar[type] = Put
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    event: Event
    refusal: DomainError

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.event.id

    def needs(self) -> Needs:
        return Needs()

    def decide(self, draft: Draft) -> Put:
        raise self.refusal
