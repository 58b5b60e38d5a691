"""What people type into forms and addresses, read plainly: a wrong value counts as none, and is never an error by itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

MAX_DIGITS = 12
"""Digits that a typed number may have: more is no amount that anybody has."""

FIRST_YEAR = 1970
LAST_YEAR = 9998
"""Years that a typed date may have: every zone's midnights of them are instants."""


def text_of(sent: Mapping[str, Any], name: str, limit: int) -> str:
    """A field's text, cut to a limit; nothing where it is missing or a file. Without NUL, which PostgreSQL takes in no text."""
    value = sent.get(name)
    return value.replace("\0", "")[:limit] if isinstance(value, str) else ""


def uuid_of(text: str) -> UUID | None:
    """An id, or None where it isn't one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def whole_number(text: str, *, least: int, most: int) -> int | None:
    """A number typed plainly, within these bounds; else None."""
    digits = text.strip().removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > MAX_DIGITS:
        return None
    number = int(text)
    return number if least <= number <= most else None


def date_of(text: str) -> date | None:
    """A day as browsers send it, 2026-11-20; None where it isn't one."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return day if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR else None
