"""Use cases around the pot's decisions: they draw ids and seeds, post, and answer."""

from laurels.products.pot.actions.opening import open_pot, opened
from laurels.products.pot.actions.sending import Sent, Wish, send_message, status_of

__all__ = ["Sent", "Wish", "open_pot", "opened", "send_message", "status_of"]
