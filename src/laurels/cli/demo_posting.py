"""How the demo's stories are posted: as they were, or not at all."""

from collections.abc import Iterable
from typing import Any

from laurels.ledger.writer import Proposal, Writer


def post_story(writer: Writer, proposals: Iterable[Proposal[Any]]) -> None:
    """Post what happened, in this order.

    Raises:
        Exception: what any of it was refused with: a story is right as a whole.
    """
    for outcome in writer.post_all(proposals):
        if isinstance(outcome, Exception):
            raise outcome
