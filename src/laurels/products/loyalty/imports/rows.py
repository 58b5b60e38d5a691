"""What a file of purchases becomes: plain values, each with the line it stands in."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A purchase as a file tells it.

    Attributes:
        line: where in the file it begins, from 1.
        member: a student id or a member's id.
        amount: in minor units, from 0.
        occurred_at: in UTC.
        lines: categories with their amounts in minor units; empty where the file has none.
    """

    line: int
    transaction_id: str
    member: str
    amount: int
    currency: str
    occurred_at: datetime
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A return as a file tells it.

    Attributes:
        line: where in the file it begins, from 1.
        purchase: transaction id of what is returned; none where the return stands alone.
        amount: what is returned in minor units, from 0.
    """

    line: int
    return_id: str
    purchase: str | None
    member: str
    amount: int
    currency: str
    occurred_at: datetime


class Why(StrEnum):
    """Why something in the file is neither a purchase nor a return."""

    NO_CUSTOMER = "no-customer"  # a line that names nobody; expected in a shop's file
    UNREADABLE = "unreadable"  # a line that doesn't say what it should
    INCOMPLETE = "incomplete"  # a purchase of which a line can't be read: its sum would be wrong
    CONTRADICTORY = "contradictory"  # a purchase whose lines don't agree on whose it is
    NEGATIVE = "negative"  # a purchase worth less than nothing, or such a return
    TOO_LARGE = "too-large"  # an amount above what is counted


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that is left out: a line, or a whole purchase, by its first line."""

    line: int
    why: Why
    reason: str


FileRow: TypeAlias = PurchaseRow | ReturnRow | Skipped


@dataclass(slots=True)
class Counts:
    """What a file held, as far as it was read."""

    purchases: int = 0
    returns: int = 0
    skipped: Counter[Why] = field(default_factory=Counter)


def counted(rows: Iterable[FileRow], counts: Counts) -> Iterator[FileRow]:
    """The same rows, counted as they pass."""
    for row in rows:
        if isinstance(row, PurchaseRow):
            counts.purchases += 1
        elif isinstance(row, ReturnRow):
            counts.returns += 1
        else:
            counts.skipped[row.why] += 1
        yield row
