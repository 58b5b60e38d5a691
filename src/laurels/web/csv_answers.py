"""Tables for spreadsheets, as CSV (RFC 4180) that is sent while it is made.

    return csv_answer(("date", "points"), rows, filename="statement.csv")

Spreadsheets take a cell that begins with `=`, `+`, `-` or `@` for a formula,
and what is in it may come from a stranger. So text that begins so gets an
apostrophe in front (OWASP, CSV Injection); numbers stay as they are.
"""

from collections.abc import Iterable, Iterator, Sequence
import csv
from io import StringIO
from itertools import chain, islice
from typing import TypeAlias

from starlette.responses import StreamingResponse

Cell: TypeAlias = str | int | None

MEDIA_TYPE = "text/csv"

ROWS_AT_ONCE = 500
"""Rows that are made and sent together."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_answer(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, filename: str) -> StreamingResponse:
    """A table to be downloaded.

    Args:
        rows: are asked for while earlier ones are being sent, on another thread; None is an empty cell.
        filename: plain ASCII.
    """
    disposition = f'attachment; filename="{filename}"'
    return StreamingResponse(csv_pieces(header, rows), media_type=MEDIA_TYPE, headers={"Content-Disposition": disposition})


def safe_cell(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell


def csv_pieces(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A table in pieces of `ROWS_AT_ONCE` rows."""
    coming = chain([header], rows)
    while piece := list(islice(coming, ROWS_AT_ONCE)):
        text = StringIO()
        csv.writer(text).writerows([safe_cell(cell) for cell in row] for row in piece)
        yield text.getvalue().encode()
