"""What a batch writes of lots: new ones as they end up, the changes, and what is then left of older ones."""

from typing import Any

from sqlalchemy import Connection

from laurels.ledger import chain, tables
from laurels.ledger.draft import Draft
from laurels.ledger.encoding import encode_lot, encode_lot_change
from laurels.ledger.lots import LotKey, OpenLot
from laurels.ledger.sets import insert_rows, update_rows
from laurels.ledger.view import View

Place = tuple[int, LotKey]
"""A lot's book, by id, and its key: the primary key."""


class LotRows:
    """The rows gathered from accepted drafts."""

    def __init__(self) -> None:
        self._new: dict[Place, str] = {}
        self._old: dict[Place, str] = {}
        self._checksums: dict[Place, int] = {}
        self._changes: list[tuple[Any, ...]] = []

    def gather(self, draft: Draft, book: int) -> list[bytes]:
        """Gather what an accepted draft did to lots; gives its rows as the chain has them."""
        encoded: list[bytes] = []
        for account, lot in draft.made_lots:
            place = (book, lot.key)
            encoded.append(encode_lot(_row(place, account.id, lot)))
            self._new[place] = account.id
            self._checksums[place] = chain.checksum(encoded[-1])
        for change in draft.lot_changes:
            row = (book, draft.entry, change.position, *change.key, change.amount)
            encoded.append(encode_lot_change(row))
            self._changes.append((*row, chain.checksum(encoded[-1])))
            if (book, change.key) not in self._new:
                self._old[book, change.key] = change.account.id
        return encoded

    def write_changes(self, connection: Connection) -> None:
        """Write the changes gathered so far."""
        insert_rows(connection, tables.lot_change, self._changes)
        self._changes.clear()

    def write(self, connection: Connection, view: View) -> None:
        """Write each lot once: as the batch leaves it."""
        made = [(*_row(place, account, view.lots[account].lots[place[1]]), self._checksums[place]) for place, account in self._new.items()]
        insert_rows(connection, tables.lot, made)
        left = [(book, *key, view.lots[account].lots[key].left) for (book, key), account in self._old.items()]
        update_rows(connection, tables.lot, ("left",), left)


def _row(place: Place, account: str, lot: OpenLot) -> tuple[Any, ...]:
    book, key = place
    return (book, *key, account, lot.amount, lot.left, lot.earned_at, lot.usable_from, lot.expires_at)
