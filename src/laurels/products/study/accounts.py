"""The names of study's accounts: all of them are meters of one book."""

from functools import lru_cache
from uuid import UUID

from laurels.ledger import Account, meter

BOOK = "study"

SYSTEM = "system/study"
"""Who acts where nobody asked."""

_KEPT = 50_000
"""Account names kept in memory: making one costs a hash."""


@lru_cache(maxsize=_KEPT)
def own(class_id: UUID, member: UUID, window: str) -> Account:
    """Tokens that a member used on their own limits in a class, in a day, week or month."""
    return meter(BOOK, f"member/{member}", f"tokens/{class_id}", window)


@lru_cache(maxsize=_KEPT)
def share(class_id: UUID, member: UUID, window: str) -> Account:
    """Tokens that a sponsored member used of what the class's owner pays: limited like their own, and counted beside them."""
    return meter(BOOK, f"member/{member}", f"sponsored/{class_id}", window)


@lru_cache(maxsize=_KEPT)
def sponsored(class_id: UUID, window: str) -> Account:
    """Tokens that all sponsored members of a class used together: what the owner's budget for it limits."""
    return meter(BOOK, f"class/{class_id}", "sponsored", window)


@lru_cache(maxsize=_KEPT)
def everyone(window: str) -> Account:
    """Tokens that all members of all classes used in a month: what whoever pays the model's server may limit."""
    return meter(BOOK, "system", "tokens", window)


@lru_cache(maxsize=_KEPT)
def chats(class_id: UUID, member: UUID) -> Account:
    """A member's questions in a class that are being answered."""
    return meter(BOOK, f"member/{member}", f"chats/{class_id}")


@lru_cache(maxsize=_KEPT)
def sessions(class_id: UUID, member: UUID) -> Account:
    """A member's sessions in a class: what `MAX_SESSIONS` limits."""
    return meter(BOOK, f"member/{member}", f"sessions/{class_id}")


@lru_cache(maxsize=_KEPT)
def seats(class_id: UUID) -> Account:
    """Members of a class, its owner among them: what its capacity limits."""
    return meter(BOOK, f"class/{class_id}", "seats")


@lru_cache(maxsize=_KEPT)
def owned(member: UUID) -> Account:
    """Classes that a member owns: what `MAX_CLASSES_OWNED` limits."""
    return meter(BOOK, f"member/{member}", "classes")


@lru_cache(maxsize=_KEPT)
def shelf_files(scope: UUID) -> Account:
    """Documents of a class or of a session, by its id."""
    return meter(BOOK, f"scope/{scope}", "files")


@lru_cache(maxsize=_KEPT)
def shelf_bytes(scope: UUID) -> Account:
    """Bytes of them."""
    return meter(BOOK, f"scope/{scope}", "bytes")
