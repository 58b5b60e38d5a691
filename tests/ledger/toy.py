"""A toy product: small decisions that use all of the ledger, and tables of their own.

Members hold purses of an asset that a window's opening fills, may send up to a
limit a window, and each gift leaves a note that others reply to.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    select,
    text,
)

from laurels.core.clock import FixedClock
from laurels.core.database import Database, UtcDateTime
from laurels.core.errors import DomainError, Kind
from laurels.core.rows import row_of
from laurels.ledger import Account, BusinessKey, Draft, Needs, meter, system, tables
from laurels.ledger.batch import Outcome, Proposal, run_batch
from laurels.ledger.writer import RequestKey, Writer

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
BOOK = "toys"

toy_tables = MetaData()

note_table = Table(
    "toy_note",
    toy_tables,
    Column("id", Uuid, primary_key=True),
    Column("entry", BigInteger, nullable=False),
    Column("weight", Integer, nullable=False),
    Column("words", Text, nullable=False),
    Column("replies", Integer, nullable=False),
    Column("is_reversed", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("weight > 0", name="weight_positive"),
)

reply_table = Table(
    "toy_reply", toy_tables, Column("note", ForeignKey("toy_note.id"), primary_key=True), Column("member", Uuid, primary_key=True)
)


@row_of(note_table)
class Note:
    """What a gift leaves."""

    id: UUID
    entry: int
    weight: int
    words: str
    replies: int
    is_reversed: bool
    at: datetime


@row_of(reply_table)
class Reply:
    """A reply to a note."""

    note: UUID
    member: UUID


def member(number: int) -> UUID:
    """The id of a member."""
    return UUID(int=0xAAAA_0000_0000_0000_0000_0000_0000_0000 + number)


def purse(number: int, book: str = BOOK, asset: str = "credit") -> Account:
    """A member's purse."""
    return Account(book, asset, f"member/{member(number)}", "purse")


def sent(number: int, window: str, book: str = BOOK) -> Account:
    """What a member sent in a window."""
    return meter(book, f"member/{member(number)}", "sent", window)


def issued(book: str = BOOK, asset: str = "credit") -> Account:
    """Where credits come from."""
    return system(book, asset, "issued")


def lapsed(book: str = BOOK, asset: str = "credit") -> Account:
    """Where credits go that don't carry."""
    return system(book, asset, "lapsed")


@dataclass(frozen=True, slots=True)
class Gave:
    """What the toy announces."""

    name: ClassVar[str] = "toy.gave"
    note: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What every toy decision answers."""

    entry: int
    left: int
    note: UUID | None = None


class Disliked(DomainError):
    """The toy says no."""

    code = "toy-disliked"
    kind = Kind.CONFLICT
    detail = "{why}"

    def __init__(self, *, why: str) -> None:
        super().__init__(why=why)


class Busy(DomainError):
    """The toy asks to come again."""

    code = "toy-busy"
    kind = Kind.THROTTLED
    detail = "Come again."


@dataclass(frozen=True)
class Grant:
    """Put credits into a purse."""

    name: ClassVar[str] = "toy_grant"
    answers: ClassVar[type] = Answer
    reference: ClassVar[UUID | None] = None

    to: int
    amount: int
    book: str = BOOK
    asset: str = "credit"
    key: BusinessKey | None = None

    def needs(self) -> Needs:
        return Needs([issued(self.book, self.asset), purse(self.to, self.book, self.asset)])

    def decide(self, draft: Draft) -> Answer:
        target = purse(self.to, self.book, self.asset)
        draft.move(issued(self.book, self.asset), target, self.amount, "grant")
        return Answer(draft.entry, draft.balance(target))


@dataclass(frozen=True)
class Give:
    """Open the giver's window, count what is sent against a limit, move it, leave a note."""

    name: ClassVar[str] = "toy_give"
    answers: ClassVar[type] = Answer

    note: UUID
    giver: int
    receiver: int
    amount: int
    limit: int = 1_000_000
    window: str = "2026-11"
    filled: int = 0
    carry: int = 1_000_000
    book: str = BOOK
    asset: str = "credit"
    words: str = "thanks"
    key: BusinessKey | None = None

    @property
    def reference(self) -> UUID:
        return self.note

    def needs(self) -> Needs:
        book, asset = self.book, self.asset
        accounts = [issued(book, asset), lapsed(book, asset), purse(self.giver, book, asset), purse(self.receiver, book, asset)]
        return Needs([*accounts, sent(self.giver, self.window, book)])

    def decide(self, draft: Draft) -> Answer:
        mine = purse(self.giver, self.book, self.asset)
        last = draft.window(mine)
        if last is None or last < self.window:
            draft.move(mine, lapsed(self.book, self.asset), max(0, draft.balance(mine) - self.carry), "lapse", window=last)
            draft.move(issued(self.book, self.asset), mine, self.filled, "fill", window=self.window)
            draft.turn(mine, self.window)
        draft.count(sent(self.giver, self.window, self.book), self.amount, "sent", limit=self.limit)
        draft.move(mine, purse(self.receiver, self.book, self.asset), self.amount, "gift")
        draft.record(Note(self.note, draft.entry, self.amount, self.words, 0, False, draft.at))
        draft.announce(Gave(self.note, self.amount))
        return Answer(draft.entry, draft.balance(mine), self.note)


@dataclass(frozen=True)
class TakeBack:
    """Reverse a gift as far as the receiver still holds it."""

    name: ClassVar[str] = "toy_take_back"
    answers: ClassVar[type] = Answer
    key: ClassVar[BusinessKey | None] = None

    entry: int
    note: UUID
    giver: int
    receiver: int
    amount: int
    window: str = "2026-11"
    book: str = BOOK
    asset: str = "credit"

    @property
    def reference(self) -> UUID:
        return self.note

    def needs(self) -> Needs:
        accounts = [purse(self.giver, self.book, self.asset), purse(self.receiver, self.book, self.asset)]
        return Needs([*accounts, sent(self.giver, self.window, self.book)], [(Note, self.note)], [self.entry])

    def decide(self, draft: Draft) -> Answer:
        given = draft.row(Note, self.note)
        draft.reverse(self.entry)
        mine, theirs = purse(self.giver, self.book, self.asset), purse(self.receiver, self.book, self.asset)
        draft.move(theirs, mine, min(self.amount, draft.balance(theirs)), "back")
        draft.count(sent(self.giver, self.window, self.book), -self.amount, "back")
        draft.change(given, is_reversed=True)
        return Answer(draft.entry, draft.balance(mine), self.note)


@dataclass(frozen=True)
class Answered:
    """Reply to a note: a decision that moves nothing."""

    name: ClassVar[str] = "toy_reply"
    answers: ClassVar[type] = Answer
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    note: UUID
    by: int

    def needs(self) -> Needs:
        return Needs(rows=[(Note, self.note), (Reply, (self.note, member(self.by)))])

    def decide(self, draft: Draft) -> Answer:
        found = draft.row(Note, self.note)
        if draft.find(Reply, (self.note, member(self.by))) is not None:
            raise Disliked(why="once")
        draft.record(Reply(self.note, member(self.by)))
        changed = draft.change(found, replies=found.replies + 1)
        return Answer(draft.entry, changed.replies, self.note)


@dataclass(frozen=True)
class Does:
    """A decision that does whatever a test hands it."""

    name: ClassVar[str] = "toy_does"
    answers: ClassVar[type] = Answer
    reference: ClassVar[UUID | None] = None

    decides: Any
    needed: Any = Needs
    book: str = BOOK
    key: BusinessKey | None = None

    def needs(self) -> Needs:
        needed: Needs = self.needed()
        return needed

    def decide(self, draft: Draft) -> Any:
        return self.decides(draft)


def refuse(why: str = "no") -> Does:
    """A decision that refuses."""

    def decides(draft: Draft) -> Answer:
        raise Disliked(why=why)

    return Does(decides)


def fail(error: BaseException) -> Does:
    """A decision with a mistake in it."""

    def decides(draft: Draft) -> Answer:
        raise error

    return Does(decides)


def poison(number: int) -> Does:
    """A decision whose row the database refuses: the CHECK on a note's weight."""

    def decides(draft: Draft) -> Answer:
        draft.record(Note(UUID(int=number), draft.entry, 0, "poison", 0, False, draft.at))
        return Answer(draft.entry, 0)

    return Does(decides)


def proposed(decision: Any, *, request: RequestKey | None = None, at: datetime = NOON, actor: str = "system") -> Proposal[Any]:
    """A proposal of a toy decision."""
    return Proposal(decision, at, actor, request)


def request(key: str, fingerprint: str = "same", scope: str = "member/1:give") -> RequestKey:
    """A request key."""
    return RequestKey(scope, key, fingerprint)


def run(database: Database, *decisions: Any, now: datetime = NOON) -> list[Outcome]:
    """Run decisions or proposals as one batch and commit it."""
    proposals = [one if isinstance(one, Proposal) else proposed(one, at=now) for one in decisions]
    with database.write.begin() as connection:
        return run_batch(connection, proposals, now).outcomes


@contextmanager
def writing(database: Database, **options: Any) -> Iterator[Writer]:
    """A writer that runs, and is stopped at the end."""
    writer = Writer(database, FixedClock(NOON), **options)
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


def wipe(database: Database) -> None:
    """Empty the ledger's and the toy's tables; the next book is number one again."""
    ours = (tables.outbox_claim, tables.outbox_reader, tables.outbox, tables.request_key, *reversed(tables.PROVED))
    with database.write.begin() as connection:
        for table in (reply_table, note_table, *ours):
            connection.execute(table.delete())
        if not database.is_sqlite:
            connection.execute(text("SELECT setval('book_id_seq', 1, false)"))


def written(connection: Connection, *, leave_out: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the ledger's tables and the toy's, in the order of their keys; without the columns (`table.column`) named."""
    kept = (
        *tables.PROVED,
        tables.request_key,
        tables.outbox,
        note_table,
        reply_table,
    )
    found = {}
    for table in kept:
        columns = [column for column in table.columns if f"{table.name}.{column.name}" not in leave_out]
        if columns:
            found[table.name] = [tuple(row) for row in connection.execute(select(*columns).order_by(*table.primary_key.columns))]
    return found
