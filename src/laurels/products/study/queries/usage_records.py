"""Usage records: each call of a model, with what it took and who was billed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from laurels.products.study.tables import Usage, study_usage

RECORDS_AT_ONCE = 1_000
"""Records that a walk reads together."""


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records are wanted.

    Attributes:
        user_id: of whom; None: of everybody in the class.
        class_id: of one class; None: of all, which needs `user_id`.
        operation_type: `CHAT` or `EMBEDDING`; None: both.
    """

    user_id: UUID | None
    class_id: UUID | None = None
    operation_type: str | None = None

    def __post_init__(self) -> None:
        if self.user_id is None and self.class_id is None:
            raise ValueError("records are of somebody, or of a class")


def list_records(connection: Connection, wanted: RecordFilter, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Usage]:
    """Records, the newest first; `before` is the (created_at, id) of the last one of the page before."""
    usage = study_usage.c
    found = select(study_usage)
    if wanted.user_id is not None:
        found = found.where(usage.user_id == wanted.user_id)
    if wanted.class_id is not None:
        found = found.where(usage.class_id == wanted.class_id)
    if wanted.operation_type is not None:
        found = found.where(usage.operation_type == wanted.operation_type)
    if before is not None:
        found = found.where(tuple_(usage.created_at, usage.id) < tuple_(*before, types=[usage.created_at.type, usage.id.type]))
    return [Usage(*row) for row in connection.execute(found.order_by(usage.created_at.desc(), usage.id.desc()).limit(limit))]


def walk_records(connect: Callable[[], AbstractContextManager[Connection]], wanted: RecordFilter, *, most: int) -> Iterator[Usage]:
    """The same without pages, for a file: read in pieces, each with a connection of its own.

    Args:
        most: records; what is older is left out.
    """
    before: tuple[datetime, UUID] | None = None
    left = most
    while left > 0:
        with connect() as connection:
            found = list_records(connection, wanted, limit=min(left, RECORDS_AT_ONCE), before=before)
        yield from found
        if len(found) < RECORDS_AT_ONCE:
            return
        left -= len(found)
        before = (found[-1].created_at, found[-1].id)
