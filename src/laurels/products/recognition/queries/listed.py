"""What every list of this product gives, and conditions that several of them need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, FromClause, and_, tuple_

from laurels.core.windows import Month, month_end, month_start
from laurels.web.pagination import Place

T = TypeVar("T")

_UTC = ZoneInfo("UTC")
_WIDEST_OFFSET = timedelta(hours=26)
"""More than any zone's distance from UTC."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """A part of a list.

    Attributes:
        following: where the next part begins: hand it in again; None at the end.
    """

    items: list[T]
    following: tuple[Place, ...] | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What everyone may know of a member."""

    id: UUID
    student_id: str
    display_name: str


def older_than(table: FromClause, place: tuple[datetime, UUID]) -> ColumnElement[bool]:
    """Rows after a place in a list that goes by (created_at, id), newest first."""
    created_at, identifier = table.c.created_at, table.c.id
    return tuple_(created_at, identifier) < tuple_(*place, types=[created_at.type, identifier.type])


def in_month(table: FromClause, month: Month) -> ColumnElement[bool]:
    """Rows of a month. The instants around it, in whatever zone, let an index that goes by time find them."""
    created_at: ColumnElement[Any] = table.c.created_at
    begin, end = month_start(month, _UTC) - _WIDEST_OFFSET, month_end(month, _UTC) + _WIDEST_OFFSET
    return and_(table.c.month == month, created_at >= begin, created_at < end)
