"""The names of loyalty's accounts. Each program is a book of its own."""

from functools import lru_cache
from uuid import UUID

from laurels.ledger import Account, Nature, meter, system

BOOK_PREFIX = "program/"

_KEPT = 100_000
"""Account names kept in memory: making one costs a hash."""


@lru_cache(maxsize=_KEPT)
def book_of(program: UUID) -> str:
    """A program's book; also the name of what its points are."""
    return f"{BOOK_PREFIX}{program}"


@lru_cache(maxsize=_KEPT)
def points(program: UUID, member: UUID) -> Account:
    """A member's points, pending and active, in lots."""
    book = book_of(program)
    return Account(book, book, f"member/{member}", "points", nature=Nature.LOTS)


@lru_cache(maxsize=_KEPT)
def issued(program: UUID) -> Account:
    """Where points come from."""
    return system(book_of(program), book_of(program), "issued")


@lru_cache(maxsize=_KEPT)
def redeemed(program: UUID) -> Account:
    """Where points go for a reward or a discount."""
    return system(book_of(program), book_of(program), "redeemed")


@lru_cache(maxsize=_KEPT)
def expired(program: UUID) -> Account:
    """Where points go that nobody used in time."""
    return system(book_of(program), book_of(program), "expired")


@lru_cache(maxsize=_KEPT)
def cancelled(program: UUID) -> Account:
    """Where points go that a return or a leaving takes back."""
    return system(book_of(program), book_of(program), "cancelled")


@lru_cache(maxsize=_KEPT)
def earned(program: UUID, member: UUID, window: str = "") -> Account:
    """Points earned less those taken back, ever or in a year (`2026`): for tiers, and so that no return takes more."""
    return meter(book_of(program), f"member/{member}", "earned", window)


@lru_cache(maxsize=_KEPT)
def owed(program: UUID, member: UUID) -> Account:
    """Points that a return could not take back: taken out of the next earnings."""
    return meter(book_of(program), f"member/{member}", "owed")


@lru_cache(maxsize=_KEPT)
def capped(program: UUID, member: UUID, rule: str, window: str) -> Account:
    """Points earned by a rule that has a cap, in the cap's window."""
    return meter(book_of(program), f"member/{member}", f"capped/{rule}", window)


@lru_cache(maxsize=_KEPT)
def bought(program: UUID, member: UUID, reward: UUID) -> Account:
    """How often a member took a reward, cancelled ones not counted."""
    return meter(book_of(program), f"member/{member}", f"bought/{reward}")


@lru_cache(maxsize=_KEPT)
def budget(program: UUID, campaign: UUID) -> Account:
    """Points that a campaign may still give."""
    book = book_of(program)
    return Account(book, book, f"campaign/{campaign}", "budget")


@lru_cache(maxsize=_KEPT)
def stock(program: UUID, reward: UUID) -> Account:
    """Pieces of a reward that may still be taken, where they are counted."""
    return Account(book_of(program), f"reward/{reward}", "system", "stock")


@lru_cache(maxsize=_KEPT)
def supply(program: UUID, reward: UUID) -> Account:
    """Where a reward's stock comes from."""
    return system(book_of(program), f"reward/{reward}", "supply")


@lru_cache(maxsize=_KEPT)
def sold(program: UUID, reward: UUID) -> Account:
    """Where a reward's stock goes when it is taken."""
    return system(book_of(program), f"reward/{reward}", "sold")
