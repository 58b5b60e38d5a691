"""The names of progress's accounts."""

from functools import lru_cache
from uuid import UUID

from laurels.ledger import Account, meter, system

BOOK = "progress"

ISSUED = system(BOOK, "progress", "issued")
"""Where points come from."""
REVERSED = system(BOOK, "progress", "reversed")
"""Where points go that a reversal takes back."""
DECAYED = system(BOOK, "progress", "decayed")
"""Where points go that inactivity costs."""

_KEPT = 100_000
"""Account names kept in memory: making one costs a hash."""


@lru_cache(maxsize=_KEPT)
def points(member: UUID) -> Account:
    """A member's points: their total, and the board of all time."""
    return Account(BOOK, "progress", f"member/{member}", "points", board=True, ranked=True)


@lru_cache(maxsize=_KEPT)
def standing(member: UUID, window: str) -> Account:
    """Points on a board: of a month (`2026-11`), a week (`2026-W47`), a season, a topic or a class. See `rules.windows`."""
    return meter(BOOK, f"member/{member}", "standing", window, board=True, ranked=True)


@lru_cache(maxsize=_KEPT)
def capped(member: UUID, cap: str, window: str) -> Account:
    """Points given under a cap, in its window."""
    return meter(BOOK, f"member/{member}", f"capped/{cap}", window)


@lru_cache(maxsize=_KEPT)
def dailies(member: UUID, day: str) -> Account:
    """Daily quests begun on a local day."""
    return meter(BOOK, f"member/{member}", "dailies", day)


@lru_cache(maxsize=_KEPT)
def spent(member: UUID) -> Account:
    """Points that a member has spent: it may rise to their total, which spending doesn't lower."""
    return meter(BOOK, f"member/{member}", "spent")
