"""Purchases and returns between requests, rows and answers."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
import orjson

from laurels.core.errors import DomainError
from laurels.products.loyalty.actions.decided import Decided
from laurels.products.loyalty.actions.dry_run import Tried
from laurels.products.loyalty.actions.telling import purchase_id, purchase_row, return_id_of, return_row
from laurels.products.loyalty.api.events import why_of
from laurels.products.loyalty.decisions.earning import Earned
from laurels.products.loyalty.decisions.returning import Returned
from laurels.products.loyalty.errors import refusal_of
from laurels.products.loyalty.rules import Line, Purchase, Step
from laurels.products.loyalty.schemas.events import (
    DryRunAnswer,
    EventAnswer,
    PurchaseAnswer,
    PurchaseBody,
    ReturnAnswer,
    ReturnBody,
    StepAnswer,
)
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow
from laurels.web.language import translations
from laurels.web.problems import language_of


def purchase_of_body(program: UUID, body: PurchaseBody, *, now: datetime, batch: UUID | None = None, place: int = 0) -> PurchaseRow:
    """A purchase as it is kept."""
    lines = tuple(Line(line.category, line.amount) for line in body.lines)
    sent = Purchase(body.transaction_id, body.member, body.amount, body.currency, body.occurred_at, lines)
    metadata = orjson.dumps(body.metadata).decode() if body.metadata else None
    return purchase_row(program, sent, now=now, batch=batch, place=place, metadata=metadata)


def return_of_body(program: UUID, body: ReturnBody, *, now: datetime, batch: UUID | None = None, place: int = 0) -> ReturnRow:
    """A return as it is kept."""
    return return_row(
        program,
        body.return_id,
        amount=body.amount,
        occurred_at=body.occurred_at,
        now=now,
        transaction_id=body.transaction_id,
        member_ref=body.member,
        batch=batch,
        place=place,
    )


def decided_purchase(request: Request, one: Decided) -> EventAnswer:
    """What became of a purchase that was decided just now."""
    row = one.event
    assert isinstance(row, PurchaseRow)
    repaid = one.answer.repaid if isinstance(one.answer, Earned) else 0
    return EventAnswer.model_construct(
        event_id=row.id,
        transaction_id=row.transaction_id,
        status=one.status,  # type: ignore[arg-type]  # a decision gives no other
        points=one.points,
        repaid=repaid,
        refusal=why_of(request, one.refusal),
        is_replay=one.is_replay,
    )


def accepted_purchase(request: Request, row: PurchaseRow, outcome: str | DomainError) -> EventAnswer:
    """What became of a purchase that was to be kept."""
    refusal = outcome if isinstance(outcome, DomainError) else None
    return EventAnswer.model_construct(
        event_id=row.id,
        transaction_id=row.transaction_id,
        status="refused" if refusal else "accepted",
        points=0,
        repaid=0,
        refusal=why_of(request, refusal),
        is_replay=False,
    )


def refused_purchase(request: Request, program: UUID, body: PurchaseBody, refusal: DomainError) -> EventAnswer:
    """What becomes of a purchase that isn't even kept."""
    return EventAnswer.model_construct(
        event_id=purchase_id(program, body.transaction_id),
        transaction_id=body.transaction_id,
        status="refused",
        points=0,
        repaid=0,
        refusal=why_of(request, refusal),
        is_replay=False,
    )


def kept_purchase(request: Request, row: PurchaseRow, *, is_replay: bool) -> EventAnswer:
    """A purchase as it stands."""
    return EventAnswer(
        event_id=row.id,
        transaction_id=row.transaction_id,
        status=row.status,
        points=row.points,
        repaid=row.repaid,
        refusal=why_of(request, refusal_of(row.refusal, row.refusal_fields, member=row.member_ref)),
        is_replay=is_replay,
    )


def whole_purchase(request: Request, row: PurchaseRow, currency: str) -> PurchaseAnswer:
    """A purchase as it stands, with all that is known of it."""
    return PurchaseAnswer(
        event_id=row.id,
        transaction_id=row.transaction_id,
        status=row.status,
        points=row.points,
        repaid=row.repaid,
        refusal=why_of(request, refusal_of(row.refusal, row.refusal_fields, member=row.member_ref)),
        member=row.member_ref,
        amount=row.amount,
        currency=currency,
        occurred_at=row.occurred_at,
        base_points=row.base_points,
        tier_points=row.tier_points,
        campaign_points=row.campaign_points,
        terms_version=row.terms_version,
        returned_amount=row.returned_amount,
        returned_points=row.returned_points,
        accepted_at=row.accepted_at,
        decided_at=row.decided_at,
    )


def decided_return(request: Request, one: Decided) -> ReturnAnswer:
    """What became of a return that was decided just now."""
    row = one.event
    assert isinstance(row, ReturnRow)
    answer = one.answer if isinstance(one.answer, Returned) else None
    return ReturnAnswer.model_construct(
        event_id=row.id,
        return_id=row.return_id,
        status=one.status,  # type: ignore[arg-type]  # a decision gives no other
        points=one.points,
        taken=answer.taken if answer else 0,
        owed=answer.owed if answer else 0,
        refusal=why_of(request, one.refusal),
        is_replay=one.is_replay,
    )


def accepted_return(request: Request, row: ReturnRow, outcome: str | DomainError) -> ReturnAnswer:
    """What became of a return that was to be kept."""
    refusal = outcome if isinstance(outcome, DomainError) else None
    return ReturnAnswer.model_construct(
        event_id=row.id,
        return_id=row.return_id,
        status="refused" if refusal else "accepted",
        points=0,
        taken=0,
        owed=0,
        refusal=why_of(request, refusal),
        is_replay=False,
    )


def refused_return(request: Request, program: UUID, body: ReturnBody, refusal: DomainError) -> ReturnAnswer:
    """What becomes of a return that isn't even kept."""
    return ReturnAnswer.model_construct(
        event_id=return_id_of(program, body.return_id),
        return_id=body.return_id,
        status="refused",
        points=0,
        taken=0,
        owed=0,
        refusal=why_of(request, refusal),
        is_replay=False,
    )


def kept_return(request: Request, row: ReturnRow, *, is_replay: bool = False) -> ReturnAnswer:
    """A return as it stands."""
    return ReturnAnswer(
        event_id=row.id,
        return_id=row.return_id,
        status=row.status,
        points=row.points,
        taken=row.taken,
        owed=row.owed,
        refusal=why_of(request, refusal_of(row.refusal, row.refusal_fields, member=row.member_ref)),
        is_replay=is_replay,
    )


def tried_purchase(request: Request, tried: Tried) -> DryRunAnswer:
    """What a purchase would earn, with why in the caller's language."""
    grant = tried.would.grant
    return DryRunAnswer(
        points=grant.total,
        base_points=grant.award.base,
        tier_points=grant.award.tier_bonus,
        campaign_points=grant.campaigns,
        usable_from=tried.would.usable_from,
        expires_at=tried.would.expires_at,
        terms_version=tried.version,
        steps=[_step(request, step) for step in grant.award.steps],
    )


def _step(request: Request, step: Step) -> StepAnswer:
    sentence = translations(language_of(request)).gettext(step.sentence)
    return StepAnswer(code=step.code.value, detail=sentence.format(**step.params), params=dict(step.params))
