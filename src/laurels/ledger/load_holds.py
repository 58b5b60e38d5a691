"""Holds read in sets, with all that settling them touches: a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from laurels.ledger import tables
from laurels.ledger.account import Account, Nature
from laurels.ledger.holds import Placed, Taken
from laurels.ledger.load_lots import load_lots_by_key
from laurels.ledger.lots import LotKey
from laurels.ledger.sets import fetch_rows
from laurels.ledger.view import State, View

HoldKeys = dict[tuple[int, UUID], str]
"""Holds by the id of their book and their own; with the book's name."""

Takes = dict[int, list[tuple[Any, ...]]]
"""The stored takes of holds, by the hold's place in a list."""

_HOLD = ("sequence", "until", "settled_by", "captured")
_TAKE = ("position", "account", "held", "target", "amount", "is_lent")
_NAME = ("asset", "owner", "purpose", "window", "nature", "board", "ranked")


def load_holds(connection: Connection, view: View, wanted: HoldKeys) -> None:
    """Read holds, their takes, the accounts behind these and the lots that they came from."""
    if not wanted:
        return
    keys = list(wanted)
    found = dict(fetch_rows(connection, tables.hold, ("book", "id"), keys, _HOLD))
    takes: Takes = defaultdict(list)
    for place, take in fetch_rows(connection, tables.hold_take, ("book", "hold"), keys, _TAKE):
        takes[place].append(take)
    _load_accounts(connection, view, {account: wanted[keys[place]] for place in takes for take in takes[place] for account in take[1:4]})
    parts = _load_parts(connection, view, [(keys[place][0], found[place][0], take[0]) for place in takes for take in takes[place]])
    for place, (sequence, until, settled_by, captured) in found.items():
        book, identifier = keys[place]
        rebuilt = tuple(_taken(view, take, parts.get((book, sequence, take[0]), ())) for take in sorted(takes[place], key=_position))
        view.holds[wanted[keys[place]], identifier] = Placed(identifier, sequence, until, rebuilt, settled_by, captured)


def _load_accounts(connection: Connection, view: View, books: dict[str | None, str]) -> None:
    """Read the accounts that no decision named, and rebuild their names.

    Args:
        books: their books' names, by account id.
    """
    listed = [identifier for identifier in books if identifier is not None and identifier not in view.accounts]
    wanted = (*_NAME, "balance", "turned_to")
    for place, (*name, balance, window) in fetch_rows(connection, tables.account, ("id",), [(one,) for one in listed], wanted):
        asset, owner, purpose, period, nature, board, ranked = name
        account = Account(books[listed[place]], asset, owner, purpose, period, Nature(nature), board, ranked)
        view.accounts[account.id] = State(account, balance, window, is_new=False)


Posting = tuple[int, int, int]
"""A posting's book, entry and position."""


def _load_parts(connection: Connection, view: View, postings: list[Posting]) -> Mapping[Posting, list[tuple[LotKey, int]]]:
    """What holds took from lots, by the posting; reads these lots too."""
    parts: dict[Posting, list[tuple[LotKey, int]]] = defaultdict(list)
    wanted = ("lot_sequence", "lot_position", "amount")
    for place, change in fetch_rows(connection, tables.lot_change, ("book", "sequence", "position"), postings, wanted):
        sequence, position, amount = change
        parts[postings[place]].append((LotKey(sequence, position), -amount))
    load_lots_by_key(connection, view, [(book, key) for (book, _, _), taken in parts.items() for key, _ in taken])
    return parts


def _taken(view: View, take: tuple[Any, ...], parts: Iterable[tuple[LotKey, int]]) -> Taken:
    position, account, held, target, amount, is_lent = take
    named = {one: view.accounts[one].account for one in (account, held, target) if one is not None}
    return Taken(position, named[account], named.get(held), named.get(target), amount, is_lent, tuple(parts))


def _position(take: tuple[Any, ...]) -> int:
    return int(take[0])
