"""What managers do to members of their class: on record."""

from collections.abc import Sequence
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.identity.editing import Editor
from laurels.ledger.writer import Proposal
from laurels.products.study.actions.classes import class_record
from laurels.products.study.decisions.members import MAX_SPONSORED_AT_ONCE, ChangeMember, SetLimits, SetSponsorship, Wanted
from laurels.products.study.decisions.memberships import LetReturn, RemoveMember
from laurels.products.study.queries.access import read_standing
from laurels.products.study.queries.members import list_sponsorable
from laurels.web.caller import Caller
from laurels.web.context import Context

MAX_PIECES = 1_000
"""Decisions that one change of all members is made of, at most."""


async def change_member(context: Context, caller: Caller, editor: Editor, class_id: UUID, member_id: UUID, wanted: Wanted) -> None:
    """Change a member's permissions, and how many of their questions are answered at once.

    Raises:
        DomainError: what `ChangeMember` refuses.
    """
    audit = class_record(context, editor, class_id, "class_member.changed", {"member": str(member_id), **wanted})
    decision = ChangeMember(class_id, caller.member_id, member_id, wanted, audit)
    await context.writer.post(Proposal(decision, context.clock.now(), editor.actor))


async def set_limits(context: Context, caller: Caller, editor: Editor, class_id: UUID, member_id: UUID, wanted: Wanted) -> None:
    """Set a member's limits of tokens: they hold at once.

    Raises:
        DomainError: what `SetLimits` refuses.
    """
    audit = class_record(context, editor, class_id, "class_member.limits_set", {"member": str(member_id), **wanted})
    decision = SetLimits(class_id, caller.member_id, member_id, wanted, audit)
    await context.writer.post(Proposal(decision, context.clock.now(), editor.actor))


async def remove_member(context: Context, caller: Caller, editor: Editor, class_id: UUID, member_id: UUID) -> None:
    """Put a member out of a class: they can't join it again.

    Raises:
        DomainError: what `RemoveMember` refuses.
    """
    audit = class_record(context, editor, class_id, "class_member.removed", {"member": str(member_id)})
    decision = RemoveMember(class_id, caller.member_id, member_id, audit)
    await context.writer.post(Proposal(decision, context.clock.now(), editor.actor))


async def let_return(context: Context, caller: Caller, editor: Editor, class_id: UUID, member_id: UUID) -> None:
    """Let a member who was removed join again.

    Raises:
        DomainError: what `LetReturn` refuses.
    """
    audit = class_record(context, editor, class_id, "class_member.let_return", {"member": str(member_id)})
    decision = LetReturn(class_id, caller.member_id, member_id, audit)
    await context.writer.post(Proposal(decision, context.clock.now(), editor.actor))


async def set_sponsorship(
    context: Context, caller: Caller, editor: Editor, class_id: UUID, members: Sequence[UUID] | None, *, is_sponsored: bool
) -> int:
    """Have the class's owner pay first for members, or no longer; gives for how many that is new.

    Args:
        members: at most `MAX_SPONSORED_AT_ONCE`; None: all who are in the class now, some hundreds in a transaction.

    Raises:
        DomainError: what `SetSponsorship` refuses.
    """
    if members is not None:
        return await _sponsor(context, caller, editor, class_id, members, is_sponsored=is_sponsored, skips_absent=False)
    changed, after = 0, None
    for _ in range(MAX_PIECES):
        piece = await run_in_threadpool(_others, context, caller, class_id, is_sponsored, after)
        changed += await _sponsor(context, caller, editor, class_id, piece, is_sponsored=is_sponsored, skips_absent=True)
        if len(piece) < MAX_SPONSORED_AT_ONCE:
            break
        after = piece[-1]
    return changed


async def _sponsor(
    context: Context,
    caller: Caller,
    editor: Editor,
    class_id: UUID,
    members: Sequence[UUID],
    *,
    is_sponsored: bool,
    skips_absent: bool,
) -> int:
    told: Wanted = {"is_sponsored": is_sponsored, "members": len(members)}
    audit = class_record(context, editor, class_id, "class.sponsorship_set", told)
    decision = SetSponsorship(class_id, caller.member_id, tuple(members), is_sponsored, audit, skips_absent)
    return (await context.writer.post(Proposal(decision, context.clock.now(), editor.actor))).answer.changed


def _others(context: Context, caller: Caller, class_id: UUID, is_sponsored: bool, after: UUID | None) -> Sequence[UUID]:
    with context.database.read.connect() as connection:
        room = read_standing(connection, class_id, caller.member_id).room
        return list_sponsorable(connection, room, is_sponsored=is_sponsored, limit=MAX_SPONSORED_AT_ONCE, after=after)
