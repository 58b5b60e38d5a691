"""A workplace for jobs without a server, and facts without decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert, select, update

from laurels.core.clock import Clock
from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.ledger.tables import book, outbox
from laurels.ledger.writer import Writer

RECORDED_AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """What jobs work with; the writer isn't started."""

    settings: Settings
    clock: Clock
    database: Database
    writer: Writer


def place_at(settings: Settings, clock: Clock, database: Database) -> Place:
    return Place(settings, clock, database, Writer(database, clock))


def tell(database: Database, *entries: Sequence[str], book_name: str = "recognition", at: datetime = RECORDED_AT) -> None:
    """Append entries to a book, each telling the facts named; a payload says which entry it is of."""
    with database.write.begin() as connection:
        head = connection.execute(select(book).where(book.c.name == book_name)).one_or_none()
        if head is None:
            connection.execute(insert(book).values(name=book_name, sequence=0, hash=""))
            head = connection.execute(select(book).where(book.c.name == book_name)).one()
        sequence = head.sequence
        for names in entries:
            sequence += 1
            for position, name in enumerate(names):
                fact = {"book": head.id, "sequence": sequence, "position": position, "name": name, "payload": f'{{"entry":{sequence}}}'}
                connection.execute(insert(outbox).values(**fact, recorded_at=at))
        connection.execute(update(book).where(book.c.id == head.id).values(sequence=sequence))
