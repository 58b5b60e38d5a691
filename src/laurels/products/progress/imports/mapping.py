"""CSV of any system: its columns are found by the names that a mapping gives them; a line is an activity."""

from collections.abc import Iterable, Mapping

from laurels.core.cells import read_count, read_line, read_time
from laurels.core.delimited import Columns, Sheet, Unreadable
from laurels.identity.cells import read_member
from laurels.products.progress.bounds import MAX_ACTIVITY_DESCRIPTION, MAX_EVENT_ID, MAX_SLUG
from laurels.products.progress.imports.rows import ActivityRow, FileShape, Read
from laurels.products.progress.rules import OPEN_TYPES, ActivityType
from laurels.products.progress.rules.clauses import MAX_ACTIVITY_POINTS

COLUMNS = ("event_id", "member", "amount", "activity_type", "occurred_at", "description", "topic")
"""What a CSV may have, by the names that its header should use."""

_NEEDED = ("event_id", "member", "amount", "activity_type", "occurred_at")
_EXAMPLE = "--column member=student --column amount=points"


def read_mapped(lines: Iterable[str], shape: FileShape) -> Read:
    """Activities in the order of the file.

    Raises:
        FileUnusable: a column is missing.
    """
    for row in Sheet(lines, Columns(COLUMNS, _NEEDED, shape.columns, _EXAMPLE), delimiter=shape.delimiter).rows():
        if isinstance(row, Unreadable):
            yield row
            continue
        try:
            yield _activity(row.line, row.cells, shape)
        except ValueError as error:
            yield Unreadable(row.line, str(error))


def _activity(line: int, cells: Mapping[str, str], shape: FileShape) -> ActivityRow:
    kind = _kind(cells["activity_type"])
    description, topic = cells.get("description", ""), cells.get("topic", "")
    return ActivityRow(
        line=line,
        event_id=read_line(cells["event_id"], "event_id", MAX_EVENT_ID),
        member=read_member(cells["member"]),
        points=read_count(cells["amount"], "amount", MAX_ACTIVITY_POINTS),
        kind=kind,
        description=read_line(description, "description", MAX_ACTIVITY_DESCRIPTION) if description.strip() else kind.label,
        topic=read_line(topic, "topic", MAX_SLUG) if topic.strip() else None,
        occurred_at=read_time(cells["occurred_at"], shape.zone, shape.time_format),
    )


def _kind(text: str) -> ActivityType:
    said = text.strip().lower()
    if said not in OPEN_TYPES:
        raise ValueError(f"activity_type: expected one of {', '.join(OPEN_TYPES)}")
    return ActivityType(said)
