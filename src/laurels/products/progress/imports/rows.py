"""What a file of activities becomes, and how one is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

from laurels.core.delimited import Unreadable
from laurels.products.progress.rules import ActivityType


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity as a file tells it.

    Attributes:
        line: where in the file, from 1.
        event_id: under which it is accepted once, for ever.
        member: a student id or a member's id.
        points: from 1, before multipliers and caps.
        occurred_at: in UTC.
    """

    line: int
    event_id: str
    member: str
    points: int
    kind: ActivityType
    description: str
    topic: str | None
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class FileShape:
    """How a file is written.

    Attributes:
        zone: of days, and of times without an offset: the community's.
        columns: the file's own names of columns, by ours.
        delimiter: one character between cells, or `tab`.
        time_format: of `strptime`; ISO 8601 without one.
    """

    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","
    time_format: str | None = None


Read: TypeAlias = Iterator[ActivityRow | Unreadable]
