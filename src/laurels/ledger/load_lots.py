"""Lots read in sets: all open ones of accounts, or some by their keys."""

from collections.abc import Iterable

from sqlalchemy import Connection

from laurels.ledger import tables
from laurels.ledger.lots import LotKey, OpenLot, Shelf
from laurels.ledger.sets import fetch_rows
from laurels.ledger.view import View

LOT_COLUMNS = ("sequence", "position", "earned_at", "usable_from", "expires_at", "amount", "left")

SOME_LEFT = 't."left" > 0'
"""As the indexes of open lots have it."""


def fetch_open_lots(connection: Connection, accounts: list[str]) -> Iterable[tuple[int, OpenLot]]:
    """The open lots of accounts by id, in no order: pairs of the account's place and the lot."""
    for place, values in fetch_rows(connection, tables.lot, ("account",), [(one,) for one in accounts], LOT_COLUMNS, only=SOME_LEFT):
        yield place, open_lot(values)


def load_open_lots(connection: Connection, view: View) -> None:
    """Read all open lots of the accounts in `view.whole`."""
    listed = sorted(view.whole)
    for place, lot in fetch_open_lots(connection, listed):
        view.lots.setdefault(listed[place], Shelf()).put(lot)


def load_lots_by_key(connection: Connection, view: View, keys: Iterable[tuple[int, LotKey]]) -> None:
    """Read lots by their book's id and their key, also ones of which nothing is left."""
    listed = sorted({(book, *key) for book, key in keys})
    wanted = ("account", *LOT_COLUMNS)
    for _, (account, *values) in fetch_rows(connection, tables.lot, ("book", "sequence", "position"), listed, wanted):
        lot = open_lot(values)
        view.lots.setdefault(account, Shelf()).put(lot)


def open_lot(values: Iterable[object]) -> OpenLot:
    """A lot from the values of `LOT_COLUMNS`."""
    sequence, position, *rest = values
    return OpenLot(LotKey(sequence, position), *rest)  # type: ignore[arg-type]  # the table's types
