"""What a decision sees and may do: in memory, with no database, clock or chance.

A `Decision` names what it needs, is handed a `Draft` that holds just that, and
either says what happens (movements, counts, rows, facts, an answer) or raises
a `DomainError`; then its draft is dropped, and nothing of it happened.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from laurels.core.errors import Missing
from laurels.core.rows import key_of, replaced, table_of
from laurels.ledger import holding
from laurels.ledger.account import Account
from laurels.ledger.errors import AlreadyReversed, HoldResolved
from laurels.ledger.holds import Hold, Placed, Settled, Take
from laurels.ledger.sheet import Sheet
from laurels.ledger.view import View

A_co = TypeVar("A_co", covariant=True)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Needs:
    """What is to be loaded before deciding.

    Attributes:
        accounts: accounts that are read or moved.
        rows: rows by class and primary key.
        reversals: entries to reverse.
        lots: purses of lots to take from or look into: their open lots are loaded. One
            that only receives needs none of them: it is named in `accounts`.
        holding: accounts that a hold is placed on. Loads what that takes: their open
            lots, and the purse `held_of` each. Where captured value goes is named in `accounts`.
        holds: ids of holds to find or settle: their accounts and lots are loaded with them.

    Accounts named in `lots` or `holding` needn't be in `accounts` too.
    """

    accounts: Iterable[Account] = ()
    rows: Iterable[tuple[type, Any]] = ()
    reversals: Iterable[int] = ()
    lots: Iterable[Account] = ()
    holding: Iterable[Account] = ()
    holds: Iterable[UUID] = ()


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


class Draft(Sheet):
    """A decision's working sheet: movements (see `Sheet`), and holds, rows, facts and a reversal."""

    __slots__ = ("_changed", "_changed_columns", "_facts", "_holds", "_new_rows", "_reverses")

    def __init__(self, view: View, *, book: str, entry: int, at: datetime) -> None:
        super().__init__(view, book=book, entry=entry, at=at)
        self._new_rows: dict[tuple[type, Any], Any] = {}
        self._changed: dict[tuple[type, Any], Any] = {}
        self._changed_columns: dict[tuple[type, Any], frozenset[str]] = {}
        self._facts: list[Fact] = []
        self._holds: dict[UUID, Placed] = {}
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
            if layer and at in layer:  # most are empty, and an id's hash costs
                found: R = layer[at]
                return found
        try:
            loaded: R | None = self._view.rows[at]
        except KeyError:
            raise LookupError(f"{kind.__name__} {key} isn't in needs()") from None
        return loaded

    def find_hold(self, id: UUID) -> Hold | None:
        """A hold named in `needs` or placed here, or None.

        Raises:
            LookupError: it wasn't named.
        """
        placed = self._find_hold(id)
        return None if placed is None else placed.told

    # What happens

    def hold(self, id: UUID, until: datetime, *takes: Take) -> None:
        """Set value aside under an id, from all takes or from none.

        Of purses it moves into `held_of` them (kind `hold`), of lots the usable that
        expire first; meters are counted up. A refusal leaves the draft as it was,
        so that another payer may be tried.

        Args:
            until: when it may lapse. Nothing lapses by itself: settle it with `used=0` then.

        Raises:
            InsufficientBalance: a purse holds less; of lots: less of it is usable.
            LimitReached: a meter would pass its limit.
            ValueError: the id is taken, or a take makes no sense: a mistake in the decision.
            LookupError: an account isn't in `needs().holding`, or where it goes isn't in `needs().accounts`.
        """
        if id in self._holds or self._view.holds.get((self.book, id)) is not None:
            raise ValueError(f"hold {id} is there already")
        self._holds[id] = holding.place(self, id, until, takes)

    def settle(self, id: UUID, used: int | None = None, *, grace: timedelta | None = None, kind: str = "capture") -> Settled:
        """Capture what was used of a hold named in `needs` or placed here, and give the rest back: once, also after its time.

        Of each take up to `used` goes to where it was meant to (kind `kind`), the
        parts of lots that expire first; the rest goes back (kind `release`), parts
        into their lots, and counts are counted back. What is lent goes back whole.

        Args:
            used: how much of each take; None: all; 0: cancels.
            grace: what comes back to a lot that has expired makes a new lot instead, which
                expires after this long. Without it, it goes with the next `expire`.

        Raises:
            HoldResolved: it was settled already.
            Missing: there is no such hold.
            ValueError: `used` is below 0 or above the largest take that isn't lent.
        """
        placed = self._find_hold(id)
        if placed is None:
            raise Missing(what="hold")
        if placed.settled_by is not None:
            raise HoldResolved()
        captured = placed.largest if used is None else used
        if not 0 <= captured <= placed.largest:
            raise ValueError(f"{used} of a hold of {placed.largest} can't be captured")
        holding.settle(self, placed, captured, grace=grace, kind=kind)
        self._holds[id] = placed.settled(self.entry, captured)
        return Settled(captured, placed.largest - captured)

    def record(self, row: Any) -> None:
        """Write a new row with this entry.

        Raises:
            ValueError: there is one with this key: a mistake in the decision.
        """
        at = (type(row), key_of(row))
        if (self._new_rows and at in self._new_rows) or self._view.rows.get(at) is not None:
            raise ValueError(f"{type(row).__name__} {at[1]} is there already")
        self._new_rows[at] = row

    def change(self, row: R, **values: Any) -> R:
        """Change a row that was loaded or recorded; gives it as it then is."""
        changed = replaced(row, **values)
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
    def holds(self) -> list[Placed]:
        """The holds placed or settled here, as they then are, in the order of their ids."""
        return [placed for _, placed in sorted(self._holds.items())]

    @property
    def has_lots(self) -> bool:
        """Whether lots may have changed: few products have any, and each look costs every gift."""
        return self._lots is not None

    @property
    def has_holds(self) -> bool:
        """The same of holds."""
        return bool(self._holds)

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
        if self._lots is not None:
            self._lots.accept()
        for identifier, placed in self._holds.items():
            self._view.holds[self.book, identifier] = placed
        self._view.rows.update(self._new_rows)
        self._view.rows.update(self._changed)
        if self._reverses is not None:
            self._view.reversed.add((self.book, self._reverses))
        return self._balances.keys() | self._windows.keys()

    def _find_hold(self, id: UUID) -> Placed | None:
        own = self._holds.get(id)
        if own is not None:
            return own
        try:
            return self._view.holds[self.book, id]
        except KeyError:
            raise LookupError(f"hold {id} isn't in needs()") from None
