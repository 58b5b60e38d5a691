"""Proof that the books are right: a replay of every posting, and of the chain.

Everything that the ledger stores twice is compared: balances with postings and
with lots, lots with their changes, holds with what they hold, windows with
turns, sequence numbers with their order, every row with its checksum, every
batch with its hash, every head with its last batch. Rows are read as streams;
what is kept in memory is a few numbers an account.
"""

from collections.abc import Callable

from sqlalchemy import Connection, select

from laurels.ledger import tables
from laurels.ledger.findings import MAX_FINDINGS, Finding, Verified, key_of
from laurels.ledger.legible import list_illegible
from laurels.ledger.replay import Replay

__all__ = ["Finding", "Verified", "verify"]


def verify(connection: Connection, *, expect: str | None = None, progress: Callable[[int], None] | None = None) -> Verified:
    """Replay all books.

    Args:
        expect: a head hash noted earlier (of any book, also one since passed): tells
            a tail that was cut off and rewritten.
        progress: called now and then with the number of entries replayed since.

    The connection should be in one transaction, so that the books stand still.
    """
    seen = Verified()
    _report_illegible(connection, seen)
    if not seen.is_clean:
        return seen  # what can't be read can't be replayed
    expected = expect is None
    known = {row.id for row in connection.execute(select(tables.book.c.id))}
    for row in connection.execute(select(tables.book).order_by(tables.book.c.id)).all():
        replay = Replay(connection, row, seen, progress)
        replay.run()
        expected = expected or expect in replay.hashes
        seen.heads[row.name] = row.hash
        seen.books += 1
    _report_orphans(connection, seen, known)
    if not expected:
        seen.report("chain", expect, "no book has this hash: entries after it was noted are gone or were rewritten")
    return seen


def _report_illegible(connection: Connection, seen: Verified) -> None:
    for table in tables.PROVED:
        for key, column in list_illegible(connection, table):
            seen.report(table.name, key, f"its {column} isn't of the form that is written: the row was changed")


def _report_orphans(connection: Connection, seen: Verified, known: set[int]) -> None:
    """Rows whose book isn't there are in no book's replay."""
    for table in tables.PROVED[1:]:
        strays = connection.execute(select(table).where(table.c.book.not_in(known)).limit(MAX_FINDINGS))
        for row in strays:
            seen.report(table.name, key_of(table, row), f"its book {row.book} isn't there")
