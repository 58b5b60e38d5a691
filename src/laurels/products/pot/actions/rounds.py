"""Ending a round by hand."""

from laurels.identity.editing import Editor, audit_row
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.pot.accounts import MAIN
from laurels.products.pot.actions.opening import opened
from laurels.products.pot.decisions import PotEmptied, ResetPot
from laurels.products.pot.house import House
from laurels.web.context import Context


async def reset_pot(
    context: Context, house: House, editor: Editor, reason: str, *, expected: int | None = None, request: RequestKey | None = None
) -> Posted[PotEmptied]:
    """Empty the pot and begin a new round: for admins, on record.

    Args:
        expected: the round that is meant; None: whichever goes on.

    Raises:
        RoundEnded: another one goes on already.
    """
    await opened(context, house.seeds)
    at = context.clock.now()
    audit = audit_row(editor, f"pot/{MAIN}", action="pot.reset", after={}, now=at)
    decision = ResetPot(MAIN, reason, audit, house.seeds, house.seeds.fresh(), expected)
    return await context.writer.post(Proposal(decision, at, editor.actor, request))
