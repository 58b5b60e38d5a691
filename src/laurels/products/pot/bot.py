"""The built-in bot: says what it is, and talks about the game. It needs no key and no network, and invents nothing."""

from laurels.products.pot.decisions import Paid


def built_in_reply(words: str, done: Paid, *, language: str) -> str:
    """The reply to a paid message, from what happened."""
    return f"You paid {done.price}; {done.pot} are in the pot."
