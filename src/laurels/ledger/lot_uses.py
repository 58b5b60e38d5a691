"""What became of lots: where they come from, and what was taken from them and put back."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

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
    listed = sorted(set(keys))
    number = _number(connection, book)
    lots = [(number, *key) for key in listed] if number is not None else []
    by_lot, by_posting = ("book", "lot_sequence", "lot_position"), ("book", "sequence", "position")
    # In two steps: the index holds all of the first, without which SQLite would rather read the whole book.
    places = [
        (number, *posted, *listed[place])
        for place, posted in fetch_rows(connection, tables.lot_change, by_lot, lots, ("sequence", "position"))
    ]
    amounts = fetch_rows(connection, tables.lot_change, (*by_posting, *by_lot[1:]), places, ("amount",))
    changes = [(LotKey(*places[place][3:]), places[place][:3], amount) for place, (amount,) in amounts]
    postings = sorted({posted for _, posted, _ in changes})
    kinds = {postings[place]: kind for place, (kind,) in fetch_rows(connection, tables.posting, by_posting, postings, ("kind",))}
    about = references(connection, book, {sequence for _, sequence, _ in postings})
    sums: dict[tuple[LotKey, str, UUID | None], int] = defaultdict(int)
    for key, posted, amount in changes:
        sums[key, kinds[posted], about[posted[1]]] -= amount
    found: dict[LotKey, list[LotUse]] = {key: [] for key in listed}
    for (key, kind, reference), taken in sums.items():
        found[key].append(LotUse(kind, reference, taken))
    return found


def references(connection: Connection, book: str, sequences: Iterable[int]) -> dict[int, UUID | None]:
    """What entries of a book are about, by their numbers; those that aren't there are left out."""
    number = _number(connection, book)
    listed = sorted(set(sequences)) if number is not None else []
    keys = [(number, sequence) for sequence in listed]
    return {listed[place]: about for place, (about,) in fetch_rows(connection, tables.entry, ("book", "sequence"), keys, ("reference",))}


def _number(connection: Connection, book: str) -> int | None:
    return connection.execute(select(tables.book.c.id).where(tables.book.c.name == book)).scalar_one_or_none()
