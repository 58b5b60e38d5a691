"""What keeps files, and the keys they are kept under."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
import re
import secrets
from typing import BinaryIO, Protocol

KEY_BYTES = 20
"""Random bytes of a key: 160 bits."""

PIECE_BYTES = 2**20
"""How much of a file is in memory at once, while it is copied."""

_KEY = re.compile(r"\d{4}-\d{2}-\d{2}/[0-9a-f]{40}")


class Storage(Protocol):
    """Files by their keys. Every method waits for a disk or a network: call it from a thread, not from an event loop.

    Each method but `keys` takes a key of `new_key`, and raises ValueError for anything else.
    """

    def put(self, key: str, file: BinaryIO) -> None:
        """Keep a file, from where it stands to its end. When this returns, it is there after a crash, too.

        A key is used once. Where this raises, nothing is kept, or something that `keys` tells of.

        Raises:
            StorageUnavailable: it isn't kept.
        """

    def open(self, key: str) -> BinaryIO:
        """A file, at its beginning; close it. What can go wrong goes wrong here, not while it is read.

        Raises:
            Missing: there is none.
            StorageUnavailable: it can't be read now.
        """

    def delete(self, key: str) -> None:
        """Remove a file for good. One that isn't there is removed already.

        Raises:
            StorageUnavailable: it isn't removed, or perhaps not.
        """

    def keys(self, day: date) -> Iterator[str]:
        """The keys made on a day, in no order: also of files that a crash left half written, which `delete` removes.

        For what sweeps up: it looks at days that are over long enough for every upload of theirs to have its row.

        Raises:
            StorageUnavailable: they can't be listed, or not to their end.
        """


def new_key(at: datetime) -> str:
    """A key that nobody can guess: the day it is made on, so that `Storage.keys` needn't look at all files, and 160 random bits.

    Args:
        at: an aware instant; its day in UTC counts.
    """
    return f"{at.astimezone(UTC):%Y-%m-%d}/{secrets.token_hex(KEY_BYTES)}"


def is_key(text: str) -> bool:
    """Whether a text is one of `new_key`: neither a path out of the folder nor a file of somebody else."""
    return _KEY.fullmatch(text) is not None


def checked_key(key: str) -> str:
    """The key itself.

    Raises:
        ValueError: it isn't one.
    """
    if not is_key(key):
        raise ValueError("that isn't a key of a file")
    return key
