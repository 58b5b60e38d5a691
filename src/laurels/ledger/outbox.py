"""Facts as they left the ledger: written in the batch that made them, read by whoever listens.

Within a book, order of commit is order of sequence (its head is locked to the
commit), so a reader that remembers how far it came in each book misses
nothing. A *reader* shares its work among workers: each takes a *piece* (a
stretch of one book's facts) with a lease, and what a dead worker held is taken
again. A piece that failed is split into single facts, so that one poisoned
fact is set aside alone and the others go on.

Facts are delivered at least once and, after failures, out of order.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, insert, or_, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from laurels.ledger.tables import book, outbox, outbox_claim, outbox_reader

LAST_POSITION = 32_767
"""Past every fact of an entry."""

MAX_ERROR_LENGTH = 500
"""How much of an error is kept."""

PURGED_AT_ONCE = 10_000
"""Most entries whose facts one purge deletes in a book: it must not hold the database long."""

MAX_LISTED = 1_000
"""Most facts set aside that are listed."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact, as the outbox holds it.

    Attributes:
        book: the name of the book whose entry told it.
        sequence: that entry's number; with `position` it orders the facts of a book without a gap in time.
        name: the fact's name: `recognition.given`.
        payload: its fields, JSON of ids and numbers.
    """

    book: str
    sequence: int
    position: int
    name: str
    payload: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """A piece of the outbox that one worker holds.

    Attributes:
        holder: proves the taking: a worker whose lease ran out can't finish what another took since.
        tries: takings so far, this one included.
    """

    id: UUID
    reader: str
    holder: UUID
    tries: int
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A fact that a reader failed to handle too often; it waits for a person."""

    reader: str
    book: str
    sequence: int
    position: int
    tries: int
    error: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Tail:
    """What was told since: the facts in order, and from where to go on."""

    told: list[Told]
    reached: dict[str, int]


# Sharing among workers


def has_work(connection: Connection, reader: str, *, now: datetime) -> bool:
    """Whether a claim may find something: a cheap look that locks nothing."""
    behind = select(book.c.id).select_from(_books_of(reader)).where(_is_behind())
    due = select(outbox_claim.c.id).where(_is_due(reader, now))
    return bool(connection.scalar(select(or_(exists(behind), exists(due)))))


def claim(
    connection: Connection, reader: str, *, names: Collection[str], limit: int, now: datetime, lease: timedelta, max_tries: int
) -> Claim | None:
    """Take the next piece for a reader, with at most `limit` facts of the given names; None if there is nothing to do now.

    What failed or was abandoned comes first. An abandoned piece is split before
    it is tried again: one of its facts may be what killed the worker. Call it in
    a transaction of its own and commit before handling.
    """
    wanted = sorted(names)
    while (row := _next_due(connection, reader, now)) is not None:
        told = _facts(connection, row, wanted)
        if not told:
            connection.execute(delete(outbox_claim).where(outbox_claim.c.id == row.id))  # purged, or wanted no more
        elif len(told) > 1:
            _split(connection, row, told, now)
        elif row.tries >= max_tries:
            _set_aside(connection, row.id, told[0], row.error or "the worker died while handling it", now)
        else:
            return _take(connection, row, told[0], now + lease)
    return _take_new(connection, reader, wanted, limit=limit, now=now, lease=lease)


def renew(connection: Connection, held: Claim, *, until: datetime) -> bool:
    """Hold a piece longer; False if another worker has it by now."""
    renewed = connection.execute(update(outbox_claim).where(_is_held(held)).values(lease_until=until))
    return renewed.rowcount == 1


def finish(connection: Connection, held: Claim) -> bool:
    """A piece is handled. False if the lease ran out and another worker has it: it will be handled again."""
    return connection.execute(delete(outbox_claim).where(_is_held(held))).rowcount == 1


def fail(connection: Connection, held: Claim, *, error: str, now: datetime, retry_at: datetime, max_tries: int) -> bool:
    """A piece failed: split it, or have a single fact tried again, or set it aside after its last try.

    Gives whether it was set aside just now.
    """
    row = connection.execute(select(outbox_claim).where(_is_held(held))).one_or_none()
    if row is None:
        return False
    if len(held.told) > 1:
        _split(connection, row, held.told, now)
        return False
    if held.tries >= max_tries:
        _set_aside(connection, held.id, held.told[0], error, now)
        return True
    waiting = update(outbox_claim).where(outbox_claim.c.id == held.id)
    connection.execute(waiting.values(lease_until=retry_at, error=error[:MAX_ERROR_LENGTH], holder=uuid4()))
    return False


# What was set aside


def list_set_aside(connection: Connection) -> list[SetAside]:
    """The facts that readers gave up on, oldest first, at most a thousand."""
    given_up = (
        select(outbox_claim, book.c.name)
        .join(book)
        .where(outbox_claim.c.set_aside_at.is_not(None))
        .order_by(outbox_claim.c.set_aside_at, outbox_claim.c.id)
        .limit(MAX_LISTED)
    )
    return [
        SetAside(row.reader, row.name, row.to_sequence, row.to_position, row.tries, row.error, row.set_aside_at)
        for row in connection.execute(given_up)
    ]


def retry_set_aside(connection: Connection, reader: str, *, now: datetime) -> int:
    """Give a reader's set-aside facts their tries again, once their cause is mended; gives how many."""
    again = update(outbox_claim).where(outbox_claim.c.reader == reader, outbox_claim.c.set_aside_at.is_not(None))
    return connection.execute(again.values(set_aside_at=None, tries=0, lease_until=now)).rowcount


# Following without claiming


def heads(connection: Connection) -> dict[str, int]:
    """The last sequence of every book: where a tail that begins now goes on from."""
    return {row.name: row.sequence for row in connection.execute(select(book.c.name, book.c.sequence))}


def tail(connection: Connection, after: Mapping[str, int], limit: int) -> Tail:
    """The facts told after the given sequence of each book (0 where none is given), about `limit` of each book; entries come whole."""
    told: list[Told] = []
    reached = dict(after)
    for head in connection.execute(select(book).order_by(book.c.id)).all():
        begin = after.get(head.name, 0)
        if head.sequence <= begin:
            continue
        last = head.sequence
        between = and_(outbox.c.book == head.id, outbox.c.sequence > begin, outbox.c.sequence <= head.sequence)
        in_order = select(outbox.c.sequence).where(between).order_by(outbox.c.sequence, outbox.c.position)
        cut = connection.scalar(in_order.offset(limit).limit(1))
        if cut is not None:
            last = max(cut - 1, begin + 1)
        told += _read(connection, head.name, and_(between, outbox.c.sequence <= last))
        reached[head.name] = last
    return Tail(told, reached)


def tail_of(connection: Connection, name: str, after: int, *, names: Collection[str], limit: int) -> Tail:
    """The facts of some names told in one book after a sequence, `limit` at most: for a process that waits for few among many."""
    head = connection.execute(select(book).where(book.c.name == name)).one_or_none()
    if head is None or head.sequence <= after:
        return Tail([], {name: after})
    between = and_(outbox.c.book == head.id, outbox.c.sequence > after, outbox.c.sequence <= head.sequence)
    told = _read(connection, name, between, names=sorted(names), limit=limit)
    return Tail(told, {name: told[-1].sequence if len(told) == limit else head.sequence})


# Tidying


def purge(connection: Connection, before: datetime, *, readers: Collection[str]) -> int:
    """Delete facts recorded before an instant that every one of the readers is done with; gives how many.

    A fact that a reader still holds, or has set aside, stays.
    """
    books = connection.scalars(select(book.c.id).order_by(book.c.id)).all()
    return sum(_purge_book(connection, book_id, before, sorted(readers)) for book_id in books)


def _purge_book(connection: Connection, book_id: int, before: datetime, readers: Sequence[str]) -> int:
    done = connection.execute(select(outbox_reader).where(outbox_reader.c.book == book_id, outbox_reader.c.reader.in_(readers))).all()
    if len(done) < len(readers):
        return 0  # one of them hasn't begun with this book
    place = tuple_(outbox.c.sequence, outbox.c.position)
    is_held = exists().where(
        outbox_claim.c.book == book_id,
        outbox_claim.c.reader.in_(readers),
        place > tuple_(outbox_claim.c.after_sequence, outbox_claim.c.after_position),
        place <= tuple_(outbox_claim.c.to_sequence, outbox_claim.c.to_position),
    )
    conditions = [outbox.c.book == book_id, outbox.c.recorded_at < before, ~is_held]
    if done:
        conditions.append(place <= _literal(min((row.sequence, row.position) for row in done)))
    first = select(outbox.c.sequence).where(*conditions).order_by(outbox.c.sequence).limit(PURGED_AT_ONCE).subquery()
    last = connection.scalar(select(func.max(first.c.sequence)))
    if last is None:
        return 0
    return connection.execute(delete(outbox).where(*conditions, outbox.c.sequence <= last)).rowcount


# Pieces


def _books_of(reader: str) -> Any:
    return book.outerjoin(outbox_reader, and_(outbox_reader.c.book == book.c.id, outbox_reader.c.reader == reader))


def _is_behind() -> ColumnElement[bool]:
    stopped_inside = and_(book.c.sequence == outbox_reader.c.sequence, outbox_reader.c.position < LAST_POSITION)
    return or_(book.c.sequence > func.coalesce(outbox_reader.c.sequence, 0), stopped_inside)


def _is_due(reader: str, now: datetime) -> ColumnElement[bool]:
    return and_(outbox_claim.c.reader == reader, outbox_claim.c.lease_until <= now, outbox_claim.c.set_aside_at.is_(None))


def _is_held(held: Claim) -> ColumnElement[bool]:
    return and_(outbox_claim.c.id == held.id, outbox_claim.c.holder == held.holder)


def _next_due(connection: Connection, reader: str, now: datetime) -> Row[Any] | None:
    due = select(outbox_claim).where(_is_due(reader, now)).order_by(outbox_claim.c.lease_until, outbox_claim.c.id).limit(1)
    return connection.execute(due.with_for_update(skip_locked=True)).one_or_none()


def _take(connection: Connection, row: Row[Any], one: Told, until: datetime) -> Claim:
    held = Claim(row.id, row.reader, uuid4(), row.tries + 1, (one,))
    taking = update(outbox_claim).where(outbox_claim.c.id == row.id)
    connection.execute(taking.values(**_only(one), holder=held.holder, lease_until=until, tries=held.tries))
    return held


def _take_new(connection: Connection, reader: str, names: Sequence[str], *, limit: int, now: datetime, lease: timedelta) -> Claim | None:
    behind = (
        select(book.c.id, book.c.name, book.c.sequence)
        .select_from(_books_of(reader))
        .where(_is_behind())
        .order_by(outbox_reader.c.taken_at.is_not(None), outbox_reader.c.taken_at, book.c.id)
    )
    for head in connection.execute(behind).all():
        place = _lock_place(connection, reader, head.id)
        if place is None:
            continue  # another worker is taking from this book right now
        end = (head.sequence, LAST_POSITION)
        told = _read(connection, head.name, _between(head.id, place, end), names=names, limit=limit)
        if len(told) == limit:
            end = (told[-1].sequence, told[-1].position)
        _move(connection, reader, head.id, end, now)
        if told:
            return _insert_piece(connection, reader, head.id, place, end, told, until=now + lease)
    return None


def _lock_place(connection: Connection, reader: str, book_id: int) -> tuple[int, int] | None:
    """How far the reader came in a book, locked against other workers; None where one of them has it."""
    begun = _insert_unless_there(connection).values(reader=reader, book=book_id, sequence=0, position=0, taken_at=None)
    connection.execute(begun.on_conflict_do_nothing())
    ours = select(outbox_reader).where(outbox_reader.c.reader == reader, outbox_reader.c.book == book_id)
    row = connection.execute(ours.with_for_update(skip_locked=True)).one_or_none()
    return None if row is None else (row.sequence, row.position)


def _insert_unless_there(connection: Connection) -> Any:
    """SQLAlchemy has `on conflict` in the dialects only."""
    return sqlite.insert(outbox_reader) if connection.dialect.name == "sqlite" else postgresql.insert(outbox_reader)


def _move(connection: Connection, reader: str, book_id: int, place: tuple[int, int], now: datetime) -> None:
    further = tuple_(outbox_reader.c.sequence, outbox_reader.c.position) < _literal(place)
    connection.execute(
        update(outbox_reader)
        .where(outbox_reader.c.reader == reader, outbox_reader.c.book == book_id, further)
        .values(sequence=place[0], position=place[1], taken_at=now)
    )


def _insert_piece(
    connection: Connection, reader: str, book_id: int, after: tuple[int, int], to: tuple[int, int], told: Sequence[Told], *, until: datetime
) -> Claim:
    held = Claim(uuid4(), reader, uuid4(), 1, tuple(told))
    piece = {"after_sequence": after[0], "after_position": after[1], "to_sequence": to[0], "to_position": to[1]}
    whose = {"id": held.id, "reader": reader, "book": book_id, "holder": held.holder}
    connection.execute(insert(outbox_claim).values(**piece, **whose, lease_until=until, tries=1))
    return held


def _split(connection: Connection, row: Row[Any], told: Sequence[Told], now: datetime) -> None:
    """Replace a piece by one for each of its facts, all due at once and with all their tries."""
    connection.execute(delete(outbox_claim).where(outbox_claim.c.id == row.id))
    whose = {"reader": row.reader, "book": row.book, "lease_until": now, "tries": 0}
    connection.execute(insert(outbox_claim), [{**_only(one), **whose, "id": uuid4(), "holder": uuid4()} for one in told])


def _set_aside(connection: Connection, id: UUID, one: Told, error: str, now: datetime) -> None:
    given_up = update(outbox_claim).where(outbox_claim.c.id == id)
    connection.execute(given_up.values(**_only(one), set_aside_at=now, error=error[:MAX_ERROR_LENGTH], holder=uuid4()))


def _only(one: Told) -> dict[str, int]:
    """The bounds of a piece that holds one fact."""
    return {"after_sequence": one.sequence, "after_position": one.position - 1, "to_sequence": one.sequence, "to_position": one.position}


# Facts


def _facts(connection: Connection, row: Row[Any], names: Sequence[str]) -> list[Told]:
    name = connection.execute(select(book.c.name).where(book.c.id == row.book)).scalar_one()
    piece = _between(row.book, (row.after_sequence, row.after_position), (row.to_sequence, row.to_position))
    return _read(connection, name, piece, names=names)


def _between(book_id: int, after: tuple[int, int], to: tuple[int, int]) -> ColumnElement[bool]:
    place = tuple_(outbox.c.sequence, outbox.c.position)
    return and_(outbox.c.book == book_id, place > _literal(after), place <= _literal(to))


def _literal(place: tuple[int, int]) -> Any:
    return tuple_(*place, types=[outbox.c.sequence.type, outbox.c.position.type])


def _read(
    connection: Connection, book_name: str, where: ColumnElement[bool], *, names: Sequence[str] | None = None, limit: int | None = None
) -> list[Told]:
    facts = select(outbox).where(where).order_by(outbox.c.sequence, outbox.c.position).limit(limit)
    if names is not None:
        facts = facts.where(outbox.c.name.in_(names))
    return [Told(book_name, row.sequence, row.position, row.name, row.payload, row.recorded_at) for row in connection.execute(facts)]
