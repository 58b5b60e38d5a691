"""Lots: the parcels that a purse's value is kept in, each with its own times.

What comes in makes a lot; what goes out takes from lots, first-expiring-first;
what a hold gives back goes into the lots that it came from. What is left in an
account's lots is its balance.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from laurels.ledger.account import Account
from laurels.ledger.errors import InsufficientBalance

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lot:
    """The times of a lot that is to be made.

    Attributes:
        earned_at: when it was earned, which orders lots that expire together.
        usable_from: before it, the lot is pending.
        expires_at: from this instant on it is expired; None: never.

    Raises:
        ValueError: an instant without a zone.
    """

    earned_at: datetime
    usable_from: datetime
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        for at in (self.earned_at, self.usable_from, self.expires_at):
            if at is not None and at.tzinfo is None:
                raise ValueError("a lot's instants need a zone")


class LotKey(NamedTuple):
    """A lot's name in its book: the entry and the posting that made it."""

    sequence: int
    position: int


class OpenLot(NamedTuple):
    """A lot, and what is left of it."""

    key: LotKey
    earned_at: datetime
    usable_from: datetime
    expires_at: datetime | None
    amount: int
    left: int

    def is_expired(self, at: datetime) -> bool:
        """Whether it is expired; the instant of expiry counts."""
        return self.expires_at is not None and self.expires_at <= at

    def is_pending(self, at: datetime) -> bool:
        """Whether it isn't usable yet."""
        return self.usable_from > at

    def is_usable(self, at: datetime) -> bool:
        """Whether it may be spent."""
        return not self.is_pending(at) and not self.is_expired(at)


class LotChange(NamedTuple):
    """What a posting took from a lot (below zero) or put back into it."""

    position: int
    account: Account
    key: LotKey
    amount: int


Part = tuple[OpenLot, int]
"""A lot, and an amount of it."""


def expiry_order(lot: OpenLot) -> tuple[datetime, datetime, LotKey]:
    """What lots are spent by: the first to expire, then the first earned, then the first made."""
    return lot.expires_at or _NEVER, lot.earned_at, lot.key


class Shelf:
    """Lots of one account, by key; also ones of which nothing is left.

    Their order is found once: what is left of a lot doesn't change it.
    """

    __slots__ = ("_ordered", "lots")

    def __init__(self) -> None:
        self.lots: dict[LotKey, OpenLot] = {}
        self._ordered: list[LotKey] | None = None

    def put(self, lot: OpenLot) -> None:
        """Add a lot, or have it as it now stands."""
        if lot.key not in self.lots:
            self._ordered = None
        self.lots[lot.key] = lot

    def open_lots(self, newer: Mapping[LotKey, OpenLot]) -> list[OpenLot]:
        """The lots of which something is left, in the order of spending; `newer` ones stand over those of the shelf."""
        if self._ordered is None:
            self._ordered = [lot.key for lot in sorted(self.lots.values(), key=expiry_order)]
        lots = self.lots
        found = [lot for key in self._ordered if (lot := newer.get(key) or lots[key]).left]
        added = [lot for key, lot in newer.items() if lot.left and key not in lots]
        return sorted(found + added, key=expiry_order) if added else found


def split_parts(parts: Iterable[Part], amount: int) -> tuple[list[Part], list[Part]]:
    """Cut parts in two where their sum reaches an amount: those up to it, and the rest."""
    taken: list[Part] = []
    rest: list[Part] = []
    for lot, size in parts:
        mine = min(size, amount)
        amount -= mine
        if mine:
            taken.append((lot, mine))
        if size > mine:
            rest.append((lot, size - mine))
    return taken, rest


class LotSheet:
    """One draft's lots, laid over those that its batch knows: dropped with the draft, or accepted.

    Args:
        known: the batch's lots, by account id.
        whole: ids of the accounts whose open lots are all known.
    """

    __slots__ = ("_known", "_own", "_whole", "changes", "made")

    def __init__(self, known: dict[str, Shelf], whole: set[str]) -> None:
        self._known = known
        self._whole = whole
        self._own: dict[str, dict[LotKey, OpenLot]] = defaultdict(dict)
        self.made: list[tuple[Account, OpenLot]] = []
        self.changes: list[LotChange] = []

    def open_lots(self, account: Account) -> list[OpenLot]:
        """An account's lots of which something is left, in the order in which they are spent.

        Raises:
            LookupError: its lots weren't named in `needs`.
        """
        self._require_whole(account)
        return self._known.setdefault(account.id, Shelf()).open_lots(self._own.get(account.id, {}))

    def pick(self, account: Account, amount: int, at: datetime, *, takes_pending: bool = False, only: LotKey | None = None) -> list[Part]:
        """The parts of lots that taking an amount takes.

        Args:
            takes_pending: pending ones too, after the usable.
            only: of this lot alone, whatever its times.

        Raises:
            InsufficientBalance: less may be taken.
            LookupError: the account's lots weren't named in `needs`, and `only` wasn't made in this draft.
        """
        if only is not None:
            lots = self._find(account, only)
        else:
            listed = self.open_lots(account)
            lots = [lot for lot in listed if lot.is_usable(at)]
            if takes_pending:
                lots += [lot for lot in listed if lot.is_pending(at) and not lot.is_expired(at)]
        available = sum(lot.left for lot in lots)
        if available < amount:
            raise InsufficientBalance(available=available, needed=amount, purse=account.purpose)
        taken, _ = split_parts(((lot, lot.left) for lot in lots), amount)
        return taken

    def current(self, account: Account, key: LotKey) -> OpenLot:
        """A lot as it stands now, that is surely known: one that a hold took from."""
        return self._own.get(account.id, {}).get(key) or self._known[account.id].lots[key]

    def make(self, account: Account, key: LotKey, lot: Lot, amount: int) -> LotKey:
        """Add a new lot; gives its key."""
        made = OpenLot(key, lot.earned_at, lot.usable_from, lot.expires_at, amount, amount)
        self._own[account.id][key] = made
        self.made.append((account, made))
        return key

    def change(self, account: Account, position: int, parts: Iterable[Part], sign: int) -> None:
        """Have a posting take parts (sign -1) or put them back (+1)."""
        for lot, amount in parts:
            self._own[account.id][lot.key] = lot._replace(left=lot.left + sign * amount)
            self.changes.append(LotChange(position, account, lot.key, sign * amount))

    def accept(self) -> None:
        """Make all of it part of what the batch knows."""
        for account, lots in self._own.items():
            shelf = self._known.setdefault(account, Shelf())
            for lot in lots.values():
                shelf.put(lot)

    def copy(self) -> "LotSheet":
        """The same again, to go back to."""
        twin = LotSheet(self._known, self._whole)
        for account, lots in self._own.items():
            twin._own[account] = dict(lots)
        twin.made, twin.changes = list(self.made), list(self.changes)
        return twin

    def _find(self, account: Account, key: LotKey) -> list[OpenLot]:
        own = self._own.get(account.id, {}).get(key)
        if own is not None:
            return [own]
        self._require_whole(account)
        shelf = self._known.get(account.id)
        return [shelf.lots[key]] if shelf is not None and key in shelf.lots else []

    def _require_whole(self, account: Account) -> None:
        if account.id not in self._whole:
            raise LookupError(f"the lots of {account} aren't in needs()")
