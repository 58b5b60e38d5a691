"""One batch: many decisions, one transaction, a constant number of statements.

    lock the books' heads
    look up keys, load accounts, rows and reversals    (a statement a table)
    decide each in order, in memory
    write entries, postings, rows, facts    (in four pieces at most, the first while the others are decided)
    write lots, holds, accounts, keys, chain, heads

A refused decision leaves nothing but, where its request had a key, the memory
of its refusal. Everything here runs inside a transaction that `writer` opens;
the books' heads are locked first and held to the commit, so that keys,
accounts and rows of these books stand still meanwhile.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from laurels.core.database import among
from laurels.core.errors import DomainError, Kind
from laurels.core.records import decode, encode
from laurels.core.rows import table_of
from laurels.ledger import chain, tables
from laurels.ledger.account import Account
from laurels.ledger.draft import Decision, Draft, Needs
from laurels.ledger.encoding import encode_entry, encode_posting
from laurels.ledger.errors import AlreadyRecorded, KeyReused
from laurels.ledger.hold_rows import HoldRows
from laurels.ledger.keys import Known, Memory, RequestKey, business_hash, request_hash
from laurels.ledger.load import load_view
from laurels.ledger.lot_rows import LotRows
from laurels.ledger.outbox import Told
from laurels.ledger.ranks import Standings
from laurels.ledger.sets import insert_rows, sent_ahead, update_rows
from laurels.ledger.view import View

A = TypeVar("A")

PIECES = 4
"""In how many pieces a batch's rows are written at most: PostgreSQL works on one while the next is decided."""

MIN_PIECE = 32
"""Fewest decisions of a piece: each costs a few statements."""


@dataclass(frozen=True, slots=True)
class Proposal(Generic[A]):
    """A decision, with all that it may not find out by itself.

    Attributes:
        at: the time that it is decided for; an import gives business time.
        actor: who asked: `member/<id>`, `system`, `import`.
        is_told: whether its facts are told; an import's aren't, unless it is asked to.
        alternatives: what other decisions answer that the same request may have led to when
            things stood otherwise, by their names: a replay gives what was decided then.
    """

    decision: Decision[A]
    at: datetime
    actor: str = "system"
    request: RequestKey | None = None
    is_told: bool = True
    alternatives: Mapping[str, type] | None = None


@dataclass(frozen=True, slots=True)
class Posted(Generic[A]):
    """A decision that was accepted and committed.

    Attributes:
        answer: what it returned, now or the first time.
        entry: its number in its book.
        is_replay: whether it was accepted before, under the same key.
    """

    answer: A
    entry: int
    is_replay: bool


Outcome = Posted[Any] | Exception
"""What becomes of a proposal: accepted, refused (a DomainError) or failed by itself."""


@dataclass(slots=True)
class Head:
    """A book's head, as locked and then moved on."""

    id: int
    name: str
    sequence: int
    hash: str
    recorded_at: datetime | None
    first_sequence: int = 0
    rows: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class Gathered:
    """The rows that a batch will write, by table."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    postings: list[tuple[Any, ...]] = field(default_factory=list)
    facts: list[tuple[Any, ...]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    touched: dict[str, None] = field(default_factory=dict)
    inserted: dict[type, dict[Any, Any]] = field(default_factory=lambda: defaultdict(dict))
    changed: dict[type, dict[Any, tuple[Any, frozenset[str]]]] = field(default_factory=lambda: defaultdict(dict))


@dataclass(frozen=True, slots=True)
class Result:
    """A batch as it will stand once committed.

    Attributes:
        outcomes: one for each proposal, in order.
        told: the facts announced.
        marks: (book id, last sequence, hash) of the chain rows written: they tell
            after a lost connection whether the commit arrived.
    """

    outcomes: list[Outcome]
    told: list[Told]
    marks: list[tuple[int, int, str]]


def run_batch(connection: Connection, proposals: Sequence[Proposal[Any]], now: datetime, *, doubtful: Result | None = None) -> Result:
    """Decide proposals in order and write what happens; the caller commits.

    Ids and times come with the proposals, so that a batch that is run again
    decides the same.

    Args:
        doubtful: what an earlier try would have committed, where the answer to its
            commit was lost: given back, and nothing written, if it did commit.
    """
    return _Batch(connection, proposals, now).run(doubtful)


def was_committed(connection: Connection, result: Result) -> bool:
    """Whether a batch is there: by its chain row, which no other batch can have.

    Only safe once the heads of its books are locked: until then it may still be committing.
    """
    if not result.marks:
        return False
    book, sequence, expected = result.marks[0]
    found = connection.execute(
        select(tables.chain.c.hash).where(tables.chain.c.book == book, tables.chain.c.last_sequence == sequence)
    ).scalar()
    return bool(found == expected)


def hold_book(connection: Connection, name: str) -> None:
    """Let nothing be decided in a book until this transaction ends, and wait for what is being decided.

    For a change outside the ledger that no decision may overlook: the next one sees it.
    """
    _lock_heads(connection, [name])


def _lock_heads(connection: Connection, names: list[str]) -> dict[str, Head]:
    """The heads of books, locked in the order of their names; opens those that aren't there yet."""
    book = tables.book
    chosen = select(book).where(among(connection.dialect, book.c.name, names)).order_by(book.c.name)
    statement = chosen.with_for_update(key_share=True)  # rows that refer to a book by foreign key don't wait
    found = {row.name: row for row in connection.execute(statement)}
    if len(found) < len(names):
        missing = [{"name": name, "sequence": 0, "hash": chain.GENESIS, "recorded_at": None} for name in names if name not in found]
        insert = sqlite.insert(book) if connection.dialect.name == "sqlite" else postgresql.insert(book)
        connection.execute(insert.on_conflict_do_nothing(), missing)
        found = {row.name: row for row in connection.execute(statement)}
    return {
        name: Head(row.id, name, row.sequence, row.hash, row.recorded_at, first_sequence=row.sequence + 1) for name, row in found.items()
    }


class _Batch:
    """One run of a batch: what was read, what was decided, what is to be written."""

    def __init__(self, connection: Connection, proposals: Sequence[Proposal[Any]], now: datetime) -> None:
        self.connection = connection
        self.proposals = proposals
        self.now = now
        self.view = View()
        self.gathered = Gathered()
        self.lots = LotRows()
        self.holds = HoldRows()
        self.heads: dict[str, Head] = {}
        self.keys: list[tuple[str | None, str | None]] = []
        self.memory = Memory()
        self.standings = Standings(self.view)

    def run(self, doubtful: Result | None) -> Result:
        self.lock_heads()
        if doubtful is not None and was_committed(self.connection, doubtful):
            return doubtful
        self.look_up_keys()
        faults = self.load()
        with sent_ahead(self.connection):
            outcomes = self.decide_all(faults)
            marks = self.write()
        return Result(outcomes, self.gathered.told, marks)

    # Read

    def lock_heads(self) -> None:
        """Lock the heads in name order; open the books that aren't there yet."""
        names = sorted({proposal.decision.book for proposal in self.proposals})
        self.heads = _lock_heads(self.connection, names)

    def look_up_keys(self) -> None:
        """Read what the batch's keys remember."""
        self.keys = [(_request_hash(proposal), _business_hash(proposal)) for proposal in self.proposals]
        self.memory.load(
            self.connection,
            requests=[request for request, _ in self.keys if request],
            businesses=[business for _, business in self.keys if business],
            now=self.now,
        )

    def load(self) -> list[Exception | None]:
        """Load what the decisions need; one whose `needs` raises fails alone. Gives those faults, in order."""
        faults: list[Exception | None] = []
        needed: list[tuple[str, Needs]] = []
        for proposal in self.proposals:
            try:
                needed.append((proposal.decision.book, proposal.decision.needs()))
            except Exception as error:  # a mistake in one decision is its own caller's alone
                faults.append(error)
            else:
                faults.append(None)
        self.view = load_view(self.connection, needed, self.book_ids())
        self.standings = Standings(self.view)
        return faults

    def book_ids(self) -> dict[str, int]:
        """The ids of the batch's books, by name."""
        return {head.name: head.id for head in self.heads.values()}

    # Decide

    def decide_all(self, faults: Sequence[Exception | None]) -> list[Outcome]:
        """Decide in order; write what is gathered by the piece, so that the database works meanwhile."""
        outcomes: list[Outcome] = []
        piece = max(MIN_PIECE, -(-len(self.proposals) // PIECES))
        for proposal, keys, fault in zip(self.proposals, self.keys, faults, strict=True):
            outcomes.append(fault or self.decide(proposal, *keys))
            if len(self.gathered.entries) >= piece:
                self.write_rows()
        return outcomes

    def decide(self, proposal: Proposal[Any], request: str | None, business: str | None) -> Outcome:
        """Replay what a key (its hash) remembers, or decide and gather what happens."""
        decision = proposal.decision
        try:
            if proposal.request and (known := self.memory.find(request)):
                return _replay(decision, known, proposal.request.fingerprint, KeyReused(), proposal.alternatives)
            if decision.key and (known := self.memory.find(business)):
                posted = _replay(decision, known, decision.key.details, AlreadyRecorded(key=decision.key.id))
                self.remember(proposal, request, known)
                return posted
            draft = Draft(self.view, book=decision.book, entry=self.heads[decision.book].sequence + 1, at=proposal.at)
            answer = decision.decide(draft)
        except DomainError as refusal:
            is_passing = refusal.kind is Kind.THROTTLED  # it says to send the same again, and means it
            if self.memory.find(request) is None and not is_passing:
                self.remember(proposal, request, Known("", problem=orjson.dumps([refusal.code, refusal.fields]).decode()))
            return refusal
        except Exception as error:  # a mistake in one decision is its own caller's alone
            return error
        self.accept(proposal, draft, answer, request, business)
        return Posted(answer, draft.entry, is_replay=False)

    def accept(self, proposal: Proposal[Any], draft: Draft, answer: Any, request: str | None, business: str | None) -> None:
        """Gather an accepted draft's rows, and let the batch's later decisions see them."""
        head = self.heads[proposal.decision.book]
        head.sequence = draft.entry
        head.recorded_at = recorded_at = max(self.now, head.recorded_at or self.now)
        gathered = self.gathered
        gathered.touched.update(dict.fromkeys(draft.accept()))
        stored = encode(answer)
        key = proposal.decision.key
        details = key.details if key else None
        turns = orjson.dumps(draft.turns).decode() if draft.turns else None
        row = (
            head.id,
            draft.entry,
            proposal.decision.name,
            business,
            details,
            proposal.actor,
            proposal.decision.reference,
            draft.reverses,
            proposal.at,
            recorded_at,
            turns,
            stored,
        )
        encoded = encode_entry(row)
        head.rows.append(encoded)
        gathered.entries.append((*row, chain.checksum(encoded)))
        for position, posting in enumerate(draft.postings):
            moved = (
                head.id,
                draft.entry,
                position,
                posting.source.id,
                posting.target.id,
                posting.amount,
                posting.kind,
                posting.window,
                posting.source_balance,
                posting.target_balance,
            )
            encoded = encode_posting(moved)
            head.rows.append(encoded)
            gathered.postings.append((*moved, chain.checksum(encoded)))
        if draft.has_lots:
            head.rows += self.lots.gather(draft, head.id)
        if draft.has_holds:
            head.rows += self.holds.gather(draft, head.id)
        for position, fact in enumerate(draft.facts if proposal.is_told else ()):
            payload = encode(fact)
            gathered.facts.append((head.id, draft.entry, position, fact.name, payload, recorded_at))
            gathered.told.append(Told(head.name, draft.entry, position, fact.name, payload, recorded_at))
        self.gather_rows(draft)
        known = Known(details or "", draft.entry, proposal.decision.name, stored)
        if business:
            self.memory.accept(business, known)
        self.remember(proposal, request, known)

    def gather_rows(self, draft: Draft) -> None:
        for (kind, key), row in draft.new_rows.items():
            self.gathered.inserted[kind][key] = row
        for (kind, key), (row, columns) in draft.changed_rows.items():
            created, changed = self.gathered.inserted[kind], self.gathered.changed[kind]
            if key in created:
                created[key] = row
            else:
                changed[key] = (row, columns | changed[key][1] if key in changed else columns)

    def remember(self, proposal: Proposal[Any], request: str | None, known: Known) -> None:
        """Have the proposal's request key, if it has one, remember an outcome."""
        if request and proposal.request:
            book = self.heads[proposal.decision.book].id
            own = Known(proposal.request.fingerprint, known.entry, known.name, known.answer, known.problem)
            self.memory.remember(request, own, book=book, now=self.now)

    # Write

    def write(self) -> list[tuple[int, int, str]]:
        """Write all that is left, and what changes once a batch; gives the chain rows' marks."""
        self.write_rows()
        self.lots.write(self.connection, self.view)
        self.holds.write(self.connection)
        self.write_accounts()
        self.standings.write(self.connection, self.book_ids())
        for kind, changes in self.gathered.changed.items():
            self.write_changes(kind, list(changes.values()))
        self.memory.write(self.connection)
        return self.write_heads()

    def write_rows(self) -> None:
        """Write the new rows gathered so far."""
        gathered, connection = self.gathered, self.connection
        insert_rows(connection, tables.entry, gathered.entries)
        insert_rows(connection, tables.posting, gathered.postings)
        self.lots.write_changes(connection)
        for kind, rows in sorted(gathered.inserted.items(), key=lambda item: _depth(table_of(item[0]))):
            insert_rows(connection, table_of(kind), list(map(_values_of(kind), rows.values())))
        insert_rows(connection, tables.outbox, gathered.facts)
        for written in (gathered.entries, gathered.postings, gathered.inserted, gathered.facts):
            written.clear()

    def write_changes(self, kind: type, changes: list[tuple[Any, frozenset[str]]]) -> None:
        """Write the changed columns of a table's rows, a statement for each set of columns."""
        table = table_of(kind)
        keys = [column.name for column in table.primary_key.columns]
        for columns in sorted({columns for _, columns in changes}, key=sorted):
            names = sorted(columns)
            rows = [tuple(getattr(row, name) for name in (*keys, *names)) for row, changed in changes if changed == columns]
            update_rows(self.connection, table, names, rows)

    def write_accounts(self) -> None:
        new: list[tuple[Any, ...]] = []
        known: list[tuple[Any, ...]] = []
        for identifier in self.gathered.touched:
            state = self.view.accounts[identifier]
            if state.is_new:
                new.append((*account_row(state.account, self.heads[state.account.book].id), state.balance, state.window))
            else:
                known.append((identifier, state.balance, state.window))
        insert_rows(self.connection, tables.account, new)
        update_rows(self.connection, tables.account, ("balance", "turned_to"), known)

    def write_heads(self) -> list[tuple[int, int, str]]:
        moved = [head for head in self.heads.values() if head.sequence >= head.first_sequence]
        links: list[tuple[Any, ...]] = []
        for head in moved:
            assert head.recorded_at is not None
            head.hash = chain.link(head.hash, head.name, head.recorded_at, head.rows)
            links.append((head.id, head.sequence, head.first_sequence, head.recorded_at, head.hash))
        insert_rows(self.connection, tables.chain, links)
        update_rows(
            self.connection,
            tables.book,
            ("sequence", "hash", "recorded_at"),
            [(head.id, head.sequence, head.hash, head.recorded_at) for head in moved],
        )
        return [(head.id, head.sequence, head.hash) for head in moved]


def account_row(account: Account, book: int) -> tuple[Any, ...]:
    """An account's columns that follow from its name, in the table's order."""
    return (
        account.id,
        book,
        account.asset,
        account.owner,
        owner_id(account.owner),
        account.purpose,
        account.window,
        account.nature.value,
        account.board,
        account.ranked,
    )


def owner_id(owner: str) -> UUID | None:
    """The id in an owner's name: `member/<uuid>` has one, `system` has none."""
    _, slash, identifier = owner.partition("/")
    return UUID(identifier) if slash else None


@cache
def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """What reads a row's values in its table's order, in one call."""
    names = [column.name for column in table_of(kind).columns]
    assert len(names) > 1, f"a row of {kind.__name__} would say nothing but its key"
    return attrgetter(*names)


@cache
def _depth(table: Table) -> int:
    """How many tables stand under one by foreign keys: what is referred to is written first."""
    under = {key.column.table for key in table.foreign_keys} - {table}
    return max((_depth(one) + 1 for one in under), default=0)


def _request_hash(proposal: Proposal[Any]) -> str | None:
    return request_hash(proposal.decision.book, proposal.request) if proposal.request else None


def _business_hash(proposal: Proposal[Any]) -> str | None:
    key = proposal.decision.key
    return business_hash(proposal.decision.book, key) if key else None


def _replay(
    decision: Decision[Any],
    known: Known,
    fingerprint: str,
    otherwise: DomainError,
    alternatives: Mapping[str, type] | None = None,
) -> Posted[Any]:
    """What was decided under this key.

    Raises:
        DomainError: `otherwise`, where the request isn't the one remembered; else the refusal remembered.
    """
    if known.fingerprint != fingerprint:
        raise otherwise
    refusal = known.refusal()
    if refusal is not None:
        raise refusal
    answers = decision.answers if known.name == decision.name else (alternatives or {}).get(known.name or "")
    if answers is None or known.answer is None or known.entry is None:
        raise otherwise
    return Posted(decode(answers, known.answer), known.entry, is_replay=True)
