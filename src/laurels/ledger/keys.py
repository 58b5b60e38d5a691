"""What keys remember: the same request, or the same business id, decides once.

A request key remembers acceptance and refusal for thirty days; a business key
remembers acceptance only, for ever (the entry that was accepted under it).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select

from laurels.core.database import among
from laurels.core.errors import DomainError
from laurels.ledger import tables
from laurels.ledger.draft import BusinessKey
from laurels.ledger.sets import fetch_rows, insert_rows

REQUEST_KEY_LIFE = timedelta(days=30)
"""How long a request key remembers its outcome."""


@dataclass(frozen=True, slots=True)
class RequestKey:
    """A caller's Idempotency-Key.

    Attributes:
        scope: caller and operation; the same key in another scope is another key.
        key: as the caller sent it.
        fingerprint: a digest of the request; the same key with another is refused.
    """

    scope: str
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a key remembers: an entry with its decision's name and answer, or a refusal."""

    fingerprint: str
    entry: int | None = None
    name: str | None = None
    answer: str | None = None
    problem: str | None = None

    def refusal(self) -> DomainError | None:
        """The refusal remembered, or None where the key was accepted."""
        if self.problem is None:
            return None
        code, fields = orjson.loads(self.problem)
        return DomainError.restore(code, fields)


def request_hash(book: str, request: RequestKey) -> str:
    """What a request key is stored as: the same key in another book, or of another caller, is another."""
    return _digest("request", book, request.scope, request.key)


def business_hash(book: str, key: BusinessKey) -> str:
    """What a business key is stored as."""
    return _digest("business", book, key.id)


def forget_requests(connection: Connection, now: datetime, *, limit: int) -> int:
    """Delete at most `limit` request keys that have run out, the oldest first; gives how many.

    Needs no lock: a key that a batch uses again meanwhile has run on, and is left.
    """
    key = tables.request_key
    expired = select(key.c.hash).where(key.c.expires_at <= now).order_by(key.c.expires_at).limit(limit)
    return connection.execute(delete(key).where(key.c.hash.in_(expired), key.c.expires_at <= now)).rowcount


def _digest(*parts: str) -> str:
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


class Memory:
    """The keys of one batch: what they remembered, and what they will."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._rows: list[tuple[Any, ...]] = []

    def load(self, connection: Connection, *, requests: Iterable[str], businesses: Iterable[str], now: datetime) -> None:
        """Read what the hashes remember; forget request keys that have run out.

        Only safe once the heads of their books are locked.
        """
        self._load_requests(connection, sorted(set(requests)), now)
        listed = sorted(set(businesses))
        wanted = ("details", "sequence", "name", "answer")
        for place, (details, sequence, name, answer) in fetch_rows(connection, tables.entry, ("key",), [(key,) for key in listed], wanted):
            self._known[listed[place]] = Known(details or "", sequence, name, answer)

    def _load_requests(self, connection: Connection, listed: list[str], now: datetime) -> None:
        expired: list[str] = []
        accepted: dict[tuple[int, int], list[str]] = defaultdict(list)  # an entry with a business key may have several request keys
        wanted = ("fingerprint", "book", "sequence", "problem", "expires_at")
        for place, row in fetch_rows(connection, tables.request_key, ("hash",), [(key,) for key in listed], wanted):
            fingerprint, book, sequence, problem, expires_at = row
            if expires_at <= now:
                expired.append(listed[place])
            elif sequence is None:
                self._known[listed[place]] = Known(fingerprint, problem=problem)
            else:
                self._known[listed[place]] = Known(fingerprint, sequence)
                accepted[book, sequence].append(listed[place])
        if expired:
            connection.execute(delete(tables.request_key).where(among(connection.dialect, tables.request_key.c.hash, expired)))
        entries = list(accepted)
        for place, (name, answer) in fetch_rows(connection, tables.entry, ("book", "sequence"), entries, ("name", "answer")):
            for key in accepted[entries[place]]:
                self._known[key] = Known(self._known[key].fingerprint, entries[place][1], name, answer)

    def find(self, key: str | None) -> Known | None:
        """What a hash remembers."""
        return None if key is None else self._known.get(key)

    def accept(self, key: str, known: Known) -> None:
        """Have a business key remember an entry; the entry itself stores it."""
        self._known[key] = known

    def remember(self, key: str, known: Known, *, book: int, now: datetime) -> None:
        """Have a request key remember an outcome."""
        self._known[key] = known
        self._rows.append((key, known.fingerprint, book, known.entry, known.problem, now + REQUEST_KEY_LIFE))

    def write(self, connection: Connection) -> None:
        """Write what the request keys are to remember."""
        insert_rows(connection, tables.request_key, self._rows)
