"""Use cases around the pot's decisions: they draw ids and seeds, post, and answer."""

from laurels.products.pot.actions.coins import change_coins, contribute
from laurels.products.pot.actions.opening import open_pot, opened
from laurels.products.pot.actions.replying import await_reply, retry_reply
from laurels.products.pot.actions.restraint import pause, set_limit
from laurels.products.pot.actions.rounds import reset_pot
from laurels.products.pot.actions.rules import change_rules
from laurels.products.pot.actions.sending import Sent, Wish, send_message, status_of

__all__ = [
    "Sent",
    "Wish",
    "await_reply",
    "change_coins",
    "change_rules",
    "contribute",
    "open_pot",
    "opened",
    "pause",
    "reset_pot",
    "retry_reply",
    "send_message",
    "set_limit",
    "status_of",
]
