"""Passwords: which are accepted, and their hashes.

Argon2id with OWASP's parameters (Password Storage Cheat Sheet: 19 MiB, two
passes, one lane). At most two hashes are computed at once, so that a flood of
sign-ins costs 38 MiB and two cores, and no thread of the server's pool.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
import threading
from typing import ParamSpec, TypeVar
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from laurels.core.errors import Invalid, Unavailable
from laurels.identity.common_passwords import COMMON_PASSWORDS

MIN_CHARACTERS = 10
MAX_CHARACTERS = 128
MAX_WAITING = 64
"""Hashes that may wait for one of the two threads: about a second and a half of them."""

P = ParamSpec("P")
T = TypeVar("T")


def check_password(password: str, *names: str | None, field: str = "password") -> None:
    """Check that a new password is worth hashing. `names` are what a guesser knows: email, username, student id.

    Raises:
        Invalid: with the reason, in words for the person who chose it.
    """
    normal = normalized(password)
    if not MIN_CHARACTERS <= len(normal) <= MAX_CHARACTERS:
        raise Invalid(field=field, reason="choose 10 to 128 characters")
    folded = normal.casefold()
    if folded in COMMON_PASSWORDS or len(set(folded)) == 1:
        raise Invalid(field=field, reason="this is one of the commonest passwords; choose another")
    if any(name and folded == normalized(name).casefold() for name in names):
        raise Invalid(field=field, reason="choose something other than your name, email or student id")


def normalized(password: str) -> str:
    """The same keys give the same password on every keyboard and system: Unicode's NFKC."""
    return unicodedata.normalize("NFKC", password)


class Passwords:
    """Hashes and verifies, two at a time."""

    def __init__(self, *, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")
        self._waiting = threading.BoundedSemaphore(MAX_WAITING)
        # What is verified where there is no such member, so that the answer takes as long.
        self._decoy = _decoy_hash(memory_kib, passes)

    def close(self) -> None:
        """Stop the threads, after what they are at."""
        self._threads.shutdown()

    async def hash(self, password: str) -> str:
        """The hash to store.

        Raises:
            Unavailable: too many are waiting.
        """
        return await asyncio.wrap_future(self._submit(self._hash, password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password has this hash. With no hash the same work is done, for nothing.

        Raises:
            Unavailable: too many are waiting.
        """
        return await asyncio.wrap_future(self._submit(self._verify, stored, password))

    def hash_now(self, password: str) -> str:
        """`hash`, for a thread that may block."""
        return self._submit(self._hash, password).result()

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than today's and should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    def _submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        if not self._waiting.acquire(blocking=False):
            raise Unavailable(retry_after_seconds=2)
        future = self._threads.submit(work, *args, **kwargs)
        future.add_done_callback(lambda _: self._waiting.release())
        return future

    def _hash(self, password: str) -> str:
        return self._hasher.hash(normalized(password))

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            self._hasher.verify(stored or self._decoy, normalized(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


@cache
def _decoy_hash(memory_kib: int, passes: int) -> str:
    """A hash with these parameters; one does for the whole process."""
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1).hash("nobody has this password")
