"""What is read of the pot, each scoped to who asks."""

from laurels.products.pot.queries.messages import get_message, get_own_message, list_history
from laurels.products.pot.queries.mine import read_coins, read_quote
from laurels.products.pot.queries.pots import PotNow, find_pot, read_pot

__all__ = [
    "PotNow",
    "find_pot",
    "get_message",
    "get_own_message",
    "list_history",
    "read_coins",
    "read_pot",
    "read_quote",
]
