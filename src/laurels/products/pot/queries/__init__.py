"""What is read of the pot, each scoped to who asks."""

from laurels.products.pot.queries.messages import get_message, get_own_message, list_history
from laurels.products.pot.queries.mine import read_coins, read_quote
from laurels.products.pot.queries.pots import PotNow, find_pot, get_pot, read_pot
from laurels.products.pot.queries.proofs import proof_of
from laurels.products.pot.queries.replies import Waiting, due_replies, read_waiting
from laurels.products.pot.queries.rounds import Draw, ShownRound, each_draw, find_round, get_round, last_wins, list_draws, list_rounds
from laurels.products.pot.queries.statements import CoinLine, list_statement
from laurels.products.pot.queries.verifying import Verified, verify_pot

__all__ = [
    "CoinLine",
    "Draw",
    "PotNow",
    "ShownRound",
    "Verified",
    "Waiting",
    "due_replies",
    "each_draw",
    "find_pot",
    "find_round",
    "get_message",
    "get_own_message",
    "get_pot",
    "get_round",
    "last_wins",
    "list_draws",
    "list_history",
    "list_rounds",
    "list_statement",
    "proof_of",
    "read_coins",
    "read_pot",
    "read_quote",
    "read_waiting",
    "verify_pot",
]
