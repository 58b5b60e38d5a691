"""Buying freezes, and giving them."""

from uuid import UUID

from laurels.identity.audit_log import new_action
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.progress.actions.awarding import office_of, post_current
from laurels.products.progress.decisions.freezes import BuyFreeze, FreezeAdded, GiveFreeze
from laurels.web.caller import Caller
from laurels.web.context import Context


async def buy_freeze(context: Context, caller: Caller, *, request: RequestKey | None = None) -> Posted[FreezeAdded]:
    """Have a member buy a freeze for points.

    Raises:
        DomainError: what `BuyFreeze` refuses.
    """
    now = context.clock.now()
    return await post_current(
        office_of(context), lambda basis: Proposal(BuyFreeze(caller.member_id, basis, now), now, caller.actor, request)
    )


async def give_freeze(
    context: Context, caller: Caller, member: UUID, *, address_hash: str, request: RequestKey | None = None
) -> Posted[FreezeAdded]:
    """Give a member a freeze for nothing, and log that: for staff.

    Raises:
        DomainError: what `GiveFreeze` refuses.
    """
    now = context.clock.now()
    audit = new_action(
        actor_id=caller.member_id,
        action="freeze.given",
        subject=f"member/{member}",
        before={},
        after={"freezes": 1},
        now=now,
        address_hash=address_hash,
    )
    return await post_current(office_of(context), lambda basis: Proposal(GiveFreeze(member, basis, audit), now, caller.actor, request))
