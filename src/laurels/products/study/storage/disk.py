"""Files in a folder of this machine: one folder a day in it, readable by this user alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
import logging
import os
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, cast

from laurels.core.errors import Missing
from laurels.products.study.storage.errors import StorageUnavailable
from laurels.products.study.storage.storing import PIECE_BYTES, checked_key, is_key

PART = ".part"
"""Ends the name of a file that is being written."""

log = logging.getLogger(__name__)


class DiskStorage:
    """Files in a folder, which is made with the first; see `Storage` for what it does."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, file: BinaryIO) -> None:
        path = self._path(key)
        with _failures_told("write"):
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _write_whole(path, file)
            # The names, too, have to reach the disk: the file's in its day, the day's among the days.
            _sync_folder(path.parent)
            _sync_folder(self._root)

    def open(self, key: str) -> BinaryIO:
        path = self._path(key)
        with _failures_told("read"):
            try:
                return path.open("rb")
            except FileNotFoundError:
                raise Missing(what="file") from None

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _failures_told("delete"):
            path.unlink(missing_ok=True)
            _part_of(path).unlink(missing_ok=True)
            if path.parent.exists():
                _sync_folder(path.parent)

    def keys(self, day: date) -> Iterator[str]:
        with _failures_told("list"):
            folder = self._root / f"{day:%Y-%m-%d}"
            paths = list(folder.iterdir()) if folder.exists() else []
        found = {f"{folder.name}/{path.name.removesuffix(PART)}" for path in paths}
        yield from filter(is_key, found)

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)


def open_private(path: Path, mode: str) -> BinaryIO:
    """Open a file to write, which only this user may read, if it is made now."""
    # The built-in one: Path.open takes no opener. Flags come along, so that bytes stay bytes on every system.
    return cast(BinaryIO, open(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600)))


def _write_whole(path: Path, file: BinaryIO) -> None:
    part = _part_of(path)
    with open_private(part, "xb") as written:
        try:
            copyfileobj(file, written, PIECE_BYTES)
            written.flush()
            os.fsync(written.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _part_of(path: Path) -> Path:
    return path.with_name(path.name + PART)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows opens no folders, and writes names by itself
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _failures_told(doing: str) -> Iterator[None]:
    """Raise what the system says as `StorageUnavailable`, and log it."""
    try:
        yield
    except OSError as error:
        # Its number says enough: its text has the key in it.
        log.error("can't %s an uploaded file: %s", doing, os.strerror(error.errno) if error.errno else type(error).__name__)
        raise StorageUnavailable from None
