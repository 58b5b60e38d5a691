"""The names of the pot's accounts."""

from datetime import date
from functools import lru_cache
from uuid import UUID

from laurels.ledger import Account, meter, system

BOOK = "pot"

SYSTEM = "system/pot"
"""Who acts where nobody asked."""

MAIN = "main"
"""The pot of the community."""

ISSUED = system(BOOK, "coin", "issued")
"""Where coins come from."""
TAKEN = system(BOOK, "coin", "taken")
"""Where coins go that staff take away."""
RESET = system(BOOK, "coin", "reset")
"""Where a pot goes that an admin resets."""

_KEPT = 100_000
"""Account names kept in memory: making one costs a hash."""


@lru_cache(maxsize=_KEPT)
def coins(member: UUID) -> Account:
    """A member's coins; turned each week."""
    return Account(BOOK, "coin", f"member/{member}", "coins")


@lru_cache(maxsize=_KEPT)
def pot_of(pot: str) -> Account:
    """What is in a pot: whoever wins takes all of it."""
    return Account(BOOK, "coin", "system", f"pot/{pot}")


@lru_cache(maxsize=_KEPT)
def paid(member: UUID, day: date) -> Account:
    """Coins that a member put into the pot on a day of the community: what the daily limit counts. A win doesn't lower it."""
    return meter(BOOK, f"member/{member}", "paid", day.isoformat())
