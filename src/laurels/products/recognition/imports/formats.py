"""File formats, pure: lines become rows.

`collegemsg` is SNAP's: a header, then `source target seconds`, separated by
blanks; each line is worth one credit. `csv` has a header; its columns are
`sender`, `receiver`, `time` (ISO 8601 with an offset), and, where they are
there, `credits` (1 without it), `message` and `value`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from laurels.core.cells import read_count, read_seconds, read_time
from laurels.core.delimited import Columns, Sheet, Unreadable
from laurels.core.text import normalize_text
from laurels.identity.cells import read_member
from laurels.ledger import MAX_AMOUNT
from laurels.products.recognition.rules import MAX_MESSAGE, MAX_VALUE_NAME

COLUMNS = ("sender", "receiver", "time", "credits", "message", "value")
"""What a CSV may have, by the names that its header should use."""

_NEEDED = ("sender", "receiver", "time")


@dataclass(frozen=True, slots=True)
class GiftRow:
    """A gift as a file tells it.

    Attributes:
        line: where in the file, from 1.
        sender: student id of the giver.
        message: empty where the file has none.
    """

    line: int
    sender: str
    receiver: str
    at: datetime
    credits: int
    message: str
    value: str | None


Read: TypeAlias = Iterator[GiftRow | Unreadable]


def read_gifts(lines: Iterable[str], layout: str, *, columns: Mapping[str, str]) -> Read:
    """The rows of a file in a format (one of `FORMATS`).

    Args:
        columns: the file's own names of columns, by ours; for CSV only.

    Raises:
        FileUnusable: the header isn't one of this format.
    """
    return FORMATS[layout](lines, columns)


def _read_collegemsg(lines: Iterable[str], _columns: Mapping[str, str]) -> Read:
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if not parts or (number == 1 and not parts[-1].isdigit()):
            continue  # a blank line, or the header
        try:
            sender, receiver, seconds = parts
            yield GiftRow(number, read_member(sender), read_member(receiver), read_seconds(seconds), 1, "", None)
        except ValueError as error:
            yield Unreadable(number, "expected: source target seconds" if len(parts) != 3 else str(error))


def _read_csv(lines: Iterable[str], columns: Mapping[str, str]) -> Read:
    asked = Columns(COLUMNS, _NEEDED, columns, example="--column sender=from --column time=sent_at")
    for row in Sheet(lines, asked).rows():
        if isinstance(row, Unreadable):
            yield row
            continue
        try:
            yield _gift(row.line, row.cells)
        except ValueError as error:
            yield Unreadable(row.line, str(error))


FORMATS: Mapping[str, Callable[[Iterable[str], Mapping[str, str]], Read]] = {"collegemsg": _read_collegemsg, "csv": _read_csv}
"""What can be imported, by the name that `--format` takes."""


def _gift(line: int, cells: Mapping[str, str]) -> GiftRow:
    message = normalize_text(cells.get("message", ""))
    value = cells.get("value", "").strip()
    if len(message) > MAX_MESSAGE:
        raise ValueError(f"message: at most {MAX_MESSAGE} characters")
    if len(value) > MAX_VALUE_NAME:
        raise ValueError(f"value: at most {MAX_VALUE_NAME} characters")
    sender, receiver = read_member(cells["sender"]), read_member(cells["receiver"])
    credits = read_count(cells.get("credits", "1"), "credits", MAX_AMOUNT)
    return GiftRow(line, sender, receiver, read_time(cells["time"], None), credits, message, value or None)
