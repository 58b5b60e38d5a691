"""What decisions need, read in sets: a statement a table, whatever their number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from laurels.core.rows import table_of
from laurels.ledger import tables
from laurels.ledger.account import Account, Nature, held_of
from laurels.ledger.draft import Needs
from laurels.ledger.load_holds import HoldKeys, load_holds
from laurels.ledger.load_lots import load_open_lots
from laurels.ledger.sets import fetch_rows
from laurels.ledger.sheet import always_needed
from laurels.ledger.view import State, View

Needed = Iterable[tuple[str, Needs]]
"""Pairs of a book's name and what one of its decisions needs."""


def load_view(connection: Connection, needed: Needed, books: Mapping[str, int]) -> View:
    """Read accounts, rows, reversals, lots and holds into a fresh view.

    Args:
        books: ids of the books by name; reversals and holds are looked up in these.
    """
    view = View()
    rows: dict[type, dict[Any, None]] = defaultdict(dict)
    reversals: dict[tuple[int, int], str] = {}
    holds: HoldKeys = {}
    begun: set[str] = set()
    for book, needs in needed:
        if book not in begun:
            begun.add(book)
            _need_accounts(view, always_needed(book))
        _need_accounts(view, needs.accounts)
        for account in needs.lots:
            _need_lots(view, account)
        for account in needs.holding:
            _need_holding(view, account)
        for kind, key in needs.rows:
            rows[kind][key] = None
        for sequence in needs.reversals:
            if book in books:
                reversals[books[book], sequence] = book
        for identifier in needs.holds:
            view.holds[book, identifier] = None
            if book in books:
                holds[books[book], identifier] = book
    _load_accounts(connection, view)
    load_open_lots(connection, view)
    load_holds(connection, view, holds)
    for kind, keys in rows.items():
        _load_rows(connection, view, kind, list(keys))
    wanted = list(reversals)
    for place, _ in fetch_rows(connection, tables.entry, ("book", "reverses"), wanted, ("sequence",)):
        view.reversed.add((reversals[wanted[place]], wanted[place][1]))
    return view


def _need_accounts(view: View, accounts: Iterable[Account]) -> None:
    known = view.accounts
    for account in accounts:
        if account.id not in known:
            known[account.id] = State(account)


def _need_lots(view: View, account: Account) -> None:
    view.accounts.setdefault(account.id, State(account))
    view.whole.add(account.id)


def _need_holding(view: View, account: Account) -> None:
    view.accounts.setdefault(account.id, State(account))
    if account.nature is not Nature.METER:
        held = held_of(account)
        view.accounts.setdefault(held.id, State(held))
    if account.nature is Nature.LOTS:
        view.whole.add(account.id)


def _load_accounts(connection: Connection, view: View) -> None:
    states = list(view.accounts.values())
    keys = [(identifier,) for identifier in view.accounts]
    for place, (balance, window) in fetch_rows(connection, tables.account, ("id",), keys, ("balance", "turned_to")):
        state = states[place]
        state.balance, state.window, state.is_new = balance, window, False


def _load_rows(connection: Connection, view: View, kind: type, keys: list[Any]) -> None:
    table = table_of(kind)
    by = [column.name for column in table.primary_key.columns]
    fields = list(kind.__dataclass_fields__)  # type: ignore[attr-defined]  # rows are dataclasses
    # What was asked by needn't be read again: reading an id costs more than most columns.
    known = len(by) if fields[: len(by)] == by and len(fields) > len(by) else 0
    listed = keys if len(by) > 1 else [(key,) for key in keys]
    found = {place: kind(*listed[place][:known], *values) for place, values in fetch_rows(connection, table, by, listed, fields[known:])}
    for place, key in enumerate(keys):
        view.rows[kind, key] = found.get(place)
