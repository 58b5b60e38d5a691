"""Whom a file names: made members of the community and of the program, in sets."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from laurels.core.errors import DomainError, Unavailable
from laurels.identity.actions import ensure_members
from laurels.jobs.timetable import Workplace
from laurels.ledger.writer import Posted, Proposal
from laurels.products.loyalty.decisions.memberships import JoinProgram
from laurels.products.loyalty.errors import ProgramChanged
from laurels.products.loyalty.queries.configuration import configuration_of, forget
from laurels.products.loyalty.queries.current import MAX_CHANGES
from laurels.products.loyalty.queries.events import find_members, is_member_id


@dataclass(frozen=True, slots=True)
class Brought:
    """How many people became members of the community, and how many of the program."""

    created: int = 0
    joined: int = 0


def strangers(workplace: Workplace, program: UUID, refs: Iterable[str]) -> dict[str, UUID | None]:
    """Those of the people named who don't belong to a program and never did, with the ids of those who are known here."""
    named = list(refs)
    with workplace.database.read.connect() as connection:
        known = find_members(connection, program, named)
    found = {ref: known.get(ref) for ref in named}
    return {ref: one.member if one else None for ref, one in found.items() if one is None or not (one.is_joined or one.is_former)}


def bring_people(workplace: Workplace, program: UUID, refs: Mapping[str, datetime], *, actor: str) -> Brought:
    """Make everybody named a member of a program, each from an instant on; in sets, for imports.

    Whoever isn't here becomes a member by student id, without a password, as
    `ensure_members` makes them. Nobody is made of an id of ours that names
    nobody, and whoever left the program, or is suspended, isn't brought back.
    Their joining is told, so that what waited for them is decided.

    Args:
        refs: student ids or members' ids, with when they are to have joined.

    Raises:
        Missing: there is no such program.
        ProgramClosed: it doesn't run any more.
        Unavailable: the ledger is busy; who came first has joined.
    """
    wanted = strangers(workplace, program, refs)
    ids = {ref: member for ref, member in wanted.items() if member is not None}
    missing = [ref for ref in wanted if ref not in ids and not is_member_id(ref)]
    if missing:
        with workplace.database.write.begin() as connection:
            ids |= ensure_members(connection, sorted(missing), now=workplace.clock.now(), time_zone=workplace.settings.time_zone)
    since: dict[UUID, datetime] = {}
    for ref, member in ids.items():  # a student id and a member's id may mean the same person
        since[member] = min(refs[ref], since.get(member, refs[ref]))
    return Brought(len(missing), _join(workplace, program, since, actor))


def _join(workplace: Workplace, program: UUID, since: Mapping[UUID, datetime], actor: str) -> int:
    joined = 0
    todo = dict(since)
    for _ in range(MAX_CHANGES):
        version = configuration_of(workplace.database, program).program.version
        changed: dict[UUID, datetime] = {}
        proposals = [Proposal(JoinProgram(program, member, version, needs_invitation=False), at, actor) for member, at in todo.items()]
        for (member, at), outcome in zip(todo.items(), workplace.writer.post_all(proposals), strict=True):
            if isinstance(outcome, Posted):
                joined += 1
            elif isinstance(outcome, ProgramChanged):
                changed[member] = at
            elif isinstance(outcome, Unavailable) or not isinstance(outcome, DomainError):
                raise outcome
            # Any other refusal (suspended, joined meanwhile) is met again by their purchases, and told with them.
        if not changed:
            return joined
        forget(workplace.database, program)
        todo = changed
    raise Unavailable()
