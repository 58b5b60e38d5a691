"""Purchases and returns as shops tell them: the same event, told again, is one event."""

from typing import Any, TypeAlias

from laurels.core.rows import replaced
from laurels.ledger import Draft
from laurels.products.loyalty.errors import PurchaseConflict, ReturnConflict
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow

Event: TypeAlias = PurchaseRow | ReturnRow

DECIDED = ("earned", "applied")
"""Statuses of events that are done with, for ever."""

_KEPT = ("id", "program")


def find_event(draft: Draft, event: Event) -> Event | None:
    """What is known of an event.

    Raises:
        PurchaseConflict, ReturnConflict: it is known with other details, and not only as refused.
    """
    found: Event | None = draft.find(type(event), event.id)
    if found is not None and found.status != "refused" and found.fingerprint != event.fingerprint:
        raise conflict_of(event)
    return found


def put_event(draft: Draft, event: Event, found: Event | None, **values: Any) -> None:
    """Write an event with what became of it: a new row, or over what `find_event` found."""
    if found is None:
        draft.record(replaced(event, **values))
    elif found.fingerprint == event.fingerprint:
        draft.change(found, **values)
    else:  # refused before, with other details
        told = {name: getattr(event, name) for name in type(event).__dataclass_fields__ if name not in _KEPT}
        draft.change(found, **{**told, **values})


def conflict_of(event: Event) -> PurchaseConflict | ReturnConflict:
    """The refusal of an event that is known with other details."""
    if isinstance(event, PurchaseRow):
        return PurchaseConflict(transaction_id=event.transaction_id)
    return ReturnConflict(return_id=event.return_id)
