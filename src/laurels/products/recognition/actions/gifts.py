"""Giving, endorsing, taking back."""

from dataclasses import dataclass, replace
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.core.ids import new_id
from laurels.core.windows import Month, month_of
from laurels.identity.audit_log import new_action
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.recognition.actions.actors import actor_of
from laurels.products.recognition.decisions import Endorsed, EndorseRecognition, GiveCredits, Given, Reversed, ReverseRecognition
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.queries import get_recognition
from laurels.products.recognition.tables import Recognition
from laurels.web.caller import Caller
from laurels.web.context import Context


@dataclass(frozen=True, slots=True)
class Gift:
    """What a member wants to give."""

    receiver: UUID
    credits: int
    message: str
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Gave:
    """A gift that was accepted, now or under the same key before.

    Attributes:
        recognition: as it was when it was given.
    """

    posted: Posted[Given]
    recognition: Recognition


async def give_credits(context: Context, caller: Caller, gift: Gift, *, request: RequestKey | None = None) -> Gave:
    """Thank a member with credits.

    Nothing is read: what the decision needs is read in its batch, and the
    answer is made from what was sent and decided. Only a replay is looked up.

    Raises:
        DomainError: what `GiveCredits` refuses.
    """
    at = context.clock.now()
    policy = policy_of(context.settings)
    month = month_of(at, policy.zone)
    decision = GiveCredits(
        recognition=new_id(),
        giver=caller.member_id,
        receiver=gift.receiver,
        credits=gift.credits,
        message=gift.message,
        value=gift.value,
        month=month,
        policy=policy,
    )
    posted = await context.writer.post(Proposal(decision, at, actor_of(caller), request))
    if posted.is_replay:
        return Gave(posted, await run_in_threadpool(_first_answer, context, posted.answer.recognition))
    recognition = Recognition(
        id=decision.recognition,
        entry=posted.entry,
        giver=decision.giver,
        receiver=decision.receiver,
        credits=decision.credits,
        message=decision.message,
        value=decision.value,
        month=month,
        endorsement_count=0,
        created_at=at,
        updated_at=at,
    )
    return Gave(posted, recognition)


async def endorse(context: Context, caller: Caller, recognition_id: UUID, *, request: RequestKey | None = None) -> Posted[Endorsed]:
    """Agree with a recognition, once.

    Raises:
        DomainError: what `EndorseRecognition` refuses.
    """
    decision = EndorseRecognition(recognition_id, caller.member_id, policy_of(context.settings))
    return await context.writer.post(Proposal(decision, context.clock.now(), actor_of(caller), request))


async def reverse(
    context: Context, caller: Caller, recognition_id: UUID, reason: str, *, address_hash: str, request: RequestKey | None = None
) -> Posted[Reversed]:
    """Take a recognition back, once: for staff. The log of what staff changed is written with it.

    Args:
        address_hash: from where: `identity.parts.origin_of(request).address_hash`.

    Raises:
        Missing: there is no such recognition.
        AlreadyReversed: it was taken back before.
    """
    found = await run_in_threadpool(_read, context, recognition_id)
    at = context.clock.now()
    decision = ReverseRecognition(
        recognition=found.id,
        entry=found.entry,
        giver=found.giver,
        receiver=found.receiver,
        credits=found.credits,
        month=Month(found.month),
        staff=caller.member_id,
        reason=reason,
        audit=new_action(
            actor_id=caller.member_id,
            action="recognition.reversed",
            subject=f"recognition/{found.id}",
            before={"is_reversed": False},
            after={"is_reversed": True, "credits": found.credits},
            now=at,
            address_hash=address_hash,
        ),
        policy=policy_of(context.settings),
    )
    return await context.writer.post(Proposal(decision, at, actor_of(caller), request))


def _read(context: Context, recognition_id: UUID) -> Recognition:
    with context.database.read.connect() as connection:
        return get_recognition(connection, recognition_id)


def _first_answer(context: Context, recognition_id: UUID) -> Recognition:
    """A recognition as it was answered first: a replay answers the same, whatever happened since."""
    found = _read(context, recognition_id)
    return replace(found, endorsement_count=0, updated_at=found.created_at, reversed_at=None, reversed_by=None, reversal_reason=None)
