"""The names of recognition's accounts."""

from functools import lru_cache
from uuid import UUID

from laurels.core.windows import Month
from laurels.ledger import Account, meter, system

BOOK = "recognition"

ISSUED = system(BOOK, "credit", "issued")
"""Where credits come from."""
LAPSED = system(BOOK, "credit", "lapsed")
"""Where unused credits go at a month's start."""
CARRIED = system(BOOK, "credit", "carried")
"""Through which unused credits pass from one month into the next."""
REDEEMED = system(BOOK, "credit", "redeemed")
"""Where credits go for a voucher."""

STOCK = Account(BOOK, "voucher", "system", "stock")
"""The vouchers that may still be issued, where they are counted."""
SUPPLY = system(BOOK, "voucher", "supply")
"""Where stock comes from."""
SOLD = system(BOOK, "voucher", "sold")
"""Where stock goes with a redemption."""

_KEPT = 100_000
"""Account names kept in memory: making one costs a hash."""


@lru_cache(maxsize=_KEPT)
def allowance(member: UUID) -> Account:
    """Credits to give; turned each month."""
    return Account(BOOK, "credit", f"member/{member}", "allowance")


@lru_cache(maxsize=_KEPT)
def received(member: UUID) -> Account:
    """Credits to redeem; never resets."""
    return Account(BOOK, "credit", f"member/{member}", "received")


@lru_cache(maxsize=_KEPT)
def redeeming(member: UUID) -> Account:
    """Credits set aside for vouchers that are on their way."""
    return Account(BOOK, "credit", f"member/{member}", "redeeming")


@lru_cache(maxsize=_KEPT)
def owed(member: UUID) -> Account:
    """Credits that a reversal could not take back: taken from the next received ones."""
    return meter(BOOK, f"member/{member}", "owed")


@lru_cache(maxsize=_KEPT)
def sent(member: UUID, month: Month) -> Account:
    """Credits sent in a month, counted against the limit."""
    return meter(BOOK, f"member/{member}", "sent", month)


@lru_cache(maxsize=_KEPT)
def standing(member: UUID, month: Month | None = None) -> Account:
    """Credits received, in a month or ever: what the leaderboard ranks. Redeeming doesn't lower it, a reversal does."""
    return meter(BOOK, f"member/{member}", "standing", month or "", board=True)
