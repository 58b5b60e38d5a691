"""What members set for themselves."""

from datetime import timedelta

from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.pot.decisions import LimitSet, PauseMember, PauseSet, SetLimit
from laurels.web.caller import Caller
from laurels.web.context import Context


async def set_limit(context: Context, caller: Caller, limit: int | None, *, request: RequestKey | None = None) -> Posted[LimitSet]:
    """Set the caller's own daily limit in coins: a lower one at once, a higher one or none (None) from tomorrow."""
    at = context.clock.now()
    decision = SetLimit(caller.member_id, limit, at, context.settings.zone)
    return await context.writer.post(Proposal(decision, at, caller.actor, request))


async def pause(context: Context, caller: Caller, days: int, *, request: RequestKey | None = None) -> Posted[PauseSet]:
    """Keep the caller out of the pot for so many days of 24 hours; a longer pause stays."""
    at = context.clock.now()
    decision = PauseMember(caller.member_id, at + timedelta(days=days), at, context.settings.zone)
    return await context.writer.post(Proposal(decision, at, caller.actor, request))
