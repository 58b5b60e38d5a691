"""Facts as they left the ledger: written in the batch that made them, read by whoever listens."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A fact, as the outbox holds it.

    Attributes:
        book: the name of the book whose entry told it.
        sequence: that entry's number; with `position` it orders the facts of a book without a gap in time.
        name: the fact's name: `recognition.given`.
        payload: its fields, JSON of ids and numbers.
    """

    book: str
    sequence: int
    position: int
    name: str
    payload: str
    recorded_at: datetime
