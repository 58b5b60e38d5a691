"""How often a password may be guessed: counted per name and per address, for all processes together.

An attempt is counted before its password is verified, so that guesses sent at
once don't slip through, and forgiven when it was right. Names that nobody has
are counted alike, so that being throttled says nothing about an account.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Connection, case, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from laurels.core.secrets import keyed_hash
from laurels.identity.tables import sign_in_attempt
from laurels.identity.tokens import Keys

WINDOW = timedelta(minutes=15)
MAX_PER_NAME = 10
MAX_PER_ADDRESS = 100
"""Failures of one address: a campus shares one, so it is the higher limit."""


def count_attempt(connection: Connection, keys: Keys, *, name: str, address_hash: str, now: datetime) -> int:
    """Count an attempt; gives the seconds to wait, 0 where it may go ahead. Commit it either way."""
    table = sign_in_attempt
    is_over = table.c.since <= now - WINDOW
    # The name's row is always locked before the address's, so that two attempts can't wait for each other.
    rows = [{"key": key, "attempts": 1, "since": now} for key in _keys(keys, name, address_hash)]
    count = _insert(connection, table).values(rows)
    count = count.on_conflict_do_update(
        index_elements=[table.c.key],
        set_={"attempts": case((is_over, 1), else_=table.c.attempts + 1), "since": case((is_over, now), else_=table.c.since)},
    )
    counted = {row.key: row for row in connection.execute(count.returning(table.c.key, table.c.attempts, table.c.since))}
    limits = zip(_keys(keys, name, address_hash), (MAX_PER_NAME, MAX_PER_ADDRESS), strict=True)
    ends = [counted[key].since + WINDOW for key, limit in limits if counted[key].attempts > limit]
    return max((ceil((end - now).total_seconds()) for end in ends), default=0)


def forgive_attempt(connection: Connection, keys: Keys, *, name: str, address_hash: str) -> None:
    """The password was right: forget the name's failures, and this attempt of the address."""
    name_key, address_key = _keys(keys, name, address_hash)
    table = sign_in_attempt
    connection.execute(delete(table).where(table.c.key == name_key))
    connection.execute(update(table).where(table.c.key == address_key, table.c.attempts > 0).values(attempts=table.c.attempts - 1))


def purge_attempts(connection: Connection, *, now: datetime) -> int:
    """Delete what no longer counts; a job does this hourly."""
    table = sign_in_attempt
    return connection.execute(delete(table).where(or_(table.c.since <= now - WINDOW, table.c.attempts == 0))).rowcount


def _keys(keys: Keys, name: str, address_hash: str) -> tuple[str, str]:
    return f"name/{keyed_hash(keys.accounts, name)}", f"address/{address_hash}"


def _insert(connection: Connection, table: Any) -> Any:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
