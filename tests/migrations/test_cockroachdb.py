"""Nothing stands in CockroachDB's way: the schema and the ledger's statements are such as its dialect knows.

Laurels isn't run on it: no test can get one. This only keeps the door open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import re
from typing import Any, ClassVar
from uuid import UUID

import pytest
from sqlalchemy import ClauseElement, Table, event
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy_cockroachdb.psycopg import CockroachDBDialect_psycopg

from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.ledger import Account, BusinessKey, Draft, Needs, meter, outbox, reader, system
from laurels.ledger.writer import Proposal, RequestKey, Writer
from laurels.migrations import all_tables
from support.databases import fresh_database

DIALECT = CockroachDBDialect_psycopg()
TABLES = all_tables().sorted_tables
LACKING = re.compile(
    r"\b(pg_advisory\w*|listen|notify|merge into|create extension|create trigger|deferrable|exclude using|lock table|ctid|xmin)\b",
    re.IGNORECASE,
)
"""What PostgreSQL has and CockroachDB hasn't, or has in name only."""

BOOK = "probe"
OWNER = f"member/{UUID(int=1)}"
PURSE = Account(BOOK, "credit", OWNER, "received")
ISSUED = system(BOOK, "credit", "issued")
SENT = meter(BOOK, OWNER, "sent", "2026-11")


@dataclass(frozen=True, slots=True)
class Granted:
    """The answer of `Grant`."""

    balance: int


@dataclass(frozen=True, slots=True)
class Told:
    """The fact of `Grant`."""

    name: ClassVar[str] = "probe.granted"
    amount: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A decision that does what the ledger's statements are for: moves, counts, announces."""

    name: ClassVar[str] = "grant"
    answers: ClassVar[type] = Granted
    book: ClassVar[str] = BOOK
    reference: ClassVar[None] = None
    amount: int
    key: BusinessKey | None = None

    def needs(self) -> Needs:
        return Needs([ISSUED, PURSE, SENT])

    def decide(self, draft: Draft) -> Granted:
        draft.move(ISSUED, PURSE, self.amount, "grant")
        draft.count(SENT, self.amount, "sent", limit=1_000)
        draft.announce(Told(self.amount))
        return Granted(draft.balance(PURSE))


@pytest.mark.parametrize("table", TABLES, ids=str)
def test_table_and_indexes_compile(table: Table) -> None:
    statements = [str(CreateTable(table).compile(dialect=DIALECT))]
    statements += [str(CreateIndex(index).compile(dialect=DIALECT)) for index in sorted(table.indexes, key=str)]
    for statement in statements:
        assert statement.strip().startswith("CREATE")
        assert not LACKING.search(statement)


def test_the_ledgers_statements_compile_and_use_only_what_it_has(tmp_path: Path, clock: FixedClock) -> None:
    with fresh_database("postgresql", tmp_path) as url:
        database = open_database(url)
        with recorded(database) as (built, sent):
            use_the_ledger(database, clock)
        database.dispose()
    assert len(built) > 5
    for statement in built:
        assert str(statement.compile(dialect=DIALECT))
    touched = {table.name for table in TABLES if any(f'{table.name}"' in text or f" {table.name} " in text for text in sent)}
    assert touched >= {"account", "book", "chain", "entry", "outbox", "posting", "request_key"}
    assert [text for text in sent if LACKING.search(text)] == []


def use_the_ledger(database: Database, clock: FixedClock) -> None:
    writer = Writer(database, clock)
    writer.start()
    key = RequestKey("member/1:grant", "k", "body")
    for proposal in (
        Proposal(Grant(5), clock.now(), request=key),
        Proposal(Grant(5), clock.now(), request=key),
        Proposal(Grant(7, BusinessKey("purchase-1", "details")), clock.now()),
    ):
        writer.post_now(proposal)
    writer.stop()
    with database.read.connect() as connection:
        assert reader.balances(connection, [PURSE, SENT]) == {PURSE: 12, SENT: 12}
        assert reader.balance_as_of(connection, PURSE, clock.now() + timedelta(days=1)) == 12
        assert len(reader.statement(connection, [PURSE, SENT], limit=10)) == 4
        assert reader.verify(connection).is_clean
        assert [fact.name for fact in outbox.tail(connection, {}, 10).told] == ["probe.granted"] * 2
    with database.write.begin() as connection:
        outbox.purge(connection, clock.now(), readers=[])


@contextmanager
def recorded(database: Database) -> Iterator[tuple[list[ClauseElement], list[str]]]:
    """What is executed on a database: statements as built, and as text sent."""
    built: list[ClauseElement] = []
    sent: list[str] = []

    def note_built(_: Any, statement: ClauseElement, *__: Any) -> None:
        built.append(statement)

    def note_sent(_: Any, __: Any, statement: str, *___: Any) -> None:
        sent.append(statement)

    event.listen(database.write, "before_execute", note_built)
    event.listen(database.write, "before_cursor_execute", note_sent)
    yield built, sent
