"""Lists by page: a page says where the next one begins, and nothing shifts meanwhile.

rows = queries.list_feed(connection, after=read_cursor(cursor, datetime, UUID), limit=limit + 1)
return page_of(rows, limit, cursor=lambda row: (row.created_at, row.id), item=Item.from_row)
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from fastapi import Query
import orjson
from pydantic import BaseModel, ConfigDict, Field

from laurels.core.errors import DomainError, Kind
from laurels.web.schemas import PLAINLY

R = TypeVar("R")
T = TypeVar("T")

MAX_PAGE = 100
MAX_CURSOR = 500
"""Longest cursor, in characters."""

_MAX_INTEGER = 2**63 - 1
_MAX_TEXT = 200

Place: TypeAlias = str | int | bool | UUID | datetime
"""What a cursor is made of."""


class CursorInvalid(DomainError):
    """The cursor isn't one that this list gave."""

    code = "cursor-invalid"
    kind = Kind.INVALID
    detail = "This cursor isn't of this list. Send next_cursor as the page before gave it, or none to begin again."


class Page(BaseModel, Generic[T]):
    """A part of a list, in its order."""

    model_config = ConfigDict(frozen=True)

    items: list[T] = Field(description="At most `limit` of them.")
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page; null on the last one.", examples=["WzE3XQ"])


PageSize = Annotated[int, Field(ge=1, le=MAX_PAGE), PLAINLY, Query(description="How many at most, 1 to 100.")]
"""The `limit` of a list; give its default in the signature."""

Cursor = Annotated[
    str | None,
    Query(max_length=MAX_CURSOR, pattern="^[A-Za-z0-9_-]+$", description="`next_cursor` of the page before; none for the first page."),
]
"""The `cursor` of a list: `cursor: Cursor = None`."""


def write_cursor(*place: Place) -> str:
    """A place in a list as opaque text: what the list is ordered by, of the last row shown."""
    return urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def read_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The place that `write_cursor` wrote; None for the first page.

    It comes from outside, so each part must be of the kind that the list says,
    and such as a database takes.

    Raises:
        CursorInvalid: it is made up, cut, or another list's.
    """
    if cursor is None:
        return None
    try:
        parts = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise CursorInvalid() from None
    if not isinstance(parts, list) or len(parts) != len(kinds):
        raise CursorInvalid()
    return tuple(_part(value, kind) for value, kind in zip(parts, kinds, strict=True))


def page_of(rows: Sequence[R], limit: int, *, cursor: Callable[[R], tuple[Place, ...]], item: Callable[[R], T]) -> Page[T]:
    """The page that begins these rows; read one row more than `limit`, so that it knows whether another follows."""
    shown = rows[:limit]
    following = write_cursor(*cursor(shown[-1])) if len(rows) > limit else None
    return Page(items=[item(row) for row in shown], next_cursor=following)


def _part(value: Any, kind: type) -> Any:
    try:
        part = _READERS[kind](value)
    except (KeyError, ValueError, TypeError, AttributeError):
        part = None
    if part is None:
        raise CursorInvalid()
    return part


def _read_integer(value: Any) -> int | None:
    return value if type(value) is int and abs(value) <= _MAX_INTEGER else None


def _read_text(value: Any) -> str | None:
    return value if isinstance(value, str) and len(value) <= _MAX_TEXT and value.isprintable() else None


def _read_instant(value: Any) -> datetime | None:
    at = datetime.fromisoformat(value)
    return at if at.tzinfo is not None and 1970 <= at.year <= 9998 else None


def _read_flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


_READERS: dict[type, Callable[[Any], Any]] = {UUID: UUID, datetime: _read_instant, int: _read_integer, str: _read_text, bool: _read_flag}
