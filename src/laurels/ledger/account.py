"""Accounts: an account is its name, and its name gives its id.

Whatever is scarce is an account: a member's credits, a reward's stock, what
was sent this month. An account's id is a hash of its name, so that a decision
knows it without asking the database, and a forged row can't pass for another.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b

MAX_AMOUNT = 2**53 - 1
"""Largest amount and balance, in the asset's smallest unit: exact in JSON and JavaScript."""


class Nature(StrEnum):
    """What an account's balance may do."""

    PURSE = "purse"  # holds value: never below zero
    LOTS = "lots"  # a purse whose value is kept in lots, each with its own times: never below zero
    METER = "meter"  # counts up to a limit that the decision passes in; never below zero
    SYSTEM = "system"  # where value comes from and goes to: free


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """One account of one book.

    Attributes:
        book: the book that it lives in, and whose decisions alone touch it.
        asset: what is counted: `credit`, `coin`, `program/<id>`, `meter`, ...
        owner: `member/<id>`, `class/<id>` or `system`.
        purpose: `allowance`, `received`, `sent`, ...
        window: for meters of a period: `2026-11`, `2026-11-20`; else empty.
        nature: what its balance may do.
        board: whether it is on a board: kept in the index that boards read.
        ranked: whether its board also tells ranks, from a histogram of its balances. Implies `board`.
        id: 32 hex digits, a hash of all of the above.
    """

    book: str
    asset: str
    owner: str
    purpose: str
    window: str = ""
    nature: Nature = Nature.PURSE
    board: bool = False
    ranked: bool = False
    id: str = field(init=False)

    def __post_init__(self) -> None:
        if self.ranked:
            object.__setattr__(self, "board", True)
        object.__setattr__(self, "id", account_id(self))

    def __hash__(self) -> int:
        return hash(self.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Account) and self.id == other.id

    def __str__(self) -> str:
        return "/".join(part for part in (self.book, self.asset, self.owner, self.purpose, self.window) if part)


def account_id(account: Account) -> str:
    """The id that belongs to a name: BLAKE2b-128 (RFC 7693) of its parts, separated by a byte that none may hold (ValueError)."""
    parts = (
        account.book,
        account.asset,
        account.owner,
        account.purpose,
        account.window,
        account.nature.value,
        "ranked" if account.ranked else "board" if account.board else "",
    )
    name = "\x1f".join(parts)
    if name.count("\x1f") != len(parts) - 1:
        raise ValueError(f"a part of the account's name {parts} holds the separator")
    return blake2b(name.encode(), digest_size=16).hexdigest()


def meter(book: str, owner: str, purpose: str, window: str = "", *, board: bool = False, ranked: bool = False) -> Account:
    """A meter: it counts up, by postings from the book's `counted` account."""
    return Account(book, "meter", owner, purpose, window, Nature.METER, board, ranked)


def system(book: str, asset: str, purpose: str) -> Account:
    """A system account: `issued`, `lapsed`, `redeemed`, ..."""
    return Account(book, asset, "system", purpose, nature=Nature.SYSTEM)


def held_of(account: Account) -> Account:
    """Where the value of a purse's holds stands while they are open: one plain purse beside it."""
    return Account(account.book, account.asset, account.owner, f"{account.purpose}/held", account.window)
