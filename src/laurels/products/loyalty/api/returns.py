"""/programs/{id}/returns: goods that came back, singly and in batches."""

from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Invalid, Missing, Unavailable
from laurels.core.ids import new_id
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions.deciding import Manner, decide_events
from laurels.products.loyalty.actions.events import KNOWN, accept, accept_all, check_sent, decide_now
from laurels.products.loyalty.actions.telling import return_id_of
from laurels.products.loyalty.api.events import (
    Sender,
    batch_answer,
    check_event,
    check_events,
    may_look,
    tell_decided,
    waited,
)
from laurels.products.loyalty.api.outcomes import accepted_return, decided_return, kept_return, refused_return, return_of_body
from laurels.products.loyalty.errors import InTheFuture, ProgramClosed, ReturnConflict, UnknownMember, WrongCurrency
from laurels.products.loyalty.queries.access import get_visible_program, is_program_admin
from laurels.products.loyalty.queries.configuration import Configuration
from laurels.products.loyalty.queries.events import get_return, returns_by_id
from laurels.products.loyalty.schemas.events import ReturnAnswer, ReturnBatchAnswer, ReturnBatchBody, ReturnBody
from laurels.products.loyalty.tables import ReturnRow
from laurels.products.loyalty.tries import TRIES_PER_MINUTE, book_in_path
from laurels.web.caller import AnyCaller, Role, ServiceCaller, service_or
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.key_refusals import ScopeMissing
from laurels.web.language import N_
from laurels.web.limits import SERVICE_PER_MINUTE, limited
from laurels.web.paths import API_PREFIX
from laurels.web.preferences import Prefer, wants_to_wait

router = APIRouter()


@router.post(
    "/{program_id}/returns",
    status_code=202,
    response_model=ReturnAnswer,
    dependencies=[limited("return", per_minute=TRIES_PER_MINUTE, service_per_minute=SERVICE_PER_MINUTE, book=book_in_path)],
    responses=waited(ReturnAnswer, is_located=True)
    | documented(Missing, ScopeMissing, ProgramClosed, ReturnConflict, WrongCurrency, InTheFuture, UnknownMember, Invalid),
)
async def return_goods(
    program_id: OpaqueId,
    body: ReturnBody,
    caller: Sender,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("return")],
    prefer: Prefer = None,
) -> ReturnAnswer:
    """Tell a return, of a purchase or of a member's goods. It counts once for ever by its id, whatever is sent again.

    It is durable when this answers 202, and decided soon: ask at `Location`. One
    whose purchase hasn't come yet waits for it. With `Prefer: wait` it is decided first (200).
    """
    program = known_id(program_id, what="program")
    now = context.clock.now()
    await run_in_threadpool(check_event, context, caller, program, body, partial(_check, now=now))
    response.headers["Location"] = f"{API_PREFIX}/programs/{program}/returns/{return_id_of(program, body.return_id)}"
    if wants_to_wait(prefer):
        decided = await decide_now(context, caller, program, return_of_body(program, body, now=now), request=key)
        tell_decided(request, response, decided, key)
        return decided_return(request, decided)
    row = return_of_body(program, body, now=now, batch=new_id())
    posted = await accept(context, caller, program, row, request=key)
    tell_replay(request, posted)
    if posted.is_replay or posted.answer.known:
        return kept_return(request, await run_in_threadpool(_read, context, program, row.id), is_replay=True)
    return accepted_return(request, row, "accepted")


@router.post(
    "/{program_id}/returns/batch",
    status_code=202,
    response_model=ReturnBatchAnswer,
    dependencies=[limited("return-batch", per_minute=TRIES_PER_MINUTE, service_per_minute=SERVICE_PER_MINUTE)],
    responses=waited(ReturnBatchAnswer) | documented(Missing, ScopeMissing, ProgramClosed, Unavailable),
)
def return_goods_in_batch(
    program_id: OpaqueId, body: ReturnBatchBody, caller: Sender, context: Ctx, request: Request, prefer: Prefer = None
) -> Response:
    """Tell up to 10,000 returns; one outcome for each, in their order. Sent again, it changes nothing."""
    program = known_id(program_id, what="program")
    now, batch = context.clock.now(), new_id()
    wrong = check_events(context, caller, program, body.events, partial(_check, now=now))
    is_waited = wants_to_wait(prefer)
    rows = [
        return_of_body(program, one, now=now, batch=None if is_waited else batch, place=place)
        for place, (one, refusal) in enumerate(zip(body.events, wrong, strict=True))
        if refusal is None
    ]
    if is_waited:
        told = [decided_return(request, one) for one in decide_events(context, program, rows, Manner(caller.actor, now))]
    else:
        outcomes = accept_all(context, caller, program, rows)
        with context.database.read.connect() as connection:
            known = returns_by_id(connection, [row.id for row, outcome in zip(rows, outcomes, strict=True) if outcome == KNOWN])
        told = [
            kept_return(request, known[row.id], is_replay=True) if outcome == KNOWN else accepted_return(request, row, outcome)
            for row, outcome in zip(rows, outcomes, strict=True)
        ]
    answers = iter(told)
    items = [
        next(answers) if refusal is None else refused_return(request, program, one, refusal)
        for one, refusal in zip(body.events, wrong, strict=True)
    ]
    return batch_answer(ReturnBatchAnswer, items, ("accepted", "applied", "waiting", "refused"), is_waited=is_waited)


@router.get("/{program_id}/returns/{event_id}", responses=documented(Missing, ScopeMissing))
def read_return(
    program_id: OpaqueId, event_id: OpaqueId, caller: Annotated[AnyCaller, service_or(Role.MEMBER)], context: Ctx, request: Request
) -> ReturnAnswer:
    """What became of a return: for the program's keys and admins, and for the member whose goods they were."""
    program, event = known_id(program_id, what="program"), known_id(event_id, what="return")
    with context.database.read.connect() as connection:
        if isinstance(caller, ServiceCaller):
            may_look(caller, program)
            row = get_return(connection, program, event)
        else:
            get_visible_program(connection, caller, program)
            row = get_return(connection, program, event)
            if row.member != caller.member_id and not is_program_admin(connection, caller, program):
                raise Missing(what="return")
    return kept_return(request, row)


def _check(configuration: Configuration, body: ReturnBody, *, now: datetime) -> None:
    """Check a return before it is kept.

    Raises:
        WrongCurrency, InTheFuture.
        Invalid: it names both a purchase and a member, or neither.
    """
    if (body.transaction_id is None) == (body.member is None):
        raise Invalid(field="transaction_id", reason=N_("send the purchase's transaction id, or the member, and not both"))
    check_sent(configuration, body.currency, body.occurred_at, now)


def _read(context: Context, program_id: UUID, event_id: UUID) -> ReturnRow:
    with context.database.read.connect() as connection:
        return get_return(connection, program_id, event_id)
