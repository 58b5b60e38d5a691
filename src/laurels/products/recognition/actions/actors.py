"""Who acts, as entries name them."""

from laurels.web.caller import Caller


def actor_of(caller: Caller) -> str:
    """The actor of a caller's entries."""
    return caller.actor
