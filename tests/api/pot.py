"""What there is of the pot, for requests to be about."""

from collections.abc import Callable
from typing import Any

Ask = Callable[[str, str, dict[str, Any] | None], Any]
"""Sends a method, a path below `/api/v1` and a body; gives the answer's JSON."""


def open_round(ask: Ask, ask_as_admin: Ask) -> dict[str, str]:
    """A message of the asker's, in a round that ended; gives the ids that paths take."""
    sent = ask("POST", "/messaging/send", {"message": "Hello"})
    rounds = ask_as_admin("GET", "/pot/rounds", None)["items"]
    if not rounds:
        ask_as_admin("POST", "/pot/reset", {"reason": "Begin anew."})
    return {"message_id": sent["message_id"], "round": "1"}
