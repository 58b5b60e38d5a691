"""/programs/{id}/earn: purchases, singly and in batches, and what they would earn."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Missing, Unavailable
from laurels.core.ids import new_id
from laurels.identity.errors import MemberInactive
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions.deciding import Manner, decide_events
from laurels.products.loyalty.actions.dry_run import Trial, dry_run
from laurels.products.loyalty.actions.events import KNOWN, accept, accept_all, check_sent, decide_now
from laurels.products.loyalty.actions.telling import purchase_id
from laurels.products.loyalty.api.events import (
    Sender,
    batch_answer,
    check_event,
    check_events,
    may_look,
    require_sender,
    tell_decided,
    waited,
)
from laurels.products.loyalty.api.outcomes import (
    accepted_purchase,
    decided_purchase,
    kept_purchase,
    purchase_of_body,
    refused_purchase,
    tried_purchase,
    whole_purchase,
)
from laurels.products.loyalty.errors import InTheFuture, ProgramClosed, PurchaseConflict, UnknownMember, WrongCurrency
from laurels.products.loyalty.queries.access import get_visible_program, is_program_admin
from laurels.products.loyalty.queries.configuration import Configuration, configuration_of
from laurels.products.loyalty.queries.events import get_purchase, purchases_by_id
from laurels.products.loyalty.rules import Line
from laurels.products.loyalty.schemas.events import (
    BatchAnswer,
    DryRunAnswer,
    DryRunBody,
    EventAnswer,
    PurchaseAnswer,
    PurchaseBatchBody,
    PurchaseBody,
)
from laurels.products.loyalty.tables import PurchaseRow
from laurels.products.loyalty.tries import TRIES_PER_MINUTE, book_in_path
from laurels.web.caller import AnyCaller, Role, ServiceCaller, service_or
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.key_refusals import ScopeMissing
from laurels.web.limits import SERVICE_PER_MINUTE, limited
from laurels.web.paths import API_PREFIX
from laurels.web.preferences import Prefer, wants_to_wait

router = APIRouter()


@router.post(
    "/{program_id}/earn",
    status_code=202,
    response_model=EventAnswer,
    dependencies=[limited("earn", per_minute=TRIES_PER_MINUTE, service_per_minute=SERVICE_PER_MINUTE, book=book_in_path)],
    responses=waited(EventAnswer, is_located=True)
    | documented(Missing, ScopeMissing, ProgramClosed, PurchaseConflict, WrongCurrency, InTheFuture, UnknownMember, MemberInactive),
)
async def earn_points(
    program_id: OpaqueId,
    body: PurchaseBody,
    caller: Sender,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("earn")],
    prefer: Prefer = None,
) -> EventAnswer:
    """Tell a purchase. It earns once for ever by its transaction id, whatever is sent again.

    It is durable when this answers 202, and decided soon: ask at `Location`.
    With `Prefer: wait` it is decided first (200).
    """
    program = known_id(program_id, what="program")
    now = context.clock.now()
    await run_in_threadpool(check_event, context, caller, program, body, partial(_check, now=now))
    response.headers["Location"] = f"{API_PREFIX}/programs/{program}/earn/{purchase_id(program, body.transaction_id)}"
    if wants_to_wait(prefer):
        decided = await decide_now(context, caller, program, purchase_of_body(program, body, now=now), request=key)
        tell_decided(request, response, decided, key)
        return decided_purchase(request, decided)
    posted = await accept(context, caller, program, purchase_of_body(program, body, now=now, batch=new_id()), request=key)
    tell_replay(request, posted)
    if posted.is_replay or posted.answer.known:
        row = await run_in_threadpool(_read, context, program, purchase_id(program, body.transaction_id))
        return kept_purchase(request, row, is_replay=True)
    return EventAnswer(
        event_id=purchase_id(program, body.transaction_id), transaction_id=body.transaction_id, status="accepted", points=0, repaid=0
    )


@router.post(
    "/{program_id}/earn/batch",
    status_code=202,
    response_model=BatchAnswer,
    dependencies=[limited("earn-batch", per_minute=TRIES_PER_MINUTE, service_per_minute=SERVICE_PER_MINUTE)],
    responses=waited(BatchAnswer) | documented(Missing, ScopeMissing, ProgramClosed, Unavailable),
)
def earn_points_in_batch(
    program_id: OpaqueId, body: PurchaseBatchBody, caller: Sender, context: Ctx, request: Request, prefer: Prefer = None
) -> Response:
    """Tell up to 10,000 purchases; one outcome for each, in their order.

    What is accepted is durable when this answers, and decided soon. With
    `Prefer: wait` all are decided first (200). Sent again, it changes nothing:
    each purchase earns once by its transaction id, so no Idempotency-Key is needed.
    """
    program = known_id(program_id, what="program")
    now, batch = context.clock.now(), new_id()
    wrong = check_events(context, caller, program, body.events, partial(_check, now=now))
    right = [place for place, refusal in enumerate(wrong) if refusal is None]
    is_waited = wants_to_wait(prefer)
    coming = (purchase_of_body(program, body.events[place], now=now, batch=None if is_waited else batch, place=place) for place in right)
    if is_waited:
        decided = decide_events(context, program, coming, Manner(caller.actor, now))
        told = [decided_purchase(request, one) for one in decided]
    else:
        rows = list(coming)
        outcomes = accept_all(context, caller, program, rows)
        with context.database.read.connect() as connection:
            known = purchases_by_id(connection, [row.id for row, outcome in zip(rows, outcomes, strict=True) if outcome == KNOWN])
        told = [
            kept_purchase(request, known[row.id], is_replay=True) if outcome == KNOWN else accepted_purchase(request, row, outcome)
            for row, outcome in zip(rows, outcomes, strict=True)
        ]
    answers = iter(told)
    items = [
        next(answers) if refusal is None else refused_purchase(request, program, one, refusal)
        for one, refusal in zip(body.events, wrong, strict=True)
    ]
    return batch_answer(BatchAnswer, items, ("accepted", "earned", "waiting", "refused"), is_waited=is_waited)


@router.post("/{program_id}/earn/dry-run", responses=documented(Missing, ScopeMissing, UnknownMember))
def try_purchase(program_id: OpaqueId, body: DryRunBody, caller: Sender, context: Ctx, request: Request) -> DryRunAnswer:
    """What a purchase would earn, and why, by the terms in force or by others to be tried. Nothing is kept."""
    program = known_id(program_id, what="program")
    require_sender(context, caller, program)
    lines = tuple(Line(line.category, line.amount) for line in body.lines)
    trial = Trial(body.amount, body.occurred_at or context.clock.now(), lines, body.member, body.terms)
    return tried_purchase(request, dry_run(context, program, trial))


@router.get("/{program_id}/earn/{event_id}", responses=documented(Missing, ScopeMissing))
def read_purchase(
    program_id: OpaqueId, event_id: OpaqueId, caller: Annotated[AnyCaller, service_or(Role.MEMBER)], context: Ctx, request: Request
) -> PurchaseAnswer:
    """What became of a purchase: for the program's keys and admins, and for the member who bought."""
    program, event = known_id(program_id, what="program"), known_id(event_id, what="purchase")
    with context.database.read.connect() as connection:
        if isinstance(caller, ServiceCaller):
            may_look(caller, program)
            row = get_purchase(connection, program, event)
        else:
            get_visible_program(connection, caller, program)
            row = get_purchase(connection, program, event)
            if row.member != caller.member_id and not is_program_admin(connection, caller, program):
                raise Missing(what="purchase")
    return whole_purchase(request, row, configuration_of(context.database, program).program.currency)


def _check(configuration: Configuration, body: PurchaseBody, *, now: datetime) -> None:
    check_sent(configuration, body.currency, body.occurred_at, now)


def _read(context: Context, program_id: UUID, event_id: UUID) -> PurchaseRow:
    with context.database.read.connect() as connection:
        return get_purchase(connection, program_id, event_id)
