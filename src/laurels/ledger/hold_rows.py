"""What a batch writes of holds: new ones as they end up, their takes, and how older ones were settled."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from laurels.ledger import chain, tables
from laurels.ledger.draft import Draft
from laurels.ledger.encoding import encode_hold, encode_settlement, encode_take
from laurels.ledger.holds import Placed, Taken
from laurels.ledger.sets import insert_rows, update_rows

Key = tuple[int, UUID]
"""A hold's book, by id, and its own id: the primary key."""

OPEN = (None, None, None)
"""How a hold is settled that isn't."""


class HoldRows:
    """The rows gathered from accepted drafts."""

    def __init__(self) -> None:
        self._placed: dict[Key, tuple[Any, ...]] = {}
        self._takes: list[tuple[Any, ...]] = []
        self._settled: dict[Key, tuple[Any, ...]] = {}

    def gather(self, draft: Draft, book: int) -> list[bytes]:
        """Gather the holds that an accepted draft placed or settled; gives its rows as the chain has them."""
        holds, takes, settlements = [], [], []
        for placed in draft.holds:
            if placed.sequence == draft.entry:
                holds.append(self._place(book, placed))
                takes += [self._take(book, placed.id, take) for take in placed.takes]
            if placed.settled_by is not None:
                settlements.append(self._settle(book, placed, placed.settled_by))
        return [*holds, *takes, *settlements]

    def _place(self, book: int, placed: Placed) -> bytes:
        encoded = encode_hold(book, placed.id, placed.sequence, placed.until)
        self._placed[book, placed.id] = (placed.sequence, placed.until, chain.checksum(encoded))
        return encoded

    def _take(self, book: int, identifier: UUID, take: Taken) -> bytes:
        held, target = (account and account.id for account in (take.held, take.target))
        row = (book, identifier, take.position, take.account.id, held, target, take.amount, take.is_lent)
        encoded = encode_take(row)
        self._takes.append((*row, chain.checksum(encoded)))
        return encoded

    def _settle(self, book: int, placed: Placed, settled_by: int) -> bytes:
        encoded = encode_settlement(book, placed.id, settled_by, placed.captured)
        self._settled[book, placed.id] = (settled_by, placed.captured, chain.checksum(encoded))
        return encoded

    def write(self, connection: Connection) -> None:
        """Write each hold once: as the batch leaves it."""
        rows = []
        for key, (sequence, until, checksum) in self._placed.items():
            settled_by, captured, settled_checksum = self._settled.pop(key, OPEN)
            rows.append((*key, sequence, until, settled_by, captured, checksum, settled_checksum))
        insert_rows(connection, tables.hold, rows)
        insert_rows(connection, tables.hold_take, self._takes)
        settled = [(*key, *values) for key, values in self._settled.items()]
        update_rows(connection, tables.hold, ("settled_by", "captured", "settled_checksum"), settled)
