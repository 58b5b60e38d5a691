"""Files of purchases for tests: written, read again, and what came out."""

from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from laurels.products.loyalty.imports import FileRow, FileShape, PurchaseRow, Skipped, read_purchases


class Reading(Protocol):
    """`read_text`, of a file that is known."""

    def __call__(self, layout: str, text: str | bytes, *, currency: str = "EUR", zone: str = "UTC", **shape: object) -> list[FileRow]: ...


def read_text(file: Path, layout: str, text: str | bytes, *, currency: str = "EUR", zone: str = "UTC", **shape: object) -> list[FileRow]:
    """Write a file and give its rows."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_purchases(file, layout, FileShape(currency, ZoneInfo(zone), **shape)))  # type: ignore[arg-type]


def bought(row: FileRow) -> PurchaseRow:
    """The row, which is a purchase."""
    assert isinstance(row, PurchaseRow), row
    return row


def skipped(row: FileRow) -> Skipped:
    """The row, which is left out."""
    assert isinstance(row, Skipped), row
    return row
