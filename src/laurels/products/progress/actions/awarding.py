"""Awarding points: who may award what, and in what sets."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
from starlette.concurrency import run_in_threadpool

from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.identity.audit_log import new_action
from laurels.identity.tables import StaffAction
from laurels.ledger import AlreadyRecorded, BusinessKey
from laurels.ledger.writer import Posted, Proposal, RequestKey, Writer
from laurels.products.progress.decisions.awarding import Awarded, AwardPoints
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.giving import Giving
from laurels.products.progress.errors import AwardConflict, ProgressChanged
from laurels.products.progress.queries.configuration import basis_of, find_kept, forget
from laurels.web.context import Context

MAX_CHANGES = 5
"""How often a decision is made again because staff changed something meanwhile."""

A = TypeVar("A")
Outcome = Posted[Any] | Exception


@dataclass(frozen=True, slots=True)
class Office:
    """Where awards are decided: the database, its writer, and the community's zone."""

    database: Database
    writer: Writer
    zone: ZoneInfo


def office_of(context: Context) -> Office:
    """The process's own."""
    return Office(context.database, context.writer, context.settings.zone)


async def post_current(office: Office, decide: Callable[[Basis], Proposal[Any]]) -> Posted[Any]:
    """Post what is decided by what staff set now; again where they changed something meanwhile.

    Raises:
        DomainError: the decision refuses.
        Unavailable: they change things all the time.
    """
    for _ in range(MAX_CHANGES):
        basis = find_kept(office.database, office.zone)
        if basis is None:
            basis = await run_in_threadpool(basis_of, office.database, office.zone)
        try:
            return await office.writer.post(decide(basis))
        except ProgressChanged:
            forget(office.database)
    raise Unavailable()


def post_all_current(office: Office, decide: Sequence[Callable[[Basis], Proposal[Any]]]) -> list[Outcome]:
    """The same for many, from a thread that may wait: an outcome for each, in order."""
    outcomes: dict[int, Outcome] = {}
    todo = list(range(len(decide)))
    for _ in range(MAX_CHANGES):
        basis = basis_of(office.database, office.zone)
        found = list(office.writer.post_all(decide[place](basis) for place in todo))
        outcomes.update(zip(todo, found, strict=True))
        todo = [place for place in todo if isinstance(outcomes[place], ProgressChanged)]
        if not todo:
            return [outcomes[place] for place in range(len(decide))]
        forget(office.database)
    raise Unavailable()


@dataclass(frozen=True, slots=True)
class Award:
    """An award that is asked for.

    Attributes:
        event: the outside's id of it with a digest of what came with it; None: it has none.
        address_hash: from where staff ask, for the log: `identity.parts.origin_of(request).address_hash`.
    """

    giving: Giving
    event: BusinessKey | None = None
    address_hash: str = ""


def event_key(event_id: str, giving: Giving, *, is_timed: bool = True) -> BusinessKey:
    """The key under which an event of the outside is accepted once, for ever: by services, and in files.

    Args:
        is_timed: whether its time was told with it; else it is when it came, and another the next time.
    """
    at = giving.occurred_at if is_timed else None
    told = (giving.member, giving.asked, giving.kind.value, giving.description, giving.topic, giving.class_id, at)
    return BusinessKey(f"event/{event_id}", blake2b(orjson.dumps(told), digest_size=16).hexdigest())


async def award_points(office: Office, award: Award, *, at: datetime, actor: str, request: RequestKey | None = None) -> Posted[Awarded]:
    """Award points to a member: the one way for whoever asks, singly.

    The caller has checked that the asker may (see `laurels.products.progress.actions.permits`).

    Raises:
        AwardConflict: the event is known with other details.
        DomainError: what `AwardPoints` refuses.
    """
    audit = _audit(award, at)
    try:
        return await post_current(
            office, lambda basis: Proposal(AwardPoints(award.giving, basis, at, award.event, audit=audit), at, actor, request)
        )
    except AlreadyRecorded as refusal:
        raise _conflict(award) from refusal


def award_all(
    office: Office, awards: Iterable[Award], *, at: datetime | None, actor: str, is_past: bool = False, is_told: bool = True
) -> Iterator[Outcome]:
    """Award many, in order, with bounded memory; gives what became of each. Facts of the past aren't told.

    Args:
        at: when they are decided; None: each when it occurred, as in a file of the past.
        is_past: see `AwardPoints`.
    """
    asked: deque[Award] = deque()
    decide = partial(_proposing, at=at, actor=actor, is_past=is_past, is_told=is_told)

    def proposals() -> Iterator[Proposal[Awarded]]:
        for one in awards:
            asked.append(one)
            yield decide(one)(basis_of(office.database, office.zone))

    changed: list[Award] = []
    for outcome in office.writer.post_all(proposals()):
        one = asked.popleft()
        if isinstance(outcome, ProgressChanged):
            # Those behind it that were proposed before this was known meet the same change: all are tried again together.
            if not changed:
                forget(office.database)
            changed.append(one)
            continue
        yield from _again(office, changed, decide)
        changed.clear()
        yield _outcome_of(one, outcome)
    yield from _again(office, changed, decide)


def _again(office: Office, awards: Sequence[Award], decide: Callable[[Award], Callable[[Basis], Proposal[Any]]]) -> Iterator[Outcome]:
    """Awards that met a change of what staff set."""
    outcomes = post_all_current(office, [decide(one) for one in awards]) if awards else []
    return map(_outcome_of, awards, outcomes)


def _proposing(award: Award, *, at: datetime | None, actor: str, is_past: bool, is_told: bool) -> Callable[[Basis], Proposal[Awarded]]:
    when = at or award.giving.occurred_at
    audit = _audit(award, when)
    return lambda basis: Proposal(AwardPoints(award.giving, basis, when, award.event, is_past, audit), when, actor, is_told=is_told)


def _audit(award: Award, at: datetime) -> StaffAction | None:
    """The log's row of what a member of the staff awards; services and members are on record with the activity alone."""
    giving = award.giving
    if giving.awarded_by is None:
        return None
    return new_action(
        actor_id=giving.awarded_by,
        action="points.awarded",
        subject=f"member/{giving.member}",
        before={},
        after={"activity": str(giving.activity), "activity_type": giving.kind.value, "points": giving.asked},
        now=at,
        address_hash=award.address_hash,
    )


def _outcome_of(award: Award, outcome: Outcome) -> Outcome:
    return _conflict(award) if isinstance(outcome, AlreadyRecorded) else outcome


def _conflict(award: Award) -> AwardConflict:
    return AwardConflict(event_id=award.event.id.partition("/")[2] if award.event else "")
