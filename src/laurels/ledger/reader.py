"""The ledger's reading door: balances, statements, previews, and the proof that the books are right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select, Table, and_, literal, or_, select, union_all

from laurels.ledger import tables
from laurels.ledger.account import Account
from laurels.ledger.audit import Finding, Verified, verify
from laurels.ledger.draft import Decision, Draft
from laurels.ledger.keys import RequestKey, request_hash
from laurels.ledger.load import load_view
from laurels.ledger.lot_uses import LotUse, lot_uses, references
from laurels.ledger.read_lots import due_holds, due_lots, lots, open_lots
from laurels.ledger.read_ranks import Ranked, list_ranked, number_above, ranked_total
from laurels.ledger.sets import fetch_rows

__all__ = [
    "Finding",
    "Head",
    "Line",
    "LotUse",
    "Movement",
    "Ranked",
    "Verified",
    "balance_as_of",
    "balances",
    "board",
    "due_holds",
    "due_lots",
    "entry",
    "heads",
    "is_request_known",
    "journal",
    "list_ranked",
    "lot",
    "lot_change",
    "lot_uses",
    "lots",
    "number_above",
    "number_of",
    "open_lots",
    "posting",
    "preview",
    "purses_behind",
    "ranked_total",
    "references",
    "statement",
    "verify",
]

A = TypeVar("A")

MAX_STATEMENT_ACCOUNTS = 16
"""Most accounts of one statement: each is read through its own index range."""

board: Table = tables.account
"""For leaderboards: rows where `board` is true have an index on (book, purpose, window, board_balance descending, owner_id)."""

entry: Table = tables.entry
lot: Table = tables.lot
lot_change: Table = tables.lot_change
posting: Table = tables.posting
"""For sums over many: open lots have indexes on (account, expires_at), (book, expires_at) and (book, usable_from) where
`left > 0`; changes one on (book, lot_sequence, lot_position); postings on (source, sequence) and (target, sequence);
entries on (book, sequence)."""


def number_of(book: str) -> ScalarSelect[int]:
    """A book's number, to be compared with `board`'s."""
    return select(tables.book.c.id).where(tables.book.c.name == book).scalar_subquery()


def preview(connection: Connection, decision: Decision[A], at: datetime) -> A:
    """Decide without writing: what would be true at an instant, through the same rule that posts.

    Raises:
        DomainError: the decision refuses.
    """
    needs, books = decision.needs(), {}
    if needs.reversals or needs.holds:
        books = {row.name: row.id for row in connection.execute(select(tables.book).where(tables.book.c.name == decision.book))}
    view = load_view(connection, [(decision.book, needs)], books)
    return decision.decide(Draft(view, book=decision.book, entry=0, at=at))


def balances(connection: Connection, accounts: Iterable[Account]) -> dict[Account, int]:
    """What accounts hold as last posted; 0 for one never touched."""
    listed = list(accounts)
    held = dict.fromkeys(listed, 0)
    for place, (balance,) in fetch_rows(connection, tables.account, ("id",), [(account.id,) for account in listed], ("balance",)):
        held[listed[place]] = balance
    return held


def balance_as_of(connection: Connection, account: Account, at: datetime) -> int:
    """What an account held at an instant, by when entries were recorded (not when they occurred)."""
    book, chain, posting = tables.book, tables.chain, tables.posting
    batch = connection.execute(
        select(chain.c.book, chain.c.last_sequence)
        .join(book, book.c.id == chain.c.book)
        .where(book.c.name == account.book, chain.c.recorded_at <= at)
        .order_by(chain.c.recorded_at.desc(), chain.c.last_sequence.desc())
        .limit(1)
    ).first()
    if batch is None:
        return 0
    sides = [
        select(posting.c.sequence, posting.c.position, after.label("balance"))
        .where(side == account.id, posting.c.book == batch.book, posting.c.sequence <= batch.last_sequence)
        .order_by(posting.c.sequence.desc(), posting.c.position.desc())
        .limit(1)
        for side, after in ((posting.c.source, posting.c.source_balance), (posting.c.target, posting.c.target_balance))
    ]
    last = max((tuple(row) for side in sides for row in connection.execute(side)), default=(0, 0, 0))
    return int(last[2])


def last_sequences(connection: Connection, book: str, instants: Sequence[datetime]) -> list[int]:
    """The last entry of a book recorded before each of some instants, in their order; 0 where there is none.

    For sums of days: an account's postings are found by their sequence.
    """
    if not instants:
        return []
    chain = tables.chain
    before = [
        select(chain.c.last_sequence)
        .where(chain.c.book == number_of(book), chain.c.recorded_at < at)
        .order_by(chain.c.recorded_at.desc(), chain.c.last_sequence.desc())
        .limit(1)
        .scalar_subquery()
        .label(f"before_{place}")
        for place, at in enumerate(instants)
    ]
    return [last or 0 for last in connection.execute(select(*before)).one()]


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a posting, as an account's statement shows it.

    Attributes:
        account_id: the account it is a line of; `other_id` stands on the other side.
        amount: what it added; negative for what left.
        balance: what the account held after it.
        window: the period it belongs to, where that isn't the entry's time.
        name: the entry's decision: `give_credits`.
        reference: what the entry is about.
    """

    sequence: int
    position: int
    account_id: str
    other_id: str
    amount: int
    balance: int
    kind: str
    window: str | None
    name: str
    actor: str
    reference: UUID | None
    occurred_at: datetime
    recorded_at: datetime


def statement(connection: Connection, accounts: Sequence[Account], *, limit: int, before: tuple[int, int] | None = None) -> list[Line]:
    """Accounts' lines, newest first; all of one book.

    A posting between two of the accounts gives two lines, which a page's end may
    part: ask for accounts between which nothing moves.

    Args:
        before: (sequence, position) of the last line of the page before.

    Raises:
        ValueError: no account, too many, or of several books: a mistake of the caller.
    """
    books = {account.book for account in accounts}
    if len(books) != 1 or len(accounts) > MAX_STATEMENT_ACCOUNTS:
        raise ValueError(f"a statement is of 1 to {MAX_STATEMENT_ACCOUNTS} accounts of one book")
    entry = tables.entry
    sides = [side for account in accounts for side in _sides(account, limit, before)]
    lines = union_all(*(select(side.subquery()) for side in sides)).subquery()
    found = connection.execute(
        select(lines, entry.c.name, entry.c.actor, entry.c.reference, entry.c.occurred_at, entry.c.recorded_at)
        .join(entry, and_(entry.c.book == lines.c.book, entry.c.sequence == lines.c.sequence))
        .order_by(lines.c.sequence.desc(), lines.c.position.desc(), lines.c.amount)
        .limit(limit)
    )
    return [Line(*row[1:]) for row in found]


def _sides(account: Account, limit: int, before: tuple[int, int] | None) -> list[Select[Any]]:
    """An account's newest postings as source and as target, each through its own index."""
    posting = tables.posting
    made: list[Select[Any]] = []
    for mine, other, amount, after in (
        (posting.c.source, posting.c.target, -posting.c.amount, posting.c.source_balance),
        (posting.c.target, posting.c.source, posting.c.amount, posting.c.target_balance),
    ):
        made.append(
            select(
                posting.c.book,
                posting.c.sequence,
                posting.c.position,
                mine.label("account_id"),
                other.label("other_id"),
                amount.label("amount"),
                after.label("balance"),
                posting.c.kind,
                posting.c.window,
            )
            .where(mine == account.id, _earlier(before))
            .order_by(posting.c.sequence.desc(), posting.c.position.desc())
            .limit(limit)
        )
    return made


def _earlier(before: tuple[int, int] | None) -> ColumnElement[bool]:
    posting = tables.posting
    if before is None:
        return literal(value=True)
    sequence, position = before
    return or_(posting.c.sequence < sequence, and_(posting.c.sequence == sequence, posting.c.position < position))


@dataclass(frozen=True, slots=True)
class Movement:
    """A posting as a book's journal shows it, between accounts by name: `credit/member/<id>/allowance`."""

    sequence: int
    position: int
    source: str
    target: str
    amount: int
    kind: str
    window: str | None
    name: str
    actor: str
    reference: UUID | None
    occurred_at: datetime
    recorded_at: datetime


def journal(connection: Connection, book: str, *, limit: int) -> list[Movement]:
    """A book's postings, newest first; none where there is no such book."""
    entry, posting, books = tables.entry, tables.posting, tables.book
    found = connection.execute(
        select(posting, entry.c.name, entry.c.actor, entry.c.reference, entry.c.occurred_at, entry.c.recorded_at)
        .join(entry, and_(entry.c.book == posting.c.book, entry.c.sequence == posting.c.sequence))
        .where(posting.c.book == select(books.c.id).where(books.c.name == book).scalar_subquery())
        .order_by(posting.c.sequence.desc(), posting.c.position.desc())
        .limit(limit)
    ).all()
    names = _account_names(connection, {identifier for row in found for identifier in (row.source, row.target)})
    return [
        Movement(row.sequence, row.position, names[row.source], names[row.target], row.amount, row.kind, row.window, *row[-5:])
        for row in found
    ]


def _account_names(connection: Connection, ids: set[str]) -> dict[str, str]:
    listed = sorted(ids)
    wanted = ("asset", "owner", "purpose", "window")
    return {
        listed[place]: "/".join(part for part in parts if part)
        for place, parts in fetch_rows(connection, tables.account, ("id",), [(one,) for one in listed], wanted)
    }


def is_request_known(connection: Connection, book: str, request: RequestKey) -> bool:
    """Whether a request key remembers an outcome, so that its replay isn't counted against a rate."""
    key = request_hash(book, request)
    return connection.execute(select(tables.request_key.c.hash).where(tables.request_key.c.hash == key)).first() is not None


def purses_behind(connection: Connection, book: str, purpose: str, window: str, *, limit: int, after: UUID | None = None) -> list[UUID]:
    """Owners, by id, whose purse of a purpose was last turned to a window before `window`.

    What a monthly job still has to touch; `after` is the last of the page before.
    """
    account, books = tables.account, tables.book
    found = connection.execute(
        select(account.c.owner_id)
        .join(books, books.c.id == account.c.book)
        .where(
            books.c.name == book,
            account.c.purpose == purpose,
            account.c.turned_to.is_not(None),
            account.c.turned_to < window,
            account.c.owner_id > after if after is not None else account.c.owner_id.is_not(None),
        )
        .order_by(account.c.owner_id)
        .limit(limit)
    )
    return [row.owner_id for row in found]


@dataclass(frozen=True, slots=True)
class Head:
    """Where a book stands."""

    name: str
    sequence: int
    hash: str
    recorded_at: datetime | None


def heads(connection: Connection) -> list[Head]:
    """Every book's head, by name."""
    book = tables.book
    return [
        Head(*row)
        for row in connection.execute(select(book.c.name, book.c.sequence, book.c.hash, book.c.recorded_at).order_by(book.c.name))
    ]
