"""What people type into forms and addresses, read plainly: a wrong value counts as none, and is never an error by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.core.text import normalize_line
from laurels.core.windows import day_start

MAX_DIGITS = 12
"""Digits that a typed number may have: more is no amount that anybody has."""

FIRST_YEAR = 1970
LAST_YEAR = 9998
"""Years that a typed date may have: every zone's midnights of them are instants."""


def text_of(sent: Mapping[str, Any], name: str, limit: int) -> str:
    """A field's text, cut to a limit; nothing where it is missing or a file. Without NUL, which PostgreSQL takes in no text."""
    value = sent.get(name)
    return value.replace("\0", "")[:limit] if isinstance(value, str) else ""


def search_of(text: str) -> str:
    """What somebody looks for, as names are kept; nothing where it holds what no name may: that finds nobody in particular."""
    try:
        return normalize_line(text)
    except ValueError:
        return ""


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


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days that a list is narrowed to; a wrong one counts as none.

    Attributes:
        since: the first day that counts.
        until: the last.
    """

    since: date | None = None
    until: date | None = None

    @staticmethod
    def of_query(sent: Mapping[str, Any]) -> "DaySpan":
        """The days of an address: its `from` and `to`."""
        return DaySpan(date_of(text_of(sent, "from", 10)), date_of(text_of(sent, "to", 10)))

    def query(self) -> dict[str, str]:
        """The same as they were sent."""
        return {name: day.isoformat() if day else "" for name, day in (("from", self.since), ("to", self.until))}

    def begins(self, zone: ZoneInfo) -> datetime | None:
        """The first instant that counts, by a zone's midnights."""
        return None if self.since is None else day_start(self.since, zone)

    def ends(self, zone: ZoneInfo) -> datetime | None:
        """The first that no longer counts."""
        return None if self.until is None else day_start(self.until + timedelta(days=1), zone)

    def instants(self, zone: ZoneInfo) -> dict[str, str]:
        """The bounds as the API takes them."""
        return {name: at.isoformat() if at else "" for name, at in (("from", self.begins(zone)), ("to", self.ends(zone)))}


ALL_DAYS = DaySpan()
"""Days that narrow nothing."""
