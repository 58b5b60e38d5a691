"""Coins that move without a message."""

from uuid import UUID

from laurels.core.ids import new_id
from laurels.identity.editing import Editor, audit_row
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.pot.actions.opening import opened
from laurels.products.pot.decisions import ChangeCoins, CoinsMoved, Contribute, Contributed
from laurels.products.pot.house import House
from laurels.web.caller import Caller
from laurels.web.context import Context


async def contribute(
    context: Context, house: House, caller: Caller, amount: int, *, request: RequestKey | None = None
) -> Posted[Contributed]:
    """Put coins of the caller's into the pot, without a message.

    Raises:
        DomainError: what `Contribute` refuses.
    """
    await opened(context, house.seeds)
    at = context.clock.now()
    decision = Contribute(new_id(), caller.member_id, amount, at, context.settings.zone)
    return await context.writer.post(Proposal(decision, at, caller.actor, request))


async def change_coins(
    context: Context, house: House, editor: Editor, member_id: UUID, amount: int, reason: str, *, request: RequestKey | None = None
) -> Posted[CoinsMoved]:
    """Add coins to a member's purse, or take some (an amount below zero): for staff, on record.

    Raises:
        DomainError: what `ChangeCoins` refuses.
    """
    await opened(context, house.seeds)
    at = context.clock.now()
    told = {"amount": amount}
    decision = ChangeCoins(
        id=new_id(),
        member=member_id,
        amount=amount,
        reason=reason,
        staff=editor.member_id,
        audit=audit_row(editor, f"member/{member_id}", action="coins.changed", after=told, now=at),
        zone=context.settings.zone,
    )
    return await context.writer.post(Proposal(decision, at, editor.actor, request))
