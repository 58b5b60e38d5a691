"""What became of lots: where they come from, and what was taken from them and put back."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, and_, func, select, tuple_

from laurels.ledger import tables
from laurels.ledger.lots import LotKey
from laurels.ledger.sets import fetch_rows


@dataclass(frozen=True, slots=True)
class LotUse:
    """What the postings of one kind, about one thing, took from a lot in all; what they put back is negative."""

    kind: str
    reference: UUID | None
    amount: int


def lot_uses(connection: Connection, book: str, keys: Iterable[LotKey]) -> dict[LotKey, list[LotUse]]:
    """What was taken from lots and put back, by lot; an empty list where nothing was."""
    found: dict[LotKey, list[LotUse]] = {key: [] for key in keys}
    if not found:
        return found
    change, posting, entry, books = tables.lot_change, tables.posting, tables.entry, tables.book
    of_posting = and_(posting.c.book == change.c.book, posting.c.sequence == change.c.sequence, posting.c.position == change.c.position)
    of_entry = and_(entry.c.book == change.c.book, entry.c.sequence == change.c.sequence)
    lot = (change.c.lot_sequence, change.c.lot_position)
    statement = (
        select(*lot, posting.c.kind, entry.c.reference, func.sum(-change.c.amount))
        .join(posting, of_posting)
        .join(entry, of_entry)
        .where(change.c.book == select(books.c.id).where(books.c.name == book).scalar_subquery(), tuple_(*lot).in_(list(found)))
        .group_by(*lot, posting.c.kind, entry.c.reference)
    )
    for sequence, position, kind, reference, amount in connection.execute(statement):
        found[LotKey(sequence, position)].append(LotUse(kind, reference, int(amount)))
    return found


def references(connection: Connection, book: str, sequences: Iterable[int]) -> dict[int, UUID | None]:
    """What entries of a book are about, by their numbers; those that aren't there are left out."""
    number = connection.execute(select(tables.book.c.id).where(tables.book.c.name == book)).scalar_one_or_none()
    listed = sorted(set(sequences)) if number is not None else []
    keys = [(number, sequence) for sequence in listed]
    return {listed[place]: about for place, (about,) in fetch_rows(connection, tables.entry, ("book", "sequence"), keys, ("reference",))}
