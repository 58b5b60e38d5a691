"""Batched is serial: however proposals are split into batches, the same is written and answered."""

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
import pytest

from laurels.core.database import Database
from laurels.ledger.batch import MIN_PIECE, run_batch
from laurels.ledger.reader import verify
from ledger.toy import NOON, toy_tables, wipe, written
from properties.model import Operation
from properties.translation import (
    earns,
    expiries,
    failures,
    gives,
    grants,
    holds,
    number_gives,
    outcome_in_words,
    proposal,
    refusals,
    settlements,
    spends,
    take_back,
)

PER_BATCH = ("book.hash", "chain.first_sequence", "chain.last_sequence", "chain.hash", "chain.recorded_at", "chain.book")
"""What tells how the entries were batched; everything else must be the same. Ids of books follow the order in which they were opened."""

BOOK_IDS = (
    "book.id",
    "account.book",
    "entry.book",
    "entry.checksum",
    "posting.book",
    "posting.checksum",
    *(f"{table}.{column}" for table in ("lot", "lot_change", "hold", "hold_take") for column in ("book", "checksum")),
    "hold.settled_checksum",
    "request_key.book",
    "outbox.book",
)

GENEROUS = {
    "kind": "give",
    "book": "pot",
    "asset": "coin",
    "request": None,
    "business": None,
    "pair": (1, 2),
    "amount": 1,
    "limit": 10_000,
    "window": "2026-11",
    "filled": 1_000,
    "carry": 0,
}
"""A gift that is always accepted."""

steps = st.one_of(grants, gives, gives, refusals, failures)
parcels = st.one_of(earns, earns, earns, spends, expiries, holds, holds, settlements, settlements)
stories = st.lists(steps, min_size=1, max_size=14).map(lambda operations: number_gives(operations, 1))


@pytest.fixture
def toys(database: Database) -> Database:
    """A database that has the toy product's tables too."""
    toy_tables.create_all(database.write)
    return database


def with_reversals(operations: list[Operation]) -> list[Operation]:
    """Each second gift is taken back later, and tried once more: by the entry that it may have become."""
    gifts = [operation for operation in operations if operation["kind"] == "give"]
    return operations + [take_back(one, entry) for entry, one in enumerate(gifts[::2], 1)] * 2


def told(database: Database, batches: list[list[Operation]]) -> tuple[list[Any], dict[str, list[Any]]]:
    """What a story split so answers and leaves behind."""
    wipe(database)
    outcomes: list[Any] = []
    for batch in batches:
        with database.write.begin() as connection:
            outcomes += run_batch(connection, [proposal(operation) for operation in batch], NOON).outcomes
    with database.read.connect() as connection:
        assert verify(connection).findings == []
        left = {name: sorted(rows, key=repr) for name, rows in written(connection, leave_out=PER_BATCH + BOOK_IDS).items()}
    return [outcome_in_words(outcome) for outcome in outcomes], left


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(operations=stories.map(with_reversals), cuts=st.sets(st.integers(1, 40), max_size=5))
def test_any_split_gives_the_same(toys: Database, operations: list[Operation], cuts: set[int]) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(operations)), len(operations)]
    serial = told(toys, [[operation] for operation in operations])
    assert told(toys, [operations]) == serial
    assert told(toys, [operations[start:end] for start, end in pairwise(edges)]) == serial


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(operations=st.lists(parcels, min_size=1, max_size=16), cuts=st.sets(st.integers(1, 16), max_size=5))
def test_any_split_of_lots_and_holds_gives_the_same(toys: Database, operations: list[Operation], cuts: set[int]) -> None:
    """In one book, so that they meet."""
    story = number_gives([{**operation, "book": "pot"} for operation in operations], 1)
    edges = [0, *sorted(cut for cut in cuts if cut < len(story)), len(story)]
    serial = told(toys, [[operation] for operation in story])
    assert told(toys, [story]) == serial
    assert told(toys, [story[start:end] for start, end in pairwise(edges)]) == serial


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(seeds=st.lists(steps, min_size=6, max_size=10))
@example(seeds=[])
def test_batch_written_in_pieces_gives_the_same(toys: Database, seeds: list[Operation]) -> None:
    """Long enough that the first rows are written while the last decisions are still to be made."""
    seeds = [GENEROUS, *seeds]
    long = number_gives([seeds[place % len(seeds)] for place in range(3 * MIN_PIECE)], 1)
    operations = with_reversals(long)
    assert told(toys, [operations]) == told(toys, [[operation] for operation in operations])
