"""How each sort of row is encoded for the chain and its checksum.

A batch's rows are, for each entry: the entry, its postings, then by their keys
the lots made, the changes of lots, the holds placed, their takes, and how holds
were settled. Entries and postings begin with a number, all others with a tag
of their own, so that none can pass for another.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from laurels.core.instants import microseconds_of
from laurels.ledger.chain import encode_row


def encode_entry(row: Sequence[Any]) -> bytes:
    """An entry: its columns but the checksum, instants as microseconds."""
    *before, occurred_at, recorded_at, turns, answer = row
    return encode_row((*before, microseconds_of(occurred_at), microseconds_of(recorded_at), turns, answer))


def encode_posting(row: Sequence[Any]) -> bytes:
    """A posting: its columns but the checksum."""
    return encode_row(tuple(row))


def encode_lot(row: Sequence[Any]) -> bytes:
    """A lot: its columns but the checksum and what is left, which moves."""
    book, sequence, position, account, amount, _, earned_at, usable_from, expires_at = row
    ends = None if expires_at is None else microseconds_of(expires_at)
    return encode_row(("lot", book, sequence, position, account, amount, microseconds_of(earned_at), microseconds_of(usable_from), ends))


def encode_lot_change(row: Sequence[Any]) -> bytes:
    """A change of a lot: its columns but the checksum."""
    return encode_row(("lot_change", *row))


def encode_hold(book: int, identifier: UUID, sequence: int, until: datetime) -> bytes:
    """How a hold was placed."""
    return encode_row(("hold", book, identifier, sequence, microseconds_of(until)))


def encode_take(row: Sequence[Any]) -> bytes:
    """A take of a hold: its columns but the checksum."""
    return encode_row(("hold_take", *row))


def encode_settlement(book: int, identifier: UUID, settled_by: int, captured: int | None) -> bytes:
    """How a hold was settled."""
    return encode_row(("settlement", book, identifier, settled_by, captured))
