"""Trying out terms: what would a purchase earn, and why."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from laurels.jobs.timetable import Workplace
from laurels.ledger.reader import preview
from laurels.products.loyalty.actions.telling import purchase_row
from laurels.products.loyalty.decisions.dry_run import NOBODY, DryRun, WouldEarn
from laurels.products.loyalty.decisions.earning import EarnPoints
from laurels.products.loyalty.errors import UnknownMember
from laurels.products.loyalty.queries.configuration import Configuration, basis_at
from laurels.products.loyalty.queries.current import read_current
from laurels.products.loyalty.queries.events import find_members
from laurels.products.loyalty.rules import Line, Purchase, Terms


@dataclass(frozen=True, slots=True)
class Trial:
    """A purchase that might be.

    Attributes:
        amount: minor units.
        member: a student id or a member's id; None: somebody who has earned nothing yet.
        terms: to be tried; None: those in force at its time.
    """

    amount: int
    occurred_at: datetime
    lines: tuple[Line, ...] = ()
    member: str | None = None
    terms: Terms | None = None


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it.

    Attributes:
        version: of the terms; None where they were only tried.
    """

    would: WouldEarn
    version: int | None


def dry_run(workplace: Workplace, program: UUID, trial: Trial) -> Tried:
    """Work out what a purchase would earn now; nothing is kept.

    Raises:
        Missing: there is no such program.
        UnknownMember: nobody is known by that name.
        Unavailable: the settings change all the time.
    """
    now = workplace.clock.now()

    def work_out(connection: Connection, settings: Configuration) -> Tried:
        basis = basis_at(settings, trial.occurred_at, now)
        if trial.terms is not None:
            basis = replace(basis, terms=trial.terms)
        sent = Purchase("dry-run", trial.member or "", trial.amount, settings.program.currency, trial.occurred_at, trial.lines)
        member = NOBODY if trial.member is None else _member(connection, program, trial.member)
        would = preview(connection, DryRun(EarnPoints(sent, purchase_row(program, sent, now=now), member, basis)), now)
        return Tried(would, basis.terms_version if trial.terms is None else None)

    return read_current(workplace.database, program, work_out)


def _member(connection: Connection, program: UUID, ref: str) -> UUID:
    known = find_members(connection, program, [ref]).get(ref)
    if known is None:
        raise UnknownMember(member=ref)
    return known.member
