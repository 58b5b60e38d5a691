"""What a decision sees and may do: in memory, with no database, clock or chance.

A `Decision` names what it needs, is handed a `Draft` that holds just that, and
either says what happens (movements, counts, rows, facts, an answer) or raises
a `DomainError`; then its draft is dropped, and nothing of it happened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar
from uuid import UUID

from laurels.core.errors import Missing
from laurels.core.rows import key_of, table_of
from laurels.ledger.account import MAX_AMOUNT, Account, Nature, system
from laurels.ledger.errors import AlreadyReversed, InsufficientBalance, LimitReached

A_co = TypeVar("A_co", covariant=True)
R = TypeVar("R")

MAX_POSTINGS = 10_000
"""Most postings of one entry: a decision that makes more is a mistake."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What is to be loaded before deciding: accounts, rows by primary key, entries to reverse."""

    accounts: Iterable[Account] = ()
    rows: Iterable[tuple[type, Any]] = ()
    reversals: Iterable[int] = ()


class Fact(Protocol):
    """Something that happened, told to whoever listens: ids and numbers only."""

    name: ClassVar[str]


@dataclass(frozen=True, slots=True)
class BusinessKey:
    """An id from outside (a purchase, an imported row) that is accepted once, for ever.

    `details` is a digest of what came with it: the same id with other details is a conflict.
    """

    id: str
    details: str = ""


class Decision(Protocol[A_co]):
    """One use case, as a value. See `laurels.products.recognition.decisions` for real ones.

    Attributes:
        name: stored as the entry's kind: `give_credits`.
        answers: the record class that `decide` returns, so that a replay can rebuild it.
        book: the book that it is decided in.
        key: the business key, where the outside world gave one.
        reference: the id of what it is about, for statements.
    """

    name: ClassVar[str]
    answers: ClassVar[type]

    @property
    def book(self) -> str: ...
    @property
    def key(self) -> BusinessKey | None: ...
    @property
    def reference(self) -> UUID | None: ...
    def needs(self) -> Needs: ...
    def decide(self, draft: "Draft") -> A_co: ...


@dataclass(slots=True)
class State:
    """What is known of an account inside a batch."""

    account: Account
    balance: int = 0
    window: str | None = None
    is_new: bool = True


class Posting(NamedTuple):
    """One movement: source, destination, amount > 0; balanced by construction.

    Both balances after it are stored, so that statements need no replay. A
    tuple, since there are several a gift and it is made in half the time.
    """

    source: Account
    target: Account
    amount: int
    kind: str
    window: str | None
    source_balance: int
    target_balance: int


class View:
    """What the drafts of one batch are made from: loaded state, then what was accepted so far."""

    __slots__ = ("accounts", "reversed", "rows")

    def __init__(self) -> None:
        self.accounts: dict[str, State] = {}  # by account id: a text remembers its hash
        self.rows: dict[tuple[type, Any], Any] = {}
        self.reversed: set[tuple[str, int]] = set()


class Draft:
    """A decision's working sheet.

    Attributes:
        at: the decision's time, fixed by the action; no other time exists.
        entry: the sequence number that the entry has in its book if accepted; 0 in a preview.
    """

    __slots__ = (
        "_balances",
        "_changed",
        "_changed_columns",
        "_facts",
        "_new_rows",
        "_reverses",
        "_view",
        "_windows",
        "at",
        "book",
        "entry",
        "postings",
    )

    def __init__(self, view: View, *, book: str, entry: int, at: datetime) -> None:
        self._view = view
        self.book = book
        self.entry = entry
        self.at = at
        self.postings: list[Posting] = []
        self._balances: dict[str, int] = {}
        self._windows: dict[str, str] = {}
        self._new_rows: dict[tuple[type, Any], Any] = {}
        self._changed: dict[tuple[type, Any], Any] = {}
        self._changed_columns: dict[tuple[type, Any], frozenset[str]] = {}
        self._facts: list[Fact] = []
        self._reverses: int | None = None

    # What is

    def row(self, kind: type[R], key: Any) -> R:
        """A row named in `needs`.

        Raises:
            Missing: there is none.
        """
        found = self.find(kind, key)
        if found is None:
            raise Missing(what=table_of(kind).name.replace("_", " "))  # a view of members is a member too
        return found

    def find(self, kind: type[R], key: Any) -> R | None:
        """A row named in `needs`, or None."""
        at = (kind, key)
        for layer in (self._changed, self._new_rows):
            if at in layer:
                found: R = layer[at]
                return found
        try:
            loaded: R | None = self._view.rows[at]
        except KeyError:
            raise LookupError(f"{kind.__name__} {key} isn't in needs()") from None
        return loaded

    def balance(self, account: Account) -> int:
        """What an account holds now, in its smallest unit; a meter's count."""
        known = self._balances.get(account.id)
        return self._state(account).balance if known is None else known

    def window(self, purse: Account) -> str | None:
        """The last window that a purse was turned to; None before the first."""
        return self._windows.get(purse.id) or self._state(purse).window

    def room(self, counter: Account, limit: int) -> int:
        """How much may still be counted below a limit: for clipping."""
        return max(0, limit - self.balance(counter))

    # What happens

    def move(self, source: Account, target: Account, amount: int, kind: str, *, window: str | None = None) -> None:
        """Move an amount; 0 moves nothing.

        Raises:
            InsufficientBalance: the source is a purse and holds less.
            ValueError: a negative or broken amount, two assets, another book: a mistake in the decision.
        """
        if amount == 0:
            return
        if type(amount) is not int or not 0 < amount <= MAX_AMOUNT or source.asset != target.asset or source.id == target.id:
            raise ValueError(f"can't move {amount} from {source} to {target}")
        if source.book != self.book or target.book != self.book:
            raise ValueError(f"{source} or {target} isn't of the book {self.book}")
        if len(self.postings) >= MAX_POSTINGS:
            raise ValueError(f"more than {MAX_POSTINGS} postings in one entry")
        left = self.balance(source) - amount
        if left < 0 and source.nature is not Nature.SYSTEM:
            raise InsufficientBalance(available=left + amount, needed=amount, purse=source.purpose)
        reached = self.balance(target) + amount
        if abs(left) > MAX_AMOUNT or abs(reached) > MAX_AMOUNT:
            raise ValueError(f"{source} or {target} would pass {MAX_AMOUNT}")
        self._balances[source.id] = left
        self._balances[target.id] = reached
        self.postings.append(Posting(source, target, amount, kind, window, left, reached))

    def count(self, counter: Account, amount: int, kind: str, *, limit: int | None = None, resets_at: str | None = None) -> None:
        """Count on a meter, up to a limit; a negative amount counts back.

        Raises:
            LimitReached: the meter would pass `limit`.
            InsufficientBalance: counted back below zero.
        """
        if limit is not None and amount > 0 and self.balance(counter) + amount > limit:
            raise LimitReached(meter=counter.purpose, limit=limit, used=self.balance(counter), resets_at=resets_at)
        counted = _counted(self.book)
        if amount >= 0:
            self.move(counted, counter, amount, kind)
        else:
            self.move(counter, counted, -amount, kind)

    def turn(self, purse: Account, window: str) -> None:
        """Remember that a purse was turned to a window."""
        self._state(purse)
        self._windows[purse.id] = window

    def record(self, row: Any) -> None:
        """Write a new row with this entry.

        Raises:
            ValueError: there is one with this key: a mistake in the decision.
        """
        at = (type(row), key_of(row))
        if at in self._new_rows or self._view.rows.get(at) is not None:
            raise ValueError(f"{type(row).__name__} {at[1]} is there already")
        self._new_rows[at] = row

    def change(self, row: R, **values: Any) -> R:
        """Change a row that was loaded or recorded; gives it as it then is."""
        changed: R = replace(row, **values)  # type: ignore[type-var]  # rows are dataclasses
        at = (type(row), key_of(row))
        if at in self._new_rows:
            self._new_rows[at] = changed
        else:
            self._changed[at] = changed
            self._changed_columns[at] = self._changed_columns.get(at, frozenset()).union(values)
        return changed

    def announce(self, fact: Fact) -> None:
        """Tell a fact, with this entry's commit."""
        self._facts.append(fact)

    def reverse(self, entry: int) -> None:
        """Say that this entry reverses another of its book, named in `needs`; once.

        Raises:
            AlreadyReversed: another entry did.
            ValueError: there is no such entry yet: a mistake in the decision.
        """
        if entry < 1 or (self.entry and entry >= self.entry):  # a preview has no number
            raise ValueError(f"entry {entry} isn't before entry {self.entry}")
        if (self.book, entry) in self._view.reversed:
            raise AlreadyReversed()
        self._reverses = entry

    # For the batch

    @property
    def facts(self) -> list[Fact]:
        return self._facts

    @property
    def reverses(self) -> int | None:
        return self._reverses

    @property
    def turns(self) -> Mapping[str, str]:
        """The windows that purses were turned to, by account id."""
        return self._windows

    @property
    def new_rows(self) -> Mapping[tuple[type, Any], Any]:
        return self._new_rows

    @property
    def changed_rows(self) -> Mapping[tuple[type, Any], tuple[Any, frozenset[str]]]:
        """Rows as they then are, with the names of the columns that changed: no other is written."""
        return {at: (row, self._changed_columns[at]) for at, row in self._changed.items()}

    def accept(self) -> set[str]:
        """Make what this draft did part of the batch's view; gives the ids of the accounts it touched."""
        accounts = self._view.accounts
        for account, balance in self._balances.items():
            accounts[account].balance = balance
        for account, window in self._windows.items():
            accounts[account].window = window
        self._view.rows.update(self._new_rows)
        self._view.rows.update(self._changed)
        if self._reverses is not None:
            self._view.reversed.add((self.book, self._reverses))
        return self._balances.keys() | self._windows.keys()

    def _state(self, account: Account) -> State:
        try:
            return self._view.accounts[account.id]
        except KeyError:
            raise LookupError(f"{account} isn't in needs()") from None


_counted_accounts: dict[str, Account] = {}


def _counted(book: str) -> Account:
    account = _counted_accounts.get(book)
    if account is None:
        account = _counted_accounts[book] = system(book, "meter", "counted")
    return account


def always_needed(book: str) -> tuple[Account, ...]:
    """The accounts that every decision of a book may touch without naming them."""
    return (_counted(book),)
