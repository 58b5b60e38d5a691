"""What became of events: as the ledger told it just now, or as it was decided long ago."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from laurels.core.database import Database
from laurels.core.errors import DomainError, Unavailable
from laurels.ledger import AlreadyRecorded
from laurels.ledger.writer import Posted
from laurels.products.loyalty.decisions.earning import Earned
from laurels.products.loyalty.decisions.events import Event, conflict_of
from laurels.products.loyalty.decisions.returning import Returned
from laurels.products.loyalty.queries.events import purchases_by_id, returns_by_id
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of an event.

    Attributes:
        status: earned, applied, waiting or refused.
        answer: what it earned or took back; None where it waits or was refused.
        refusal: why it was refused.
        is_replay: whether it was decided before.
    """

    event: Event
    status: str
    answer: Earned | Returned | None = None
    refusal: DomainError | None = None
    is_replay: bool = False

    @property
    def points(self) -> int:
        """What it earned or took back."""
        return self.answer.points if self.answer else 0


def decided_of(event: Event, outcome: Posted[Any] | Exception) -> Decided:
    """An outcome of the ledger as what became of an event; what is no refusal is raised."""
    if isinstance(outcome, Unavailable) or (isinstance(outcome, Exception) and not isinstance(outcome, DomainError)):
        raise outcome
    if isinstance(outcome, AlreadyRecorded):  # as it is called while it isn't decided yet
        return Decided(event, "refused", refusal=conflict_of(event))
    if isinstance(outcome, DomainError):
        return Decided(event, "refused", refusal=outcome)
    if isinstance(outcome.answer, Earned):
        return Decided(event, "earned", outcome.answer, is_replay=outcome.is_replay)
    if isinstance(outcome.answer, Returned):
        return Decided(event, "applied", outcome.answer, is_replay=outcome.is_replay)
    return Decided(event, outcome.answer.status)


def known_events(database: Database, events: Sequence[Event]) -> dict[UUID, Event]:
    """Events as they stand, by id; those that nobody told before are left out."""
    with database.read.connect() as connection:
        purchases = purchases_by_id(connection, [one.id for one in events if isinstance(one, PurchaseRow)])
        returns = returns_by_id(connection, [one.id for one in events if isinstance(one, ReturnRow)])
    return {**purchases, **returns}


def replayed(event: Event, found: Event) -> Decided:
    """What was decided about an event before, whatever hinders it now."""
    if isinstance(found, PurchaseRow):
        return Decided(event, found.status, Earned(found.id, found.points, found.repaid, 0), is_replay=True)
    return Decided(event, found.status, Returned(found.id, found.points, found.taken, found.owed), is_replay=True)
