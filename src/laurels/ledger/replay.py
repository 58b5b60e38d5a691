"""The replay of one book: entry by entry, what stands there is compared with what must."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, Table, select

from laurels.ledger import chain, tables
from laurels.ledger.account import Account, Nature
from laurels.ledger.agreement import Bucket, list_wrong_balances, list_wrong_buckets, list_wrong_holds, list_wrong_lots
from laurels.ledger.batch import owner_id
from laurels.ledger.encoding import encode_entry, encode_posting
from laurels.ledger.findings import Verified, key_of
from laurels.ledger.ranks import bucket_of
from laurels.ledger.replay_lots import LotReplay

STREAM_ROWS = 2_000
"""Rows fetched at a time."""


@dataclass(slots=True)
class _Account:
    """An account while its book is replayed; `balance` is None after a damaged posting, until the next tells it."""

    asset: str
    nature: str
    stored_balance: int
    stored_window: str | None
    balance: int | None = 0
    window: str | None = None


class Replay:
    """The replay of one book."""

    def __init__(self, connection: Connection, book: Row[Any], seen: Verified, progress: Callable[[int], None] | None) -> None:
        self.connection = connection
        self.book = book
        self.seen = seen
        self.progress = progress
        self.accounts: dict[str, _Account] = {}
        self.ranked: Counter[Bucket] = Counter()
        self.hashes: set[str] = {chain.GENESIS}
        self.before = {chain.GENESIS}
        self.sequence = 0
        self.links = self.broken_links = 0
        self.recorded_at: datetime | None = None

    def run(self) -> None:
        """Read the book from its first entry to its last, and report every row that isn't as it must be."""
        self.read_accounts()
        keeps_lots = {identifier for identifier, account in self.accounts.items() if account.nature == Nature.LOTS}
        lots = LotReplay(self.stream, self.book.id, self.report, keeps_lots)
        entries = self.stream_table(tables.entry)
        postings = self.stream_table(tables.posting)
        entry, posting = next(entries, None), next(postings, None)
        for batch in self.stream_table(tables.chain):
            rows: list[bytes] = []
            if batch.first_sequence != self.sequence + 1:
                self.report(tables.chain, batch, f"begins at entry {batch.first_sequence}, {self.sequence + 1} comes next")
            self.check_times(batch)
            while entry is not None and entry.sequence <= batch.last_sequence:
                rows.append(self.check_entry(entry, batch))
                moved: list[Row[Any]] = []
                while posting is not None and posting.sequence <= entry.sequence:
                    rows.append(self.check_posting(posting, entry, len(moved)))
                    moved.append(posting)
                    posting = next(postings, None)
                rows += lots.follow(entry.sequence, moved)
                entry = next(entries, None)
            if self.sequence < batch.last_sequence:
                self.report(tables.chain, batch, f"ends at entry {batch.last_sequence}, the last that is there is {self.sequence}")
                self.sequence = batch.last_sequence
            self.check_link(batch, rows)
        while entry is not None:
            self.report(tables.entry, entry, "stands in no batch of the chain")
            entry = next(entries, None)
        while posting is not None:
            self.report(tables.posting, posting, "has no entry")
            posting = next(postings, None)
        lots.finish()
        self.check_head()
        self.check_accounts()
        self.check_agreement(keeps_lots)

    def stream_table(self, table: Table) -> Iterator[Row[Any]]:
        """A table's rows of this book in order."""
        return self.stream(select(table).where(table.c.book == self.book.id).order_by(*table.primary_key.columns))

    def stream(self, statement: Select[Any]) -> Iterator[Row[Any]]:
        """A statement's rows, read a few at a time."""
        yield from self.connection.execute(statement.execution_options(yield_per=STREAM_ROWS))

    def read_accounts(self) -> None:
        """Read what the accounts hold, and check their names."""
        misnamed: list[Row[Any]] = []
        statement = select(tables.account).where(tables.account.c.book == self.book.id)
        for row in self.stream(statement):
            self.seen.accounts += 1
            self.accounts[row.id] = _Account(row.asset, row.nature, row.balance, row.turned_to)
            if row.ranked and row.balance > 0:
                self.ranked[row.purpose, row.window, bucket_of(row.balance)] += 1
            if not self.is_named(row):
                misnamed.append(row)
        if len(misnamed) > 1 and len(misnamed) == len(self.accounts):
            self.seen.report("book", self.book.id, f"its name {self.book.name!r} isn't the one its accounts were named by")
            return
        for row in misnamed:
            self.report(tables.account, row, "its id isn't the hash of its name")

    def is_named(self, row: Row[Any]) -> bool:
        """Whether an account's id is the hash of its name."""
        try:
            account = Account(self.book.name, row.asset, row.owner, row.purpose, row.window, Nature(row.nature), row.board, row.ranked)
            return bool(account.id == row.id and account.board == row.board and row.owner_id == owner_id(row.owner))
        except ValueError:
            return False

    def check_times(self, batch: Row[Any]) -> None:
        """Check that batches were recorded one after another."""
        if self.recorded_at is not None and batch.recorded_at < self.recorded_at:
            self.report(tables.chain, batch, "is recorded before the batch before it")
        self.recorded_at = batch.recorded_at

    def check_entry(self, entry: Row[Any], batch: Row[Any]) -> bytes:
        """Check an entry; gives its encoding."""
        self.seen.entries += 1
        if self.progress and self.seen.entries % STREAM_ROWS == 0:
            self.progress(STREAM_ROWS)
        encoded = encode_entry(entry[:-1])
        if chain.checksum(encoded) != entry.checksum:
            self.report(tables.entry, entry, "its checksum doesn't fit: the row was changed")
        if entry.sequence != self.sequence + 1:
            self.report(tables.entry, entry, f"entry {self.sequence + 1} comes next")
        if entry.recorded_at != batch.recorded_at:
            self.report(tables.entry, entry, "is recorded at another time than its batch")
        if entry.reverses is not None and not 0 < entry.reverses < entry.sequence:
            self.report(tables.entry, entry, f"reverses entry {entry.reverses}, which isn't before it")
        self.sequence = entry.sequence
        self.replay_turns(entry)
        return encoded

    def replay_turns(self, entry: Row[Any]) -> None:
        """Turn purses to the windows that an entry says."""
        if entry.turns is None:
            return
        try:
            turns = orjson.loads(entry.turns)
            for account, window in turns.items():
                self.accounts[account].window = window
        except (ValueError, AttributeError, KeyError):
            self.report(tables.entry, entry, "its turns can't be read, or name an account that isn't there")

    def check_posting(self, posting: Row[Any], entry: Row[Any], position: int) -> bytes:
        """Check a posting against the accounts as replayed so far; gives its encoding."""
        self.seen.postings += 1
        encoded = encode_posting(posting[:-1])
        source, target = self.accounts.get(posting.source), self.accounts.get(posting.target)
        if chain.checksum(encoded) != posting.checksum:
            self.report(tables.posting, posting, "its checksum doesn't fit: the row was changed")
            for account in (source, target):
                if account is not None:
                    account.balance = None
            return encoded
        if posting.sequence != entry.sequence or posting.position != position:
            self.report(tables.posting, posting, "isn't the next of its entry, or has no entry")
        if source is None or target is None:
            self.report(tables.posting, posting, "names an account that isn't there")
        elif source.asset != target.asset:
            self.report(tables.posting, posting, f"moves {source.asset} into {target.asset}")
        for account, change, after in ((source, -posting.amount, posting.source_balance), (target, posting.amount, posting.target_balance)):
            if account is None:
                continue
            if account.balance is not None and account.balance + change != after:
                self.report(tables.posting, posting, f"a balance of {after} doesn't follow from {account.balance} and {change:+}")
            if after < 0 and account.nature != Nature.SYSTEM:
                self.report(tables.posting, posting, f"a {account.nature} falls to {after}")
            account.balance = after
        return encoded

    def check_link(self, batch: Row[Any], rows: list[bytes]) -> None:
        """Check a batch's hash; what is wrong with it alone doesn't make the next ones wrong."""
        made = {chain.link(before, self.book.name, batch.recorded_at, rows) for before in self.before}
        self.links += 1
        if batch.hash not in made:
            self.broken_links += 1
            self.report(tables.chain, batch, "its hash doesn't follow from the rows of its batch and the hash before")
        self.before = made | {batch.hash}
        self.hashes.add(batch.hash)

    def check_head(self) -> None:
        """Check where the book says that it stands."""
        book = self.book
        if self.links and self.broken_links == self.links and not self.accounts:
            self.seen.report("book", book.id, f"none of its batches was chained under the name {book.name!r}")
        if book.sequence != self.sequence:
            self.seen.report("book", book.id, f"its head is at entry {book.sequence}, the chain ends at {self.sequence}")
        if book.hash not in self.before:
            self.seen.report("book", book.id, "its head's hash isn't that of the last batch")
        if book.recorded_at != self.recorded_at:
            self.seen.report("book", book.id, "its head's time isn't that of the last batch")

    def check_accounts(self) -> None:
        """Check what the accounts say that they hold, and that each asset sums to zero."""
        for identifier, account in self.accounts.items():
            if account.balance is not None and account.balance != account.stored_balance:
                self.seen.report("account", identifier, f"holds {account.stored_balance}, its postings give {account.balance}")
            if account.window != account.stored_window:
                self.seen.report("account", identifier, f"is turned to {account.stored_window}, its entries say {account.window}")
        for asset in {account.asset for account in self.accounts.values()}:
            total = sum(account.stored_balance for account in self.accounts.values() if account.asset == asset)
            if total != 0:
                self.seen.report("book", self.book.id, f"its {asset} sums to {total}, not to zero")

    def check_agreement(self, keeps_lots: set[str]) -> None:
        """Check what lots, holds and ranked accounts add up to."""
        for listed in (list_wrong_lots, list_wrong_holds):
            for table, row, what in listed(self.connection, self.book.id):
                self.report(table, row, what)
        balances = {identifier: account.stored_balance for identifier, account in self.accounts.items()}
        for identifier, what in list_wrong_balances(self.connection, self.book.id, balances, keeps_lots):
            self.seen.report("account", identifier, what)
        for key, what in list_wrong_buckets(self.book.id, self.stream_table(tables.board_bucket), self.ranked):
            self.seen.report(tables.board_bucket.name, f"{self.book.name}: {key}", what)

    def report(self, table: Table, row: Row[Any], what: str) -> None:
        """Note a fault of one of the book's rows."""
        self.seen.report(table.name, f"{self.book.name}: {key_of(table, row)}", what)
