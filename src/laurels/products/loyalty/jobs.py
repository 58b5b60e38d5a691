"""Loyalty's jobs. Each finds for itself what is left to do, so that running late, twice or on two machines harms nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
import logging
from typing import Any
from uuid import UUID

import orjson

from laurels.core.errors import DomainError, Unavailable
from laurels.jobs import JobContext
from laurels.ledger.outbox import Told
from laurels.ledger.reader import due_lots
from laurels.ledger.writer import Proposal
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.actions.deciding import AT_ONCE, Manner, decide_events
from laurels.products.loyalty.decisions.burning import CancelBurn
from laurels.products.loyalty.decisions.events import Event
from laurels.products.loyalty.decisions.expiring import ExpirePoints
from laurels.products.loyalty.decisions.telling import RefreshTier, TellNews
from laurels.products.loyalty.errors import BurnSettled, NothingDue, ProgramChanged
from laurels.products.loyalty.facts import EventsAccepted, MemberJoined
from laurels.products.loyalty.queries.burns import due_burns
from laurels.products.loyalty.queries.configuration import Configuration, basis_at, configuration_of, forget
from laurels.products.loyalty.queries.due import (
    activated,
    expiring,
    inactive_members,
    kept_programs,
    overlooked_returns,
    sweep_of,
    tiered_members,
)
from laurels.products.loyalty.queries.events import accepted_events, left_behind, names_of, waiting_events
from laurels.products.loyalty.tables import Burn, Program

log = logging.getLogger(__name__)

LEFT_AFTER = timedelta(minutes=1)
"""After how long undecided events are swept up: whoever was told of them has failed."""

AHEAD = timedelta(days=14)
"""How long before they expire points are told of."""

SWEEPS_AT_ONCE = 500
"""Members or burns looked up at once."""

SYSTEM = "system/loyalty"


def decide_told(job: JobContext, told: Sequence[Told]) -> None:
    """Decide what was accepted, and what waited for somebody who has joined."""
    batches: dict[UUID, list[UUID]] = defaultdict(list)
    for one in told:
        fact = orjson.loads(one.payload)
        if one.name == EventsAccepted.name:
            batches[UUID(fact["program"])].append(UUID(fact["batch"]))
        elif one.name == MemberJoined.name:
            _decide_waiting(job, UUID(fact["program"]), UUID(fact["member"]))
    for program, accepted in batches.items():
        _decide_accepted(job, program, accepted)


def decide_left(job: JobContext) -> None:
    """Decide what was accepted a while ago and isn't decided, and returns whose purchase has earned: nobody else will.

    Raises:
        Unavailable: the ledger is busy.
        Exception: what went wrong with a batch, once the others have had their turn: one that can't be decided mustn't stop them for ever.
    """
    with job.database.read.connect() as connection:
        left = left_behind(connection, job.now - LEFT_AFTER, limit=SWEEPS_AT_ONCE)
        overlooked = overlooked_returns(connection, limit=SWEEPS_AT_ONCE)
    failed: Exception | None = None
    for program, batch in left:
        if job.is_stopping():
            return
        try:
            _decide_accepted(job, program, [batch])
        except Unavailable:
            raise
        except Exception as error:  # a mistake of ours, or a row that can't be read
            log.exception("the batch %s of program %s can't be decided", batch, program)
            failed = failed or error
    for program, returns in groupby(overlooked, key=lambda one: one.program):
        _decide(job, program, returns)
    if failed is not None:
        raise failed


def _decide_accepted(job: JobContext, program: UUID, batches: Sequence[UUID]) -> None:
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            events = accepted_events(connection, program, batches, limit=AT_ONCE)
        if not events or not _decide(job, program, events):
            return


def _decide_waiting(job: JobContext, program: UUID, member: UUID) -> None:
    """Decide all that waits for a member; what still can't be decided waits on."""
    with job.database.read.connect() as connection:
        names = names_of(connection, member)
        events = waiting_events(connection, program, names)
    _decide(job, program, events)


def _decide(job: JobContext, program: UUID, events: Iterable[Event]) -> bool:
    """Decide events; gives whether any was: none is while their program pauses."""
    statuses = {one.status for one in decide_events(job, program, events, Manner(SYSTEM, job.clock.now(), keeps_refused=True))}
    return bool(statuses - {"accepted"})


def lapse_burns(job: JobContext) -> int:
    """Give back what reservations set aside that weren't confirmed in time; gives how many."""
    lapsed = 0
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            due = due_burns(connection, job.now, limit=SWEEPS_AT_ONCE)
        programs = {program: _settings(job, program).program for program in {one.program for one in due}}
        decisions = [_lapse(one, programs[one.program]) for one in due]
        lapsed += sum(_post(job, decisions, but=(BurnSettled,)))
        if len(due) < SWEEPS_AT_ONCE:
            break
    return lapsed


def _lapse(due: Burn, program: Program) -> CancelBurn:
    return CancelBurn(due.program, due.id, due.member, program.version, timedelta(days=program.grace_days), only_lapsed=True)


def expire_points(job: JobContext) -> int:
    """Post what has expired, in every program; gives of how many members.

    The first touch would do the same at any later time: this makes it visible to reports.
    """
    return sum(_expire(job, program) for program in _programs(job))


def _expire(job: JobContext, program: UUID) -> int:
    touched = 0
    settings = _settings(job, program)
    terms = settings.terms_at(job.now).terms
    after: UUID | None = None
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            if terms.expiry.kind == "inactivity":
                due = inactive_members(connection, program, terms, job.now, settings.zone, after=after, limit=SWEEPS_AT_ONCE)
            else:
                due = due_lots(connection, book_of(program), job.now, after=after, limit=SWEEPS_AT_ONCE)
        version = settings.program.version
        decisions = (ExpirePoints(program, member, terms, version, settings.zone) for member in due)
        touched += sum(_post(job, decisions, but=(NothingDue,)))
        if len(due) < SWEEPS_AT_ONCE:
            break
        after = due[-1]
    return touched


def tell_news(job: JobContext) -> None:
    """Announce points that became active, and points that will expire soon: each once."""
    for program in _programs(job):
        with job.database.read.connect() as connection:
            sweep = sweep_of(connection, program)
            told_active = sweep.activated_until if sweep else None
            told_ahead = sweep.expiring_until if sweep else None
            news = TellNews(
                program,
                since=told_active,
                until=job.now,
                ahead=max(job.now + AHEAD, told_ahead or job.now),
                activated=tuple(activated(connection, program, told_active, job.now)),
                expiring=tuple(expiring(connection, program, told_ahead or job.now, job.now + AHEAD)),
            )
        _all(_post(job, [news], but=(NothingDue,)))


def refresh_tiers(job: JobContext) -> None:
    """Bring tiers up to a new year, where they go by years."""
    for program in _programs(job):
        settings = _settings(job, program)
        terms = settings.terms_at(job.now).terms
        if not terms.tiers or terms.tier_window == "ever":
            continue
        after: UUID | None = None
        while not job.is_stopping():
            with job.database.read.connect() as connection:
                members = tiered_members(connection, program, after=after, limit=SWEEPS_AT_ONCE)
            basis = basis_at(settings, job.now, job.now)
            _all(_post(job, (RefreshTier(member, basis) for member in members), but=(NothingDue,)))
            if len(members) < SWEEPS_AT_ONCE:
                break
            after = members[-1]


def _programs(job: JobContext) -> list[UUID]:
    with job.database.read.connect() as connection:
        return kept_programs(connection)


def _settings(job: JobContext, program: UUID) -> Configuration:
    """A program's settings, read anew: a sweep that finds nothing to do by old ones would never be told that they are."""
    forget(job.database, program)
    return configuration_of(job.database, program)


def _post(job: JobContext, decisions: Iterable[Any], *, but: tuple[type[DomainError], ...]) -> Iterator[bool]:
    """Post a sweep's decisions; tells for each whether it was accepted.

    One whose settings changed meanwhile is left to the next sweep.

    Raises:
        Exception: what is none of `but`.
    """
    for outcome in job.writer.post_all(Proposal(decision, job.now, SYSTEM) for decision in decisions):
        if isinstance(outcome, ProgramChanged):
            forget(job.database, outcome.args[0])
            yield False
        elif isinstance(outcome, Exception):
            if not isinstance(outcome, but) or isinstance(outcome, Unavailable):
                raise outcome
            yield False
        else:
            yield True


def _all(outcomes: Iterator[bool]) -> None:
    for _ in outcomes:
        pass
