"""Putting down how a call of a model ended: once, and again where the ledger was busy."""

import asyncio
import logging
from typing import Any

from laurels.core.errors import Unavailable
from laurels.jobs import Workplace
from laurels.ledger import Decision, HoldResolved
from laurels.ledger.writer import Proposal
from laurels.web.broadcasts import is_set_within

TRIES = 5
"""Of putting it down; then what it held lapses."""

PAUSE_SECONDS = 0.5

log = logging.getLogger(__name__)


async def settle(place: Workplace, decision: Decision[Any]) -> None:
    """Post what settles a call. What somebody else settled meanwhile (it had lapsed) is left as it is.

    Raises:
        Unavailable: the ledger stays busy; what is held lapses, then.
    """
    for left in reversed(range(TRIES)):
        try:
            await place.writer.post(Proposal(decision, place.clock.now()))
        except HoldResolved:
            log.warning("call %s was given up before it was finished", decision.reference)
        except Unavailable:
            if not left:
                raise
            await is_set_within(asyncio.Event(), PAUSE_SECONDS)
            continue
        return
