"""The lots and holds of a book's replay: each stands at an entry, and agrees with its postings."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
import sys
from typing import Any

from sqlalchemy import Row, Select, Table, and_, select

from laurels.ledger import chain, tables
from laurels.ledger.encoding import encode_hold, encode_lot, encode_lot_change, encode_posting, encode_settlement, encode_take

Report = Callable[[Table, Row[Any], str], None]
Stream = Callable[[Select[Any]], Iterator[Row[Any]]]

CHANGED = "its checksum doesn't fit: the row was changed"


class _Trail:
    """A table's rows in the order of the entries at which they stand, one read ahead."""

    def __init__(self, rows: Iterator[Row[Any]], column: str) -> None:
        self._rows = rows
        self._column = column
        self._row = next(rows, None)

    @property
    def upcoming(self) -> int:
        """The entry of the next row."""
        return sys.maxsize if self._row is None else int(getattr(self._row, self._column))

    def up_to(self, sequence: int) -> Iterator[Row[Any]]:
        """The rows up to an entry; a sound one stands at that very entry."""
        while self._row is not None and self.upcoming <= sequence:
            yield self._row
            self._row = next(self._rows, None)


class LotReplay:
    """What stands beside a book's postings, entry by entry.

    Args:
        stream: reads a statement's rows a few at a time.
        keeps_lots: ids of the book's accounts that keep lots.
    """

    def __init__(self, stream: Stream, book: int, report: Report, keeps_lots: Collection[str]) -> None:
        self._report = report
        self._keeps_lots = keeps_lots
        lot, change, hold, take = tables.lot, tables.lot_change, tables.hold, tables.hold_take
        changed = and_(lot.c.book == change.c.book, lot.c.sequence == change.c.lot_sequence, lot.c.position == change.c.lot_position)
        placed = and_(hold.c.book == take.c.book, hold.c.id == take.c.hold)
        self._lots = _Trail(stream(_ordered(select(lot), book, lot)), "sequence")
        with_lot = select(change, lot.c.account.label("account")).outerjoin(lot, changed)
        self._changes = _Trail(stream(_ordered(with_lot, book, change)), "sequence")
        self._holds = _Trail(stream(select(hold).where(hold.c.book == book).order_by(hold.c.sequence, hold.c.id)), "sequence")
        with_hold = select(take, hold.c.sequence).join(hold, placed).where(take.c.book == book)
        self._takes = _Trail(stream(with_hold.order_by(hold.c.sequence, take.c.hold, take.c.position)), "sequence")
        settled = select(hold).where(hold.c.book == book, hold.c.settled_by.is_not(None))
        self._settlements = _Trail(stream(settled.order_by(hold.c.settled_by, hold.c.id)), "settled_by")
        self._trails = (self._lots, self._changes, self._holds, self._takes, self._settlements)

    def follow(self, sequence: int, postings: Sequence[Row[Any]]) -> list[bytes]:
        """Check what stands at an entry against its postings; gives the rows as the chain has them."""
        keeps_lots = self._keeps_lots
        if min(trail.upcoming for trail in self._trails) > sequence and not any(
            one.source in keeps_lots or one.target in keeps_lots for one in postings
        ):
            return []
        parts: dict[tuple[int, str | None], list[tuple[Table, Row[Any]]]] = defaultdict(list)
        encoded: list[bytes] = []
        for lot in self._lots.up_to(sequence):
            encoded.append(self._check(tables.lot, lot, sequence, lot.sequence, encode_lot(lot[:-1])))
            parts[lot.position, lot.account].append((tables.lot, lot))
        for change in self._changes.up_to(sequence):
            encoded.append(self._check(tables.lot_change, change, sequence, change.sequence, encode_lot_change(change[:-2])))
            parts[change.position, change.account].append((tables.lot_change, change))
        encoded += [self._check_hold(hold, sequence) for hold in self._holds.up_to(sequence)]
        encoded += [self._check_take(take, sequence, postings) for take in self._takes.up_to(sequence)]
        encoded += [self._check_settlement(hold, sequence) for hold in self._settlements.up_to(sequence)]
        self._match(postings, parts)
        return encoded

    def finish(self) -> None:
        """Report what stands at no entry."""
        for table, trail in zip((tables.lot, tables.lot_change, tables.hold, tables.hold_take, tables.hold), self._trails, strict=True):
            for row in trail.up_to(sys.maxsize):
                self._report(table, row, "has no entry")

    def _check(self, table: Table, row: Row[Any], sequence: int, stands_at: int, encoded: bytes) -> bytes:
        if chain.checksum(encoded) != row.checksum:
            self._report(table, row, CHANGED)
        elif stands_at != sequence:
            self._report(table, row, "has no entry")
        return encoded

    def _check_hold(self, hold: Row[Any], sequence: int) -> bytes:
        if len({value is None for value in (hold.settled_by, hold.captured, hold.settled_checksum)}) > 1:
            self._report(tables.hold, hold, "is settled by half")
        return self._check(tables.hold, hold, sequence, hold.sequence, encode_hold(hold.book, hold.id, hold.sequence, hold.until))

    def _check_take(self, take: Row[Any], sequence: int, postings: Sequence[Row[Any]]) -> bytes:
        ends = {one.position: (one.target if take.held is None else (one.source, one.target), one.amount) for one in postings}
        if ends.get(take.position) != (take.account if take.held is None else (take.account, take.held), take.amount):
            self._report(tables.hold_take, take, "no posting of its hold's entry sets this aside")
        return self._check(tables.hold_take, take, sequence, take.sequence, encode_take(take[:-2]))

    def _check_settlement(self, hold: Row[Any], sequence: int) -> bytes:
        encoded = encode_settlement(hold.book, hold.id, hold.settled_by, hold.captured)
        if chain.checksum(encoded) != hold.settled_checksum:
            self._report(tables.hold, hold, "the checksum of its settlement doesn't fit: the row was changed")
        elif hold.settled_by != sequence or hold.settled_by < hold.sequence:
            self._report(tables.hold, hold, f"is settled by entry {hold.settled_by}, which isn't there or came before it")
        return encoded

    def _match(self, postings: Iterable[Row[Any]], parts: dict[tuple[int, str | None], list[tuple[Table, Row[Any]]]]) -> None:
        """What a posting moves in or out of lots is what its lot, or its changes of lots, say."""
        is_damaged = False
        for one in postings:
            for account, moved in ((one.source, -one.amount), (one.target, one.amount)):
                told = sum(row.amount for _, row in parts.pop((one.position, account), ()))
                if told == (moved if account in self._keeps_lots else 0):
                    continue
                if chain.checksum(encode_posting(one[:-1])) == one.checksum:
                    self._report(tables.posting, one, f"moves {moved:+} where its lots say {told:+}")
                else:
                    is_damaged = True  # and named already
        for rest in () if is_damaged else parts.values():
            for table, row in rest:
                self._report(table, row, "no posting moves this in or out of lots")


def _ordered(statement: Select[Any], book: int, table: Table) -> Select[Any]:
    return statement.where(table.c.book == book).order_by(*table.primary_key.columns)
