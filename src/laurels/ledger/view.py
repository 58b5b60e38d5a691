"""What the drafts of one batch are made from: state that was loaded, then what was accepted so far."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from laurels.ledger.account import Account
from laurels.ledger.holds import Placed
from laurels.ledger.lots import Shelf


@dataclass(slots=True)
class State:
    """What is known of an account inside a batch."""

    account: Account
    balance: int = 0
    window: str | None = None
    is_new: bool = True


class View:
    """A batch's state.

    Attributes:
        accounts: by account id: a text remembers its hash.
        rows: by class and key; None where it was looked for and isn't there.
        reversed: books and entries that were reversed.
        lots: by account id; all open ones only of the accounts in `whole`.
        holds: by book and id; None where it was looked for and isn't there.
    """

    __slots__ = ("accounts", "holds", "lots", "reversed", "rows", "whole")

    def __init__(self) -> None:
        self.accounts: dict[str, State] = {}
        self.rows: dict[tuple[type, Any], Any] = {}
        self.reversed: set[tuple[str, int]] = set()
        self.lots: dict[str, Shelf] = {}
        self.whole: set[str] = set()
        self.holds: dict[tuple[str, UUID], Placed | None] = {}
