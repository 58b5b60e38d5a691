"""Text files as they come from outside: plain, gzipped, or alone in a zip.

Read in pieces of bounded size, so that neither a long file nor an endless line
fills the memory. What is wrong with a file as a whole is told in one kind of
error, with what to do about it.
"""

from collections.abc import Callable, Iterator
import gzip
import io
from pathlib import Path
from typing import IO, cast
import zipfile
import zlib

MAX_LINE = 20_000
"""Characters of the longest line that is read."""

_BUFFER_BYTES = 65_536
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_SPREADSHEET = "[Content_Types].xml"


class FileUnusable(ValueError):
    """The file as a whole can't be read; the message says what to do."""


def read_lines(path: Path, *, advance: Callable[[int], None] | None = None) -> Iterator[str]:
    """The lines of a UTF-8 file with their ends, a leading byte order mark left out.

    A line above `MAX_LINE` characters comes in pieces, of which the first is longer than `MAX_LINE`.

    Args:
        advance: called with the bytes that were read from the disk, compressed ones where the file is.

    Raises:
        FileUnusable: while reading: it isn't UTF-8, is damaged or cut off, or is a zip without exactly one file of text.
        OSError: the file can't be opened or read.
    """
    with _Watched(path, advance) as watched:
        number = 0
        try:
            text = io.TextIOWrapper(_unpacked(watched), encoding="utf-8-sig", newline="")
            while line := text.readline(MAX_LINE + 1):
                number += 1
                yield line
        except UnicodeDecodeError:
            raise FileUnusable("it isn't in UTF-8. Convert it: iconv -f latin1 -t utf-8 FILE") from None
        except EOFError:
            raise FileUnusable(f"it is cut off after line {number}. Fetch the whole file again") from None
        except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error) as error:
            raise FileUnusable(f"it is damaged after line {number}: {error}. Fetch the file again") from None


class _Watched(io.FileIO):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, advance: Callable[[int], None] | None) -> None:
        super().__init__(path)
        self._advance = advance

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read as a file does, and tell how many bytes."""
        count = super().readinto(buffer) or 0
        if self._advance is not None and count:
            self._advance(count)
        return count


def _unpacked(watched: _Watched) -> IO[bytes]:
    # By what the file begins with: names lie, and gzipped files are often called .csv.
    start = watched.read(len(_ZIP)) or b""
    watched.seek(0)
    stored = cast(IO[bytes], io.BufferedReader(watched, _BUFFER_BYTES))
    if start.startswith(_GZIP):
        return cast(IO[bytes], gzip.GzipFile(fileobj=stored))
    if start.startswith(_ZIP):
        return _only_member(zipfile.ZipFile(stored))
    return stored


def _only_member(archive: zipfile.ZipFile) -> IO[bytes]:
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX/")]
    if _SPREADSHEET in names:
        raise FileUnusable("it is a spreadsheet. Save it as CSV in UTF-8, and import that")
    if len(names) != 1:
        raise FileUnusable(f"the zip has {len(names)} files. Unpack it, and import one of them: {', '.join(names[:5]) or 'nothing'}")
    try:
        return archive.open(names[0])
    except (RuntimeError, NotImplementedError) as error:
        raise FileUnusable(f"the zip can't be opened: {error}. Unpack it, and import what is in it") from None
