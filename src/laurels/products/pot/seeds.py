"""The seeds of rounds: drawn before a round, sealed until it ends."""

from dataclasses import dataclass
from functools import lru_cache
import secrets
from uuid import UUID

from laurels.core.ids import new_id
from laurels.core.seal import Seal
from laurels.products.pot.rules import SEED_BYTES

_OPENED = 16
"""Opened seeds kept in memory: every message of a round needs the same."""


@dataclass(frozen=True, slots=True)
class FreshSeed:
    """A seed for a round that may begin."""

    id: UUID
    secret: bytes
    sealed: str


class Seeds:
    """Draws seeds, and opens those that are stored. Opening is pure: the same sealed text gives the same seed."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._open = lru_cache(maxsize=_OPENED)(self._read)

    def fresh(self) -> FreshSeed:
        """Draw one. Actions do this: a decision gets it handed in, for the round that it may begin."""
        seed_id, secret = new_id(), secrets.token_bytes(SEED_BYTES)
        return FreshSeed(seed_id, secret, self._seal.close(seed_id, secret.hex()))

    def open(self, seed_id: UUID, sealed: str) -> bytes:
        """The seed behind a sealed text.

        Raises:
            SealBroken: the secret key isn't the one that it was sealed with.
        """
        return self._open(seed_id, sealed)

    def _read(self, seed_id: UUID, sealed: str) -> bytes:
        return bytes.fromhex(self._seal.open(seed_id, sealed))
