"""Movements of one draft: balances, windows and lots, laid over the batch's view.

Nothing here reaches the view until the draft is accepted, so that a refused
decision leaves no trace.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from laurels.ledger.account import MAX_AMOUNT, Account, Nature, system
from laurels.ledger.errors import InsufficientBalance, LimitReached
from laurels.ledger.lots import Lot, LotChange, LotKey, LotSheet, OpenLot, Part, expiry_order
from laurels.ledger.view import State, View

MAX_POSTINGS = 10_000
"""Most postings of one entry: a decision that makes more is a mistake."""

_LOTS = Nature.LOTS


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


class Mark(NamedTuple):
    """A point of a sheet, to go back to."""

    balances: dict[str, int]
    postings: int
    lots: LotSheet | None


class Sheet:
    """What a decision may do to accounts.

    Attributes:
        at: the decision's time, fixed by the action; no other time exists.
        entry: the sequence number that the entry has in its book if accepted; 0 in a preview.
    """

    __slots__ = ("_balances", "_lots", "_view", "_windows", "at", "book", "entry", "postings")

    def __init__(self, view: View, *, book: str, entry: int, at: datetime) -> None:
        self._view = view
        self.book = book
        self.entry = entry
        self.at = at
        self.postings: list[Posting] = []
        self._balances: dict[str, int] = {}
        self._windows: dict[str, str] = {}
        self._lots: LotSheet | None = None  # made where it is needed: most decisions of other products have no lots

    # What is

    def balance(self, account: Account) -> int:
        """What an account holds now, in its smallest unit; a meter's count; of lots also what is pending or expired."""
        known = self._balances.get(account.id)
        return self._state(account).balance if known is None else known

    def window(self, purse: Account) -> str | None:
        """The last window that a purse was turned to; None before the first."""
        return self._windows.get(purse.id) or self._state(purse).window

    def room(self, counter: Account, limit: int) -> int:
        """How much may still be counted below a limit: for clipping."""
        return max(0, limit - self.balance(counter))

    def lots(self, purse: Account) -> list[OpenLot]:
        """A purse's lots of which something is left, the first to expire first, pending and expired ones too.

        Raises:
            LookupError: its lots weren't named in `needs`.
        """
        return self._lot_sheet().open_lots(purse)

    def usable(self, purse: Account) -> int:
        """How much of a purse of lots may be spent now: neither pending nor expired.

        Raises:
            LookupError: its lots weren't named in `needs`.
        """
        return sum(lot.left for lot in self.lots(purse) if lot.is_usable(self.at))

    # What happens

    def move(
        self,
        source: Account,
        target: Account,
        amount: int,
        kind: str,
        *,
        window: str | None = None,
        lot: Lot | None = None,
        from_lot: LotKey | None = None,
        takes_pending: bool = False,
    ) -> LotKey | None:
        """Move an amount; 0 moves nothing.

        Out of a purse of lots, the usable lots that expire first go first. Into
        one, a new lot is made; its key is given back.

        Args:
            lot: the new lot's times, where the target is a purse of lots.
            from_lot: take from this lot only, pending or expired as it may be: a
                correction. It needs no loaded lots where it was made in this draft.
            takes_pending: take pending lots too, after the usable ones.

        Raises:
            InsufficientBalance: the source is a purse and holds less; of lots: less of it may be taken.
            ValueError: a negative or broken amount, two assets, another book, no lot for a purse of lots: a mistake in the decision.
            LookupError: an account, or the lots to take from, weren't named in `needs`.
        """
        if amount == 0:
            return None
        if source.nature is not _LOTS and target.nature is not _LOTS and lot is None and from_lot is None and not takes_pending:
            self._post(source, target, amount, kind, window)
            return None
        if (target.nature is _LOTS) != (lot is not None) or (source.nature is not _LOTS and (from_lot is not None or takes_pending)):
            raise ValueError(f"a lot is given where the target keeps lots, and taken from where the source does: {source} to {target}")
        parts: list[Part] = []
        if source.nature is _LOTS:
            parts = self._lot_sheet().pick(source, amount, self.at, takes_pending=takes_pending, only=from_lot)
        position = self._post(source, target, amount, kind, window)
        self._lot_sheet().change(source, position, parts, -1)
        return None if lot is None else self._lot_sheet().make(target, LotKey(self.entry, position), lot, amount)

    def expire(self, purse: Account, to: Account, kind: str = "expiry") -> int:
        """Move what is left of a purse's expired lots, in one posting; gives how much. The instant of expiry counts as expired.

        Raises:
            LookupError: its lots weren't named in `needs`.
        """
        parts = [(lot, lot.left) for lot in self.lots(purse) if lot.is_expired(self.at)]
        if to.nature is _LOTS:
            raise ValueError(f"what expires leaves the lots: {to} keeps lots")
        return self._post_parts(purse, to, parts, kind, sign=-1)

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

    # For holds

    def mark(self) -> Mark:
        """This point, to go back to."""
        return Mark(dict(self._balances), len(self.postings), None if self._lots is None else self._lots.copy())

    def go_back(self, mark: Mark) -> None:
        """Undo every movement since a mark."""
        self._balances, self._lots = mark.balances, mark.lots
        del self.postings[mark.postings :]

    def touch(self, account: Account) -> None:
        """Have an account stored, also where nothing moves: so that it is found by its id later."""
        self._balances.setdefault(account.id, self.balance(account))

    def taken_at(self, position: int) -> tuple[tuple[LotKey, int], ...]:
        """What the posting at a position took from lots."""
        return tuple((change.key, -change.amount) for change in self._lot_sheet().changes if change.position == position)

    def parts_now(self, account: Account, parts: Iterable[tuple[LotKey, int]]) -> list[Part]:
        """A hold's parts with their lots as they stand now, the first to expire first."""
        found = [(self._lot_sheet().current(account, key), amount) for key, amount in parts]
        return sorted(found, key=lambda part: expiry_order(part[0]))

    def put_back(self, held: Account, account: Account, parts: list[Part], kind: str) -> None:
        """Move parts back into the lots that they came from, in one posting."""
        self._post_parts(held, account, parts, kind, sign=+1)

    # For the batch

    @property
    def turns(self) -> Mapping[str, str]:
        """The windows that purses were turned to, by account id."""
        return self._windows

    @property
    def made_lots(self) -> list[tuple[Account, OpenLot]]:
        """The lots made, as they were made, in the order of their postings."""
        return [] if self._lots is None else self._lots.made

    @property
    def lot_changes(self) -> list[LotChange]:
        """What was taken from lots and put back, in the order of postings and of the lots' keys."""
        changes = [] if self._lots is None else self._lots.changes
        return sorted(changes, key=lambda change: (change.position, change.key))

    # Inside

    def _post(self, source: Account, target: Account, amount: int, kind: str, window: str | None) -> int:
        """Check and make a posting; gives its position."""
        if type(amount) is not int or not 0 < amount <= MAX_AMOUNT or source.asset != target.asset or source.id == target.id:
            raise ValueError(f"can't move {amount} from {source} to {target}")
        if source.book != self.book or target.book != self.book:
            raise ValueError(f"{source} or {target} isn't of the book {self.book}")
        position = len(self.postings)
        if position >= MAX_POSTINGS:
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
        return position

    def _post_parts(self, source: Account, target: Account, parts: list[Part], kind: str, *, sign: int) -> int:
        """One posting of all parts, taken from the source's lots (sign -1) or put into the target's (+1); gives their sum."""
        amount = sum(size for _, size in parts)
        if amount:
            position = self._post(source, target, amount, kind, None)
            self._lot_sheet().change(source if sign < 0 else target, position, parts, sign)
        return amount

    def _lot_sheet(self) -> LotSheet:
        if self._lots is None:
            self._lots = LotSheet(self._view.lots, self._view.whole)
        return self._lots

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
