"""The double-entry ledger under every product. This is its pure door.

Purpose: keep every scarce thing as an account, and every change as an entry of
balanced postings that is never edited.

Invariants: each asset sums to zero; a purse is never below zero and a meter
never over the limit passed in; a balance equals the sum of its postings, and of
what is left in its lots; a hold is settled once, for at most what it holds; an
entry is written once for its key; a book's entries are numbered without a gap
and chained by hashes.

Begin reading at `draft` and `sheet` (what a decision may do), then `batch` (how decisions
commit), then `audit` (how it is proved). Other rooms import this package and
the doors `writer`, `reader` and `outbox`, nothing else.
"""

from laurels.ledger.account import MAX_AMOUNT, Account, Nature, held_of, meter, system
from laurels.ledger.draft import BusinessKey, Decision, Draft, Fact, Needs
from laurels.ledger.errors import (
    AlreadyRecorded,
    AlreadyReversed,
    HoldResolved,
    InsufficientBalance,
    KeyInFlight,
    KeyReused,
    LimitReached,
)
from laurels.ledger.holds import Hold, Settled, Take
from laurels.ledger.lots import Lot, LotKey, OpenLot
from laurels.ledger.view import State, View

__all__ = [
    "MAX_AMOUNT",
    "Account",
    "AlreadyRecorded",
    "AlreadyReversed",
    "BusinessKey",
    "Decision",
    "Draft",
    "Fact",
    "Hold",
    "HoldResolved",
    "InsufficientBalance",
    "KeyInFlight",
    "KeyReused",
    "LimitReached",
    "Lot",
    "LotKey",
    "Nature",
    "Needs",
    "OpenLot",
    "Settled",
    "State",
    "Take",
    "View",
    "held_of",
    "meter",
    "system",
]
