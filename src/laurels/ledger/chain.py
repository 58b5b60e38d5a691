"""The hash chain: proof that no row was changed, added or taken away.

Each batch and book has one hash: SHA-256 over the hash before it and a
canonical encoding of its rows. A row is encoded as a compact JSON array of ids,
numbers, kinds and integer microseconds, in a fixed order; rows are separated
by a newline, which JSON text never holds. No word that a person wrote is in
it, so that personal data can go and the chain stays.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any
from zlib import crc32

import orjson

from laurels.core.instants import microseconds_of

VERSION = "laurels-chain-1"
GENESIS = "0" * 64
"""What stands before a book's first batch."""


def encode_row(values: tuple[Any, ...]) -> bytes:
    """The canonical encoding of one row."""
    return orjson.dumps(values)


def checksum(encoded: bytes) -> int:
    """CRC-32 of an encoded row: tells which row was damaged; the chain proves that none was."""
    return crc32(encoded)


def link(before: str, book: str, recorded_at: datetime, rows: Iterable[bytes]) -> str:
    """The hash of a batch in a book, hex.

    Args:
        before: the hash before it, hex; `GENESIS` for the first.
        book: the book's name.
        recorded_at: when the batch was recorded.
        rows: its encoded rows: each entry, followed by its postings.
    """
    header = encode_row((VERSION, before, book, microseconds_of(recorded_at)))
    return sha256(b"\n".join((header, *rows))).hexdigest()
