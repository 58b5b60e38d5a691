"""Identifiers: opaque, unique without asking anyone, ordered by time.

UUID version 7 (RFC 9562): the first 48 bits are milliseconds, so that an
index on them grows at its end.
"""

from uuid import UUID

from uuid_utils.compat import uuid7

__all__ = ["UUID", "new_id"]


def new_id() -> UUID:
    """Draw a fresh id. Only actions call this: a decision gets its ids handed in."""
    return uuid7()
