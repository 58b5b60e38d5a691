"""Holds: value set aside under an id until it is known how much of it is used.

A hold takes from several accounts, all or none. It is settled once: what was
used goes on, the rest goes back, lots into the lots that they came from.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from laurels.ledger.account import Account
from laurels.ledger.lots import LotKey


@dataclass(frozen=True, slots=True)
class Take:
    """What a hold is to set aside of one account; an amount of 0 takes nothing.

    Attributes:
        account: a purse, one of lots, or a meter, which is counted up.
        to: where captured value goes; None for a meter, and for what is lent.
        limit: of a meter: what it may be counted up to.
        resets_at: of a meter: told where the limit is reached.
        is_lent: given back whatever is captured: a place, not a price.
    """

    account: Account
    amount: int
    to: Account | None = None
    limit: int | None = None
    resets_at: str | None = None
    is_lent: bool = False


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold as decisions see it.

    Attributes:
        until: when it may lapse; nothing lapses by itself.
        captured: up to how much of each take was captured; None while it is open.
    """

    id: UUID
    until: datetime
    is_open: bool
    captured: int | None


@dataclass(frozen=True, slots=True)
class Settled:
    """How a hold was settled, told by its largest take that isn't lent: that is captured + released."""

    captured: int
    released: int


class Taken(NamedTuple):
    """What an open hold has of one account.

    Attributes:
        position: of its posting in the entry that placed the hold.
        held: where the value stands meanwhile; None for a meter.
        parts: lots that it came from, and how much of each.
    """

    position: int
    account: Account
    held: Account | None
    target: Account | None
    amount: int
    is_lent: bool
    parts: tuple[tuple[LotKey, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A hold as it is kept: who placed it, what it took, and, once settled, by which entry."""

    id: UUID
    sequence: int
    until: datetime
    takes: tuple[Taken, ...]
    settled_by: int | None = None
    captured: int | None = None

    @property
    def largest(self) -> int:
        """The largest take that isn't lent: most that can be captured."""
        return max((take.amount for take in self.takes if not take.is_lent), default=0)

    @property
    def told(self) -> Hold:
        """What a decision sees of it."""
        return Hold(self.id, self.until, self.settled_by is None, self.captured)

    def settled(self, entry: int, captured: int) -> "Placed":
        """The same once settled."""
        return replace(self, settled_by=entry, captured=captured)
