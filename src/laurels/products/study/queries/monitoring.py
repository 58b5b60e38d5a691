"""What study does, for staff: numbers, names of classes, and why documents can't be read. Never what a document or a chat says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, literal, select, tuple_

from laurels.core.database import among
from laurels.identity.tables import member
from laurels.ledger.reader import balances
from laurels.products.study.accounts import seats
from laurels.products.study.tables import study_class, study_document, study_usage

STATES = ("PENDING", "PROCESSING", "READY", "FAILED")
"""Of a document, in the order that it goes through them."""


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """How many classes there are; deleted ones don't count."""

    active: int
    archived: int


@dataclass(frozen=True, slots=True)
class FailedDocument:
    """A document that can't be read: of which class, and why. Neither its name nor its words."""

    class_id: UUID
    class_name: str
    file_type: str
    size_bytes: int
    error_code: str
    error: str
    tries: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents of classes and chats by state, and the latest of those that failed."""

    by_state: dict[str, int]
    failed: tuple[FailedDocument, ...]

    @property
    def number(self) -> int:
        """All of them."""
        return sum(self.by_state.values())


@dataclass(frozen=True, slots=True)
class OpenHold:
    """Tokens that are set aside for a call that goes on."""

    class_id: UUID
    class_name: str
    operation_type: str
    model_name: str
    held: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OpenHolds:
    """What is set aside now: `number` calls, `tokens` for all of them, and the oldest ones."""

    number: int
    tokens: int
    oldest: tuple[OpenHold, ...]


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class as staff see it.

    Attributes:
        members: its owner among them.
        documents: the class's own, by state; those of chats aren't counted.
        tokens, cost: since the instant that was asked for.
    """

    id: UUID
    name: str
    owner_name: str
    is_active: bool
    created_at: datetime
    members: int
    documents: dict[str, int]
    tokens: int
    cost: int


def count_classes(connection: Connection) -> ClassCounts:
    """How many classes there are."""
    wanted = select(study_class.c.is_active, func.count()).where(study_class.c.deleted_at.is_(None)).group_by(study_class.c.is_active)
    found = {bool(is_active): number for is_active, number in connection.execute(wanted)}
    return ClassCounts(found.get(True, 0), found.get(False, 0))


def read_documents(connection: Connection, *, limit: int) -> Documents:
    """How documents are doing, and the latest so many of those that can't be read."""
    row = study_document.c
    is_kept = row.deleted_at.is_(None)
    counted = connection.execute(select(row.processing_status, func.count()).where(is_kept).group_by(row.processing_status))
    known = {one[0]: one[1] for one in counted}
    columns = (row.class_id, study_class.c.name, row.file_type, row.size_bytes, row.error_code, row.error, row.tries, row.created_at)
    failed = (
        select(*columns)
        .join(study_class, study_class.c.id == row.class_id)
        .where(is_kept, row.processing_status == literal("FAILED", literal_execute=True))
        .order_by(row.created_at.desc(), row.id.desc())
        .limit(limit)
    )
    return Documents({state: known.get(state, 0) for state in STATES}, tuple(FailedDocument(*one) for one in connection.execute(failed)))


def read_holds(connection: Connection, *, limit: int) -> OpenHolds:
    """What is set aside now, and the oldest so many of the calls that it is for."""
    row = study_usage.c
    is_held = row.status == literal("held", literal_execute=True)  # written out, for the partial index to be used
    number, tokens = connection.execute(select(func.count(), func.coalesce(func.sum(row.held), 0)).where(is_held)).one()
    columns = (row.class_id, study_class.c.name, row.operation_type, row.model_name, row.held, row.created_at)
    oldest = select(*columns).join(study_class, study_class.c.id == row.class_id).where(is_held)
    found = connection.execute(oldest.order_by(row.created_at, row.id).limit(limit))
    return OpenHolds(number, int(tokens), tuple(OpenHold(*one) for one in found))


def list_class_rows(
    connection: Connection, *, since: datetime, limit: int, before: tuple[datetime, UUID] | None = None
) -> tuple[list[ClassRow], bool]:
    """Classes, the newest first, and whether there are more; four statements, however many they are.

    Args:
        since: from when on tokens count.
        before: (created_at, id) of the last one of the page before.
    """
    row = study_class.c
    wanted = select(row.id, row.name, member.c.display_name, row.is_active, row.created_at).join(member, member.c.id == row.owner_id)
    wanted = wanted.where(row.deleted_at.is_(None))
    if before is not None:
        wanted = wanted.where(tuple_(row.created_at, row.id) < tuple_(*before, types=[row.created_at.type, row.id.type]))
    found = connection.execute(wanted.order_by(row.created_at.desc(), row.id.desc()).limit(limit + 1)).all()
    ids = [one.id for one in found[:limit]]
    taken = balances(connection, [seats(class_id) for class_id in ids]) if ids else {}
    documents, spent = _documents_of(connection, ids), _spent_in(connection, ids, since)
    rows = [ClassRow(*one, taken[seats(one.id)], documents.get(one.id, {}), *spent.get(one.id, (0, 0))) for one in found[:limit]]
    return rows, len(found) > limit


def _documents_of(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    row = study_document.c
    counted = (
        select(row.class_id, row.processing_status, func.count())
        .where(among(connection.dialect, row.class_id, ids), row.session_id.is_(None), row.deleted_at.is_(None))
        .group_by(row.class_id, row.processing_status)
    )
    found: dict[UUID, dict[str, int]] = {}
    for class_id, status, number in connection.execute(counted):
        found.setdefault(class_id, {})[status] = number
    return found


def _spent_in(connection: Connection, ids: Sequence[UUID], since: datetime) -> dict[UUID, tuple[int, int]]:
    row = study_usage.c
    summed = (
        select(row.class_id, func.sum(row.input_tokens + row.output_tokens), func.sum(row.cost))
        .where(among(connection.dialect, row.class_id, ids), row.created_at >= since, row.status == "settled")
        .group_by(row.class_id)
    )
    return {class_id: (int(tokens), int(cost)) for class_id, tokens, cost in connection.execute(summed)}
