"""The double-entry ledger under every product. This is its pure door.

Purpose: keep every scarce thing as an account, and every change as an entry of
balanced postings that is never edited.

Invariants: each asset sums to zero; a purse is never below zero and a meter
never over the limit passed in; a balance equals the sum of its postings; an
entry is written once for its key; a book's entries are numbered without a gap
and chained by hashes.

Begin reading at `draft` (what a decision may do), then `batch` (how decisions
commit), then `audit` (how it is proved). Other rooms import this package and
the doors `writer`, `reader` and `outbox`, nothing else.
"""

from laurels.ledger.account import MAX_AMOUNT, Account, Nature, meter, system
from laurels.ledger.draft import BusinessKey, Decision, Draft, Fact, Needs, State, View
from laurels.ledger.errors import AlreadyRecorded, AlreadyReversed, InsufficientBalance, KeyInFlight, KeyReused, LimitReached

__all__ = [
    "MAX_AMOUNT",
    "Account",
    "AlreadyRecorded",
    "AlreadyReversed",
    "BusinessKey",
    "Decision",
    "Draft",
    "Fact",
    "InsufficientBalance",
    "KeyInFlight",
    "KeyReused",
    "LimitReached",
    "Nature",
    "Needs",
    "State",
    "View",
    "meter",
    "system",
]
