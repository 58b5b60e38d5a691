"""Taking in what shops tell: kept at once and decided soon, or decided before answering."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from starlette.concurrency import run_in_threadpool

from laurels.core.errors import DomainError, Unavailable
from laurels.core.ids import new_id
from laurels.ledger import AlreadyRecorded
from laurels.ledger.writer import Posted, Proposal, RequestKey
from laurels.products.loyalty.actions.decided import Decided, decided_of, known_events, replayed
from laurels.products.loyalty.actions.deciding import Manner, decide_events, open_judge, status_of
from laurels.products.loyalty.decisions.accepting import MAX_EVENTS, Accepted, AcceptEvents, Put, PutAside, RefuseEvent
from laurels.products.loyalty.decisions.earning import Earned, EarnPoints
from laurels.products.loyalty.decisions.events import DECIDED, Event, conflict_of
from laurels.products.loyalty.decisions.returning import ApplyReturn
from laurels.products.loyalty.errors import InTheFuture, ProgramChanged, WrongCurrency
from laurels.products.loyalty.queries.configuration import Configuration, forget
from laurels.products.loyalty.queries.current import MAX_CHANGES, require_current
from laurels.products.loyalty.queries.events import waiting_returns
from laurels.products.loyalty.tables import PurchaseRow
from laurels.web.caller import AnyCaller
from laurels.web.context import Context

ACCEPTED = "accepted"
"""What becomes of an event that is new."""

KNOWN = "known"
"""What becomes of one that was sent before, with the same details."""


OUTCOMES: Mapping[str, type] = MappingProxyType(
    {decision.name: decision.answers for decision in (AcceptEvents, PutAside, EarnPoints, ApplyReturn)}
)
"""What a request that tells an event may have led to: it may come again when its member has joined, or asking to wait."""


def check_sent(configuration: Configuration, currency: str, occurred_at: datetime, now: datetime) -> None:
    """Check what a shop told against the program's settings, before anything is kept.

    Raises:
        WrongCurrency, InTheFuture.
    """
    expected = configuration.program.currency
    if currency != expected:
        raise WrongCurrency(expected=expected, currency=currency)
    tolerance = configuration.terms_at(now).terms.future_tolerance_minutes
    if occurred_at > now + timedelta(minutes=tolerance):
        raise InTheFuture(occurred_at=occurred_at.isoformat(), tolerance_minutes=tolerance)


async def accept(
    context: Context, caller: AnyCaller, program: UUID, event: Event, *, request: RequestKey | None = None
) -> Posted[Accepted]:
    """Keep an event, to be decided soon by a worker: durable once this returns.

    Raises:
        DomainError: what `AcceptEvents` refuses.
    """
    batch = event.batch or new_id()
    decision = AcceptEvents(program, batch, (event,))
    return await context.writer.post(Proposal(decision, context.clock.now(), caller.actor, request, alternatives=OUTCOMES))


def accept_all(context: Context, caller: AnyCaller, program: UUID, events: Sequence[Event]) -> list[str | DomainError]:
    """Keep events, to be decided soon by a worker; gives for each `accepted`, `known`, or why not.

    All that is given is durable once this returns. For a thread that may block.

    Raises:
        DomainError: the whole is refused: there is no such program, it doesn't run, or the ledger is busy.
    """
    now = context.clock.now()
    pieces = [tuple(events[start : start + MAX_EVENTS]) for start in range(0, len(events), MAX_EVENTS)]
    proposals = [Proposal(AcceptEvents(program, piece[0].batch or new_id(), piece), now, caller.actor) for piece in pieces]
    outcomes: list[str | DomainError] = []
    for piece, outcome in zip(pieces, context.writer.post_all(proposals), strict=True):
        if isinstance(outcome, DomainError) and len(piece) == 1 and not isinstance(outcome, Unavailable):
            outcomes.append(outcome)
        elif isinstance(outcome, Exception):
            raise outcome
        else:
            outcomes += _told(piece, outcome.answer)
    return outcomes


def _told(piece: Sequence[Event], answer: Accepted) -> list[str | DomainError]:
    told: list[str | DomainError] = [ACCEPTED] * len(piece)
    for place in answer.known:
        told[place] = KNOWN
    for place in answer.conflicts:
        told[place] = conflict_of(piece[place])
    return told


async def decide_now(context: Context, caller: AnyCaller, program: UUID, event: Event, *, request: RequestKey | None = None) -> Decided:
    """Decide an event before answering.

    The request's key remembers a refusal; the event's own id doesn't, so that
    it may come again and then earn.

    Raises:
        DomainError: it was refused.
    """
    now = context.clock.now()
    manner = Manner(caller.actor, now)
    for _ in range(MAX_CHANGES):
        try:
            decision = await run_in_threadpool(_choose, context, program, event, manner)
            posted = await context.writer.post(Proposal(decision, now, caller.actor, request, alternatives=OUTCOMES))
        except ProgramChanged:
            forget(context.database, program)
            continue
        except AlreadyRecorded as recorded:
            raise conflict_of(event) from recorded
        if isinstance(event, PurchaseRow) and isinstance(posted.answer, Earned) and not posted.is_replay:
            await run_in_threadpool(_settle_waiting, context, program, event.id, manner)
        is_accepted = isinstance(posted.answer, Accepted)  # by this very request, which didn't wait then
        if is_accepted or (isinstance(posted.answer, Put) and posted.answer.status in DECIDED):
            known = await run_in_threadpool(known_events, context.database, [event])
            return replayed(event, known[event.id])
        return decided_of(event, posted)
    raise Unavailable()


def _choose(context: Context, program: UUID, event: Event, manner: Manner) -> Any:
    """The decision of an event: what it earns, or that it waits, or that it is refused.

    Raises:
        ProgramChanged: it waits or is refused by settings that are stale.
    """
    judge = open_judge(context, program, [event], manner)
    judged = judge.judge(event)
    if isinstance(judged, Proposal):
        return judged.decision
    require_current(context.database, judge.configuration)
    known = known_events(context.database, [event]).get(event.id)
    is_decided = known is not None and known.fingerprint == event.fingerprint and known.status in DECIDED
    if is_decided or status_of(event, judged, judge.configuration) == "waiting":
        return PutAside(program, event, "waiting", None, judge.awaited(event))  # which leaves alone what was decided
    return RefuseEvent(program, event, judged)


def _settle_waiting(context: Context, program: UUID, purchase: UUID, manner: Manner) -> None:
    with context.database.read.connect() as connection:
        waited = waiting_returns(connection, [purchase])
    for _ in decide_events(context, program, waited, manner):
        pass
