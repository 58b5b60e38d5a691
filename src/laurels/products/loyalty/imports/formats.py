"""Files of purchases, by the format they are in: a path becomes rows."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from laurels.core.text_files import read_lines
from laurels.products.loyalty.imports import mapping, online_retail
from laurels.products.loyalty.imports.mapping import FileShape, checked_shape
from laurels.products.loyalty.imports.rows import FileRow

FORMATS: Mapping[str, Callable[[Iterable[str], FileShape], Iterator[FileRow]]] = {
    "online-retail": online_retail.read_online_retail,
    "csv": mapping.read_mapped,
}
"""What can be imported, by the name that `--format` takes."""

COLUMNS: Mapping[str, tuple[str, ...]] = {"online-retail": online_retail.COLUMNS, "csv": mapping.COLUMNS}
"""The columns of each format, which a file may have under other names."""


def read_purchases(path: Path, layout: str, shape: FileShape, *, advance: Callable[[int], None] | None = None) -> Iterator[FileRow]:
    """The purchases, returns and left out lines of a file in a format (one of `FORMATS`), plain, gzipped or zipped.

    The same file gives the same rows, whenever it is read.

    Args:
        advance: called with the bytes that were read from the disk: in all the file's size, and a little more of a zip.

    Raises:
        FileUnusable: while reading: the shape, the header or the file as a whole isn't what it should be.
        OSError: the file can't be opened or read.
    """
    yield from FORMATS[layout](read_lines(path, advance=advance), checked_shape(shape, COLUMNS[layout]))
