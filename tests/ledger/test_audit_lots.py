"""Forged lots and holds, checksums and all, are named by what they no longer add up to."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Row, Table, delete, insert, select
from sqlalchemy.exc import DBAPIError

from laurels.core.database import Database
from laurels.ledger import chain, held_of, tables
from laurels.ledger.encoding import encode_hold, encode_settlement
from laurels.ledger.reader import verify
from ledger.parcels import points, stock
from ledger.world import ENCODINGS, change, fill, forge, last_row, unguarded

CHAIN = ("chain", "its hash doesn't follow from the rows of its batch and the hash before")


@pytest.fixture
def books(toys: Database, database_url: str) -> Iterator[Connection]:
    """Books that may be forged."""
    fill(toys)
    with unguarded(toys, database_url) as connection:
        yield connection


def found(connection: Connection) -> set[tuple[str, str]]:
    """What a verification finds but for broken links: tables, and what is wrong."""
    findings = {(finding.table, finding.what) for finding in verify(connection).findings}
    return findings - {CHAIN}


def key(table: Table, row: Row[Any]) -> str:
    """A row's key as findings tell it."""
    return "toys: " + "/".join(str(getattr(row, column.name)) for column in table.primary_key.columns)


def named(connection: Connection, table: Table) -> dict[str, set[str]]:
    """What is wrong with a table's rows, by their key."""
    wrong: dict[str, set[str]] = {}
    for finding in verify(connection).findings:
        if finding.table == table.name:
            wrong.setdefault(finding.key, set()).add(finding.what)
    return wrong


def put_in(connection: Connection, table: Table, **changes: Any) -> dict[str, Any]:
    """Add a row like the last one but for changes, with a checksum that fits."""
    row = last_row(connection, table)._asdict() | changes
    row["checksum"] = chain.checksum(ENCODINGS[table](tuple(row.values())[:-1]))
    connection.execute(insert(table).values({table.c[name]: value for name, value in row.items()}))
    return row


def settle_by_hand(connection: Connection, hold: Row[Any], settled_by: int, captured: int) -> None:
    """Have a hold settled, checksum and all."""
    made = chain.checksum(encode_settlement(1, hold.id, settled_by, captured))
    change(connection, tables.hold, hold, settled_by=settled_by, captured=captured, settled_checksum=made)


def test_lot_that_says_more_than_its_posting_names_the_posting(books: Connection) -> None:
    lot = last_row(books, tables.lot, tables.lot.c.left == tables.lot.c.amount)
    forge(books, tables.lot, tables.lot.c.sequence == lot.sequence, amount=lot.amount + 1, left=lot.left + 1)
    assert named(books, tables.posting) == {key(tables.posting, lot): {f"moves {lot.amount:+} where its lots say {lot.amount + 1:+}"}}
    assert {what for table, what in found(books) if table == "account"} == {"holds 8, in its lots 9 are left"}


def test_lot_of_another_account_is_named(books: Connection) -> None:
    lot = forge(books, tables.lot, account=points(2).id)
    assert "no posting moves this in or out of lots" in named(books, tables.lot)[key(tables.lot, lot)]
    assert {what for table, what in found(books) if table == "posting"} == {f"moves {lot.amount:+} where its lots say +0"}


def test_lot_of_an_account_without_lots_is_named_itself_where_postings_agree(books: Connection) -> None:
    sequence = last_row(books, tables.posting, tables.posting.c.kind == "gift").sequence
    row = put_in(books, tables.lot, sequence=sequence, position=90)
    assert named(books, tables.lot)[f"toys: 1/{sequence}/90"] == {"no posting moves this in or out of lots"}
    assert row["account"] == points(1).id


def test_damaged_posting_does_not_put_its_lot_at_fault(books: Connection) -> None:
    lot = last_row(books, tables.lot)
    at = (tables.posting.c.sequence == lot.sequence, tables.posting.c.position == lot.position)
    posting = last_row(books, tables.posting, *at)
    change(books, tables.posting, posting, target=points(2).id)
    assert named(books, tables.posting) == {key(tables.posting, posting): {"its checksum doesn't fit: the row was changed"}}
    assert named(books, tables.lot) == {}


def test_posting_into_lots_without_a_lot_is_named(books: Connection) -> None:
    lot = last_row(books, tables.lot)
    books.execute(delete(tables.lot).where(tables.lot.c.book == 1, tables.lot.c.sequence == lot.sequence))
    assert f"moves {lot.amount:+} where its lots say +0" in named(books, tables.posting)[key(tables.posting, lot)]


def test_change_that_is_not_its_postings_is_named(books: Connection) -> None:
    """Both the posting, and the lot whose rest no longer follows."""
    taken = forge(books, tables.lot_change, tables.lot_change.c.amount == -2, amount=-1)
    assert named(books, tables.posting) == {key(tables.posting, taken): {"moves -2 where its lots say -1"}}
    assert named(books, tables.lot) == {f"toys: 1/{taken.lot_sequence}/{taken.lot_position}": {"has 0 left, its changes leave 1"}}


def test_change_of_a_lot_that_is_not_there_is_named(books: Connection) -> None:
    sequence = last_row(books, tables.posting, tables.posting.c.kind == "gift").sequence
    put_in(books, tables.lot_change, sequence=sequence, position=0, lot_sequence=1, lot_position=0)
    assert named(books, tables.lot_change) == {f"toys: 1/{sequence}/0/1/0": {"no posting moves this in or out of lots"}}


@pytest.mark.parametrize("table", [tables.lot, tables.lot_change], ids=lambda table: table.name)
@pytest.mark.parametrize("sequence", [-1, 900])
def test_row_of_no_entry_is_named(books: Connection, table: Table, sequence: int) -> None:
    row = put_in(books, table, sequence=sequence)
    name = "/".join(str(row[column.name]) for column in table.primary_key.columns)
    assert "has no entry" in named(books, table)[f"toys: {name}"]


@pytest.mark.parametrize("sequence", [-1, 900])
def test_hold_of_no_entry_is_named_with_its_takes(books: Connection, sequence: int) -> None:
    hold = last_row(books, tables.hold)
    change(books, tables.hold, hold, sequence=sequence, checksum=chain.checksum(encode_hold(1, hold.id, sequence, hold.until)))
    assert "has no entry" in named(books, tables.hold)[key(tables.hold, hold)]
    assert all("has no entry" in what for what in named(books, tables.hold_take).values())
    assert len(named(books, tables.hold_take)) == 1


def test_take_without_a_hold_is_named(books: Connection) -> None:
    hold = last_row(books, tables.hold)
    books.execute(delete(tables.hold).where(tables.hold.c.book == 1, tables.hold.c.id == hold.id))
    assert set(map(frozenset, named(books, tables.hold_take).values())) == {frozenset({"its hold isn't there"})}
    assert ("account", "holds 1, open holds say 0") not in found(books)


@pytest.mark.parametrize(
    "changes", [{"amount": 99}, {"account": stock().id}, {"held": held_of(stock()).id}, {"held": None}, {"position": 90}], ids=str
)
def test_take_that_no_posting_sets_aside_is_named(books: Connection, changes: dict[str, Any]) -> None:
    take = forge(books, tables.hold_take, **changes)
    place = changes.get("position", take.position)
    assert named(books, tables.hold_take) == {f"toys: 1/{take.hold}/{place}": {"no posting of its hold's entry sets this aside"}}


def test_take_of_a_meter_that_no_posting_counts_is_named(books: Connection) -> None:
    take = forge(books, tables.hold_take, tables.hold_take.c.held.is_(None), amount=99)
    assert list(named(books, tables.hold_take)) == [key(tables.hold_take, take)]


def test_hold_settled_by_half_is_named(books: Connection) -> None:
    hold = last_row(books, tables.hold, tables.hold.c.settled_by.is_(None))
    try:
        change(books, tables.hold, hold, captured=1)
    except DBAPIError as refusal:  # PostgreSQL's own guard
        assert "open_or_settled" in str(refusal)
    else:
        assert named(books, tables.hold) == {key(tables.hold, hold): {"is settled by half"}}


def test_hold_that_captured_more_than_it_holds_is_named(books: Connection) -> None:
    hold = last_row(books, tables.hold, tables.hold.c.settled_by.is_not(None))
    settle_by_hand(books, hold, hold.settled_by, 7)
    assert named(books, tables.hold) == {key(tables.hold, hold): {"7 of it was captured, of at most 6"}}


def test_hold_settled_by_hand_leaves_its_value_behind(books: Connection) -> None:
    hold = last_row(books, tables.hold, tables.hold.c.settled_by.is_(None))
    settle_by_hand(books, hold, hold.sequence, 0)
    assert found(books) == {("account", "holds 1, open holds say 0")}


def test_hold_opened_again_by_hand_holds_nothing(books: Connection) -> None:
    hold = last_row(books, tables.hold, tables.hold.c.settled_by.is_not(None))
    change(books, tables.hold, hold, settled_by=None, captured=None, settled_checksum=None)
    assert found(books) == {("account", "holds 0, open holds say 6"), ("account", "holds 0, open holds say 2")}


@pytest.mark.parametrize("settled_by", [1, 900])
def test_hold_settled_by_an_entry_before_it_or_none_is_named(books: Connection, settled_by: int) -> None:
    hold = last_row(books, tables.hold, tables.hold.c.settled_by.is_not(None))
    try:
        settle_by_hand(books, hold, settled_by, hold.captured)
    except DBAPIError as refusal:  # PostgreSQL's own guard
        assert "open_or_settled" in str(refusal)
    else:
        [whats] = named(books, tables.hold).values()
        assert whats <= {f"is settled by entry {settled_by}, which isn't there or came before it", "has no entry"}


def test_order_of_rows_in_the_chain_is_documented_by_their_tags(books: Connection) -> None:
    """No two sorts of rows share an encoding: entries and postings begin with a number, each other sort with its name."""
    rows = {table: tuple(last_row(books, table))[:-1] for table in ENCODINGS}
    tags = [chain_tag(ENCODINGS[table](row)) for table, row in rows.items()]
    hold = books.execute(select(tables.hold)).first()
    assert hold is not None
    tags += [chain_tag(encode_hold(1, hold.id, 1, hold.until)), chain_tag(encode_settlement(1, UUID(int=1), 1, 1))]
    assert tags == ["1", "1", '"lot"', '"lot_change"', '"hold_take"', '"hold"', '"settlement"']


def chain_tag(encoded: bytes) -> str:
    """The first value of an encoded row."""
    return encoded.decode().removeprefix("[").split(",")[0]
