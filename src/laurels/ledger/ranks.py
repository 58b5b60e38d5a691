"""Ranks without counting who is ahead: of every ranked board, how many accounts hold about how much.

Balances fall into buckets like those of an HDR histogram
(https://hdrhistogram.github.io/HdrHistogram/): exact below 1,024, then the
power of two and the nine bits below it, so that a bucket is at most 0.2 % wide
and a board has at most some 23,000. `board_bucket` counts the accounts above
zero in each; the batch that changes balances changes it too, while it holds
the book (docs/decisions/ranks-from-a-histogram.md).
"""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import Connection

from laurels.ledger import tables
from laurels.ledger.sets import insert_rows
from laurels.ledger.view import View

EXACT_BELOW = 1_024
"""Balances below this have a bucket each."""

STEPS = EXACT_BELOW // 2
"""Buckets in each power of two from there on."""

Bucket = tuple[str, str, str, int]
"""A board's book, purpose and window, and the bucket's number."""


def bucket_of(balance: int) -> int:
    """The number of a balance's bucket; it never falls as balances rise, and is 0 for 0 alone."""
    if balance < EXACT_BELOW:
        return balance
    shift = balance.bit_length() - STEPS.bit_length()
    return shift * STEPS + (balance >> shift)


def lowest_of(bucket: int) -> int:
    """The least balance in a bucket."""
    if bucket < EXACT_BELOW:
        return bucket
    shift = bucket // STEPS - 1
    return (bucket - shift * STEPS) << shift


class Standings:
    """What a batch's ranked accounts held when they were loaded; later, what became of that in their boards' buckets.

    Args:
        view: as loaded, before anything was decided.
    """

    def __init__(self, view: View) -> None:
        self._accounts = view.accounts
        self._before = {identifier: state.balance for identifier, state in view.accounts.items() if state.account.ranked}

    def changes(self) -> Mapping[Bucket, int]:
        """By how much each bucket's number of accounts changed; only those that did."""
        changed: Counter[Bucket] = Counter()
        for identifier, held in self._before.items():
            state = self._accounts[identifier]
            before, after = bucket_of(held), bucket_of(state.balance)
            if before == after:
                continue
            account = state.account
            if before > 0:
                changed[account.book, account.purpose, account.window, before] -= 1
            if after > 0:
                changed[account.book, account.purpose, account.window, after] += 1
        return {bucket: change for bucket, change in changed.items() if change}

    def write(self, connection: Connection, books: Mapping[str, int]) -> None:
        """Add the changes to what is stored: one statement, none where no rank changed.

        Args:
            books: ids of the books by name.
        """
        # In the order of the key, so that neighbours are written together.
        rows = sorted((books[book], *bucket, change) for (book, *bucket), change in self.changes().items())
        insert_rows(connection, tables.board_bucket, rows, adds_to="accounts")
