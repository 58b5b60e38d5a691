"""`verify` finds nothing in sound books, and names the row at fault in others."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Boolean, Column, Integer, Table, and_, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from laurels.core.database import Database, UtcDateTime
from laurels.ledger import findings, replay, tables
from laurels.ledger.reader import Finding, verify
from laurels.ledger.tables import HexId
from ledger.toy import BOOK, NOON, Answer, Does, Gave, Give, Grant, purse, run
from ledger.world import PROVED, fill, forge, is_named, keys_of, unguarded


@pytest.fixture
def world(toys: Database) -> Database:
    """A database with books in it."""
    fill(toys)
    return toys


def test_sound_books_are_clean(world: Database) -> None:
    with world.read.connect() as connection:
        seen = verify(connection)
        assert (seen.findings, seen.is_clean) == ([], True)
        assert (seen.entries, seen.postings) == (37, len(keys_of(connection, tables.posting)))
        assert (seen.accounts, seen.books) == (len(keys_of(connection, tables.account)), 3)
        assert seen.heads == {row.name: row.hash for row in connection.execute(select(tables.book))}


def test_verifying_leaves_the_connection_as_it_was(world: Database) -> None:
    """On PostgreSQL every later statement of the connection ran as a cursor, and an UPDATE failed."""
    with world.write.begin() as connection:
        verify(connection)
        connection.execute(update(tables.book).values(hash=tables.book.c.hash))
        assert "yield_per" not in connection.get_execution_options()


def test_empty_ledger_is_clean(toys: Database) -> None:
    with toys.read.connect() as connection:
        assert verify(connection).is_clean


def test_book_of_refusals_only_is_clean(toys: Database) -> None:
    run(toys, Give(UUID(int=1), giver=1, receiver=2, amount=5))
    with toys.read.connect() as connection:
        seen = verify(connection)
    assert (seen.is_clean, seen.books, seen.entries) == (True, 1, 0)


def test_progress_is_told(world: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "STREAM_ROWS", 4)
    steps: list[int] = []
    with world.read.connect() as connection:
        verify(connection, progress=steps.append)
    assert steps == [4] * 9


# A changed value


def others(column: Column[Any], value: Any, *, is_sqlite: bool) -> list[Any]:
    """Other values that a column could hold."""
    kind = column.type.python_type if not isinstance(value, UUID) else UUID
    if column.name == "nature":
        return ["meter" if value == "purse" else "purse"]
    if isinstance(column.type, HexId):
        # PostgreSQL stores the number, so that upper case is no change there.
        return [UUID(int=77).hex, *([value.upper()] if is_sqlite and value is not None else [])]
    if isinstance(column.type, Boolean):
        return [not value]
    if isinstance(column.type, Integer):
        return [1_000 if value is None else value + 1_000, 1 if value is None else value - 1]
    if value is None:
        return [NOON] if isinstance(column.type, UtcDateTime) else {UUID: [UUID(int=77)]}.get(kind, ["", "x"])
    if isinstance(value, datetime):
        return [value + timedelta(microseconds=1), value - timedelta(days=1)]
    if isinstance(value, UUID):
        return [UUID(int=value.int ^ 1)]
    return [f"{value}x", value.upper(), value[:-1]]


@pytest.mark.parametrize("table", PROVED, ids=lambda table: table.name)
def test_changed_value_is_named_whatever_the_row_and_column(world: Database, database_url: str, table: Table) -> None:
    missed, tried, refused = [], 0, 0
    with unguarded(world, database_url) as connection:
        keys = keys_of(connection, table)
        names = [column.name for column in table.primary_key.columns]
        for key in (keys[0], keys[len(keys) // 2], keys[-1]):
            where = and_(*(table.c[name] == part for name, part in zip(names, key, strict=True)))
            row = connection.execute(select(table).where(where)).one()
            for column in table.columns:
                value = getattr(row, column.name)
                for other in others(column, value, is_sqlite=world.is_sqlite) + ([None] if column.nullable and value is not None else []):
                    if other == value:
                        continue  # no letters to put in upper case
                    tried += 1
                    try:
                        connection.execute(update(table).where(where).values({column.name: other}))
                    except DBAPIError:
                        refused += 1  # by a unique index or a CHECK: the database's own guard
                    else:
                        after = tuple(other if name == column.name else part for name, part in zip(names, key, strict=True))
                        seen = verify(connection)
                        if not is_named(seen, table, after):
                            missed.append((column.name, key, value, other, [str(finding) for finding in seen.findings[:3]]))
                    connection.rollback()
    assert missed == []
    assert tried - refused > 3 * len(table.columns) / 2


def test_swapped_accounts_of_a_posting_are_named(world: Database, database_url: str) -> None:
    posting = tables.posting
    with unguarded(world, database_url) as connection:
        first = connection.execute(select(posting).limit(1)).one()
        where = and_(posting.c.book == first.book, posting.c.sequence == first.sequence, posting.c.position == first.position)
        connection.execute(update(posting).where(where).values(source=first.target, target=first.source))
        assert is_named(verify(connection), posting, tuple(first[:3]))


@pytest.mark.parametrize("values", [{"owner": "member/somebody"}, {"owner": "member/"}, {"purpose": "pur\x1fse"}])
def test_account_with_a_name_that_none_can_have_is_named(world: Database, database_url: str, values: dict[str, str]) -> None:
    with unguarded(world, database_url) as connection:
        connection.execute(update(tables.account).where(tables.account.c.id == purse(1).id).values(values))
        assert is_named(verify(connection), tables.account, (purse(1).id,))


# A row too few, a row too many


@pytest.mark.parametrize("table", PROVED[1:], ids=lambda table: table.name)
def test_row_taken_away_is_noticed(world: Database, database_url: str, table: Table) -> None:
    with unguarded(world, database_url) as connection:
        for key in keys_of(connection, table):
            columns = table.primary_key.columns
            connection.execute(delete(table).where(and_(*(column == part for column, part in zip(columns, key, strict=True)))))
            seen = verify(connection)
            assert not seen.is_clean, key
            connection.rollback()


def test_book_taken_away_leaves_rows_that_are_named(world: Database, database_url: str) -> None:
    with unguarded(world, database_url) as connection:
        connection.execute(delete(tables.book).where(tables.book.c.name == "joys"))
        seen = verify(connection)
        assert {finding.table for finding in seen.findings} == {table.name for table in PROVED[1:]}
        assert {finding.what for finding in seen.findings} == {"its book 2 isn't there"}


@pytest.mark.parametrize("table", PROVED[1:], ids=lambda table: table.name)
def test_row_put_in_is_named(world: Database, database_url: str, table: Table) -> None:
    changes: dict[str, dict[str, Any]] = {
        "account": {"id": UUID(int=5).hex},
        "entry": {"sequence": 900, "key": None, "reverses": None},
        "posting": {"position": 90},
        "lot": {"position": 90},
        "lot_change": {"lot_position": 90},
        "hold": {"id": UUID(int=90)},
        "hold_take": {"position": 90},
        "chain": {"last_sequence": 900, "first_sequence": 900},
        "board_bucket": {"bucket": 900},
    }
    with unguarded(world, database_url) as connection:
        given = [column for column in table.columns if column.computed is None]
        row = connection.execute(select(*given).limit(1)).one()._asdict() | changes[table.name]
        connection.execute(insert(table), row)
        assert is_named(verify(connection), table, tuple(row[column.name] for column in table.primary_key.columns))


def test_posting_past_the_last_entry_is_named(world: Database, database_url: str) -> None:
    with unguarded(world, database_url) as connection:
        row = connection.execute(select(tables.posting).limit(1)).one()._asdict() | {"sequence": 900}
        connection.execute(insert(tables.posting), row)
        assert is_named(verify(connection), tables.posting, (row["book"], 900, row["position"]))


# A forger who knows the checksums


@pytest.mark.parametrize(
    ("table", "changes"), [(tables.entry, {"actor": "me"}), (tables.posting, {"kind": "present"})], ids=["entry", "posting"]
)
def test_forged_checksum_breaks_the_chain(world: Database, database_url: str, table: Table, changes: dict[str, str]) -> None:
    with unguarded(world, database_url) as connection:
        row = forge(connection, table, **changes)
        [finding] = verify(connection).findings
        assert (finding.table, finding.key) == ("chain", f"toys: 1/{row.sequence}")
        assert str(finding).startswith(f"chain toys: 1/{row.sequence}: its hash doesn't follow")


def test_forged_postings_are_named(world: Database, database_url: str) -> None:
    purse_of_another = {"source": purse(0, "joys").id}
    member = purse(1).id
    for changes, what in (
        ({"amount": 1_000}, "doesn't follow from"),
        ({"source_balance": -1}, "falls to -1"),
        (purse_of_another, "names an account that isn't there"),
        ({"source": member}, "moves credit into point"),
    ):
        with unguarded(world, database_url) as connection:
            row = forge(connection, tables.posting, **changes)
            found = [finding for finding in verify(connection).findings if finding.table == "posting"]
            assert {finding.key for finding in found if what in finding.what} == {f"toys: 1/{row.sequence}/{row.position}"}, (what, found)


@pytest.mark.parametrize("turns", ["[", "[]", '{"ffffffffffffffffffffffffffffffff":"2026-11"}'])
def test_forged_turns_are_named(world: Database, database_url: str, turns: str) -> None:
    with unguarded(world, database_url) as connection:
        row = forge(connection, tables.entry, turns=turns)
        assert f"entry toys: 1/{row.sequence}: its turns can't be read" in str(verify(connection).findings[0])


def test_forged_reversal_of_what_is_not_yet_there_is_named(world: Database, database_url: str) -> None:
    with unguarded(world, database_url) as connection:
        row = forge(connection, tables.entry, reverses=500)
        assert verify(connection).findings[0].what == "reverses entry 500, which isn't before it"
        assert verify(connection).findings[0].key == f"toys: 1/{row.sequence}"


def test_batches_out_of_time_are_named(world: Database, database_url: str) -> None:
    with unguarded(world, database_url) as connection:
        connection.execute(update(tables.chain).where(tables.chain.c.book == 1, tables.chain.c.last_sequence == 3).values(recorded_at=NOON))
        connection.execute(
            update(tables.chain).where(tables.chain.c.book == 1, tables.chain.c.last_sequence == 6).values(recorded_at=NOON - timedelta(1))
        )
        assert "is recorded before the batch before it" in {finding.what for finding in verify(connection).findings}


def test_value_made_from_nothing_is_noticed(world: Database, database_url: str) -> None:
    """An account that no posting touched, with a balance of its own."""
    with unguarded(world, database_url) as connection:
        connection.execute(update(tables.account).where(tables.account.c.id == purse(1).id).values(balance=10**6))
        found = verify(connection).findings
        assert [(finding.table, finding.key) for finding in found] == [("account", purse(1).id), ("book", "1")]
        assert "its credit sums to" in found[1].what


# A tail cut off


def test_damage_is_named_once_and_the_batches_after_it_are_sound(world: Database, database_url: str) -> None:
    """A batch's hash follows from the one before it as stored, or as it should be: one fault isn't told for every later batch."""
    with unguarded(world, database_url) as connection:
        where = and_(tables.chain.c.book == 1, tables.chain.c.last_sequence == 3)
        connection.execute(update(tables.chain).where(where).values(hash="0f" * 32))
        assert [(finding.table, finding.key) for finding in verify(connection).findings] == [("chain", "toys: 1/3")]
        connection.rollback()
        row = connection.execute(select(tables.posting).where(tables.posting.c.book == 1).limit(1)).one()
        where = and_(*(column == getattr(row, column.name) for column in tables.posting.primary_key.columns))
        connection.execute(update(tables.posting).where(where).values(kind="other"))
        found = [(finding.table, finding.key) for finding in verify(connection).findings]
        assert found == [("posting", f"toys: 1/1/{row.position}"), ("chain", "toys: 1/3")]


def test_cut_tail_is_clean_until_a_hash_is_expected(world: Database) -> None:
    with world.read.connect() as connection:
        noted = connection.scalar(select(tables.book.c.hash).where(tables.book.c.name == BOOK))
        assert verify(connection, expect=noted).is_clean
    run(world, Grant(to=1, amount=1), now=NOON + timedelta(days=1))
    with world.read.connect() as connection:
        assert verify(connection, expect=noted).is_clean, "a head since passed is still known"
    [finding] = verify_expecting(world, "0f" * 32)
    assert (finding.table, finding.key) == ("chain", "0f" * 32)
    assert "are gone or were rewritten" in finding.what


def verify_expecting(database: Database, expected: str) -> list[Finding]:
    """What a verification against a noted hash finds."""
    with database.read.connect() as connection:
        return verify(connection, expect=expected).findings


# Odd books


def test_renamed_book_is_named_itself(world: Database, database_url: str) -> None:
    with unguarded(world, database_url) as connection:
        connection.execute(update(tables.book).where(tables.book.c.id == 2).values(name="renamed"))
        found = verify(connection).findings
        assert ("book", "2") in [(finding.table, finding.key) for finding in found]
        assert "account" not in {finding.table for finding in found}, "not each of its accounts"


def test_renamed_book_without_accounts_is_named_itself(toys: Database, database_url: str) -> None:
    def notes(draft: Any) -> Answer:
        draft.announce(Gave(UUID(int=1), 1))
        return Answer(draft.entry, 0)

    run(toys, Does(notes))
    with unguarded(toys, database_url) as connection:
        assert verify(connection).is_clean
        connection.execute(update(tables.book).values(name="renamed"))
        assert is_named(verify(connection), tables.book, (1,))


def test_findings_are_bounded_and_counted(world: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "MAX_FINDINGS", 5)
    with unguarded(world, database_url) as connection:
        connection.execute(update(tables.posting).values(kind="other"))
        seen = verify(connection)
        assert len(seen.findings) == 5
        assert seen.faults > 5


# What can't even be read


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("entry", "recorded_at", "'2026-13-20 12:00:00.000000'"),
        ("entry", "occurred_at", "'2026-02-30 12:00:00.000000'"),
        ("chain", "recorded_at", "'2026-11-20T12:00:00.000000'"),
        ("book", "recorded_at", "'2026-11-20 12:00:00'"),
        ("entry", "reference", "'zz000000000000000000000000000000'"),
        ("entry", "reference", "upper(reference)"),
        ("account", "owner_id", "'short'"),
        ("account", "board", "3"),
        ("account", "balance", "'plenty'"),
        ("account", "purpose", "CAST(x'70ff' AS TEXT)"),
        ("posting", "amount", "2.5"),
        ("posting", "kind", "x'70'"),
        ("posting", "source", "CAST(x'ff' AS TEXT)"),
    ],
)
def test_value_of_another_form_is_named_on_sqlite(sqlite_toys: tuple[Database, str], table: str, column: str, value: str) -> None:
    """SQLite takes any bytes in any column; reading some of them raised, and others read like the value before."""
    fill(sqlite_toys[0])
    with unguarded(*sqlite_toys) as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET {column} = {value} WHERE {column} = (SELECT max({column}) FROM {table})")
        seen = verify(connection)
        assert {finding.table for finding in seen.findings} == {table}
        assert {finding.what for finding in seen.findings} == {f"its {column} isn't of the form that is written: the row was changed"}


def test_words_in_other_scripts_are_legible(toys: Database) -> None:
    """Book names are ours, yet nothing forbids a letter outside ASCII."""
    run(toys, Grant(to=1, amount=1, book="b\u00fccher\ufffd"))
    with toys.read.connect() as connection:
        assert verify(connection).is_clean


def test_instant_without_end_is_named_on_postgresql(postgresql_toys: tuple[Database, str]) -> None:
    fill(postgresql_toys[0])
    with unguarded(*postgresql_toys) as connection:
        connection.exec_driver_sql("UPDATE entry SET occurred_at = 'infinity' WHERE book = 1 AND sequence = 2")
        [finding] = verify(connection).findings
        assert (finding.table, finding.key) == ("entry", "1/2")
