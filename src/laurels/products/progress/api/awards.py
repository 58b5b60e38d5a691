"""/progress/awards: what services and staff award, singly and in batches."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from laurels.core.errors import Denied, DomainError, Invalid, Missing, Unavailable
from laurels.identity.errors import MemberInactive
from laurels.identity.parts import origin_of
from laurels.identity.sessions import Origin
from laurels.ledger import LimitReached
from laurels.products.progress.actions.awarding import Award, Outcome, award_all, event_key, office_of
from laurels.products.progress.actions.permits import giving_of
from laurels.products.progress.errors import AwardConflict, TypeNotAllowed, UnknownTopic
from laurels.products.progress.queries.access import AWARD, SUBJECT
from laurels.products.progress.queries.whose import members_named
from laurels.products.progress.schemas.awards import (
    AwardBatchAnswer,
    AwardBatchBody,
    AwardBody,
    AwardOutcomeAnswer,
    AwardsBody,
    RefusalAnswer,
)
from laurels.web.caller import AnyCaller, Role, require_scope, service_or
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.key_refusals import ScopeMissing
from laurels.web.language import explain
from laurels.web.limits import SERVICE_PER_MINUTE, limited
from laurels.web.problems import language_of

router = APIRouter(prefix="/progress/awards")

REQUESTS_PER_MINUTE = 30
"""Requests of one member of the staff, each of which may be a batch."""

Sender = Annotated[AnyCaller, service_or(Role.STAFF, scope=AWARD)]
"""A key with the scope, or staff."""

_LIMIT = [limited("awards", per_minute=REQUESTS_PER_MINUTE, service_per_minute=SERVICE_PER_MINUTE)]
_REFUSED = documented(Missing, ScopeMissing, Denied, Unavailable)


@router.post(
    "",
    response_model=AwardOutcomeAnswer | AwardBatchAnswer,
    dependencies=_LIMIT,
    responses=_REFUSED | documented(AwardConflict, Invalid, TypeNotAllowed, UnknownTopic, MemberInactive, LimitReached),
)
def award(body: AwardsBody, caller: Sender, context: Ctx, request: Request) -> Response:
    """Award points: once for ever by the event id, whatever is sent again; so no Idempotency-Key is needed.

    It is committed when this answers. Sent as `awards`, a list of up to 10,000
    in 16 MiB at most, each gets an outcome of its own, in their order; one alone
    is refused by a problem.
    """
    require_scope(caller, SUBJECT, AWARD, what="award")
    if isinstance(body, AwardBatchBody):
        return _batch_answer(context, caller, request, body.awards)
    [(sent, outcome)] = _award(context, caller, request, [body])
    if isinstance(outcome, Exception):
        raise outcome
    return _json(_outcome(request, sent, outcome))


@router.post("/batch", response_model=AwardBatchAnswer, dependencies=_LIMIT, responses=_REFUSED)
def award_in_batch(body: AwardBatchBody, caller: Sender, context: Ctx, request: Request) -> Response:
    """Award points up to 10,000 times, in 16 MiB at most; one outcome for each, in their order.

    All that is told as awarded is committed when this answers. Sent again, it changes nothing.
    """
    require_scope(caller, SUBJECT, AWARD, what="award")
    return _batch_answer(context, caller, request, body.awards)


def _award(context: Context, caller: AnyCaller, request: Request, sent: Sequence[AwardBody]) -> Iterator[tuple[AwardBody, Outcome]]:
    """Award in order; gives what became of each.

    Raises:
        Unavailable: the ledger is busy: what was given so far is committed.
    """
    now, origin = context.clock.now(), origin_of(request)
    with context.database.read.connect() as connection:
        members = members_named(connection, {one.member for one in sent})
    asked = [_asked(caller, one, members.get(one.member), now, origin) for one in sent]
    awards = (one for one in asked if isinstance(one, Award))
    outcomes = award_all(office_of(context), awards, at=now, actor=caller.actor)
    for body, one in zip(sent, asked, strict=True):
        outcome = next(outcomes) if isinstance(one, Award) else one
        if isinstance(outcome, Unavailable) or (isinstance(outcome, Exception) and not isinstance(outcome, DomainError)):
            raise outcome
        yield body, outcome


def _asked(caller: AnyCaller, body: AwardBody, member: UUID | None, now: datetime, origin: Origin) -> Award | DomainError:
    """What is to be decided of an award, or why it can't be."""
    if member is None:
        return Missing(what="member")
    try:
        giving = giving_of(caller, member, body.asked(), now=now)
    except DomainError as refusal:
        return refusal
    return Award(giving, event_key(body.event_id, giving, is_timed=body.occurred_at is not None), origin.address_hash)


def _batch_answer(context: Context, caller: AnyCaller, request: Request, sent: Sequence[AwardBody]) -> Response:
    items = [_outcome(request, body, outcome) for body, outcome in _award(context, caller, request, sent)]
    counts: dict[str, Any] = {status: sum(item.status == status for item in items) for status in ("awarded", "replayed", "refused")}
    points = sum(item.amount for item in items if item.status == "awarded")
    return _json(AwardBatchAnswer.model_construct(items=items, points=points, **counts))


def _outcome(request: Request, body: AwardBody, outcome: Outcome) -> AwardOutcomeAnswer:
    """What became of an award; right already, so that ten thousand of them aren't checked again."""
    if isinstance(outcome, Exception):
        refusal = _refusal(request, outcome)
        return AwardOutcomeAnswer.model_construct(
            event_id=body.event_id, status="refused", activity_id=None, amount=0, total_points=None, refusal=refusal
        )
    return AwardOutcomeAnswer.model_construct(
        event_id=body.event_id,
        status="replayed" if outcome.is_replay else "awarded",
        activity_id=outcome.answer.activity,
        amount=outcome.answer.amount,
        total_points=outcome.answer.total,
        refusal=None,
    )


def _refusal(request: Request, refusal: Exception) -> RefusalAnswer:
    assert isinstance(refusal, DomainError)
    detail = explain(refusal, language_of(request))
    return RefusalAnswer.model_construct(code=refusal.code, detail=detail, fields=dict(refusal.fields))


def _json(answer: AwardOutcomeAnswer | AwardBatchAnswer) -> Response:
    return Response(answer.model_dump_json(), media_type="application/json")
