"""Files of activities, by the format they are in: a path becomes rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from laurels.core.cells import check_time_format
from laurels.core.delimited import delimiter_of
from laurels.core.text_files import read_lines
from laurels.products.progress.imports import mapping, oulad
from laurels.products.progress.imports.rows import FileShape, Read

FORMATS: Mapping[str, Callable[[Iterable[str], FileShape], Read]] = {"oulad": oulad.read_oulad, "csv": mapping.read_mapped}
"""What can be imported, by the name that `--format` takes."""

COLUMNS: Mapping[str, tuple[str, ...]] = {"oulad": oulad.COLUMNS, "csv": mapping.COLUMNS}
"""The columns of each format, which a file may have under other names."""


def read_activities(path: Path, layout: str, shape: FileShape, *, advance: Callable[[int], None] | None = None) -> Read:
    """The activities of a file in a format (one of `FORMATS`), plain, gzipped or zipped; unreadable lines with why.

    The same file gives the same rows, whenever it is read.

    Args:
        advance: called with the bytes that were read from the disk: in all the file's size, and a little more of a zip.

    Raises:
        FileUnusable: while reading: the shape, the header or the file as a whole isn't what it should be.
        OSError: the file can't be opened or read.
    """
    if shape.time_format is not None:
        check_time_format(shape.time_format)
    shape = replace(shape, delimiter=delimiter_of(shape.delimiter))
    yield from FORMATS[layout](read_lines(path, advance=advance), shape)
