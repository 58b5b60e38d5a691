"""News that come with time alone: points that become active, that will expire soon, and tiers of a new year."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from laurels.core.instants import microseconds_of
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.decisions.guards import KEPT, find_membership, program_rows, require_program
from laurels.products.loyalty.decisions.standing import Basis, change_tier, standing_meters
from laurels.products.loyalty.errors import NothingDue
from laurels.products.loyalty.facts import PointsActivated, PointsExpiring
from laurels.products.loyalty.tables import ProgramSweep


@dataclass(frozen=True, slots=True)
class Parcel:
    """Points of a member that become active, or expire, together."""

    member: UUID
    points: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """How many news were told."""

    program: UUID
    activated: int
    expiring: int


@dataclass(frozen=True, slots=True)
class TellNews:
    """Announce what became active since the last time, and what will expire before `ahead`: each once.

    How far was told stands in the program's sweep, in the program's own book:
    of two sweeps that read the same, the second finds nothing to do.

    Attributes:
        since: up to when the last sweep told what became active, as the action read it; None: there was none.
        until: up to when this one does.
        ahead: up to which expiry this one tells in advance; never goes back.

    Raises:
        Missing, ProgramClosed.
        NothingDue: another sweep was first.
    """

    name: ClassVar[str] = "tell_news"
    answers: ClassVar[type] = Told
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    since: datetime | None
    until: datetime
    ahead: datetime
    activated: tuple[Parcel, ...] = ()
    expiring: tuple[Parcel, ...] = ()

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.program

    def needs(self) -> Needs:
        return Needs(rows=[*program_rows(self.program), (ProgramSweep, self.program)])

    def decide(self, draft: Draft) -> Told:
        require_program(draft, self.program, allowed=KEPT)
        sweep = draft.find(ProgramSweep, self.program)
        if (sweep.activated_until if sweep else None) != self.since:
            raise NothingDue()
        if sweep is None:
            draft.record(ProgramSweep(self.program, self.until, self.ahead))
        else:
            draft.change(sweep, activated_until=self.until, expiring_until=self.ahead)
        for parcel in self.activated:
            draft.announce(PointsActivated(self.program, parcel.member, parcel.points))
        for parcel in self.expiring:
            assert parcel.expires_at is not None
            draft.announce(PointsExpiring(self.program, parcel.member, parcel.points, microseconds_of(parcel.expires_at)))
        return Told(self.program, len(self.activated), len(self.expiring))


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A member's tier, by its place."""

    tier: int


@dataclass(frozen=True, slots=True)
class RefreshTier:
    """Bring a member's tier up to what their points say now: a new year may have taken it away.

    Raises:
        Missing, ProgramClosed.
        NothingDue: it is right already.
        ProgramChanged: the settings changed since the action read them.
    """

    name: ClassVar[str] = "refresh_tier"
    answers: ClassVar[type] = Refreshed
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    basis: Basis

    @property
    def book(self) -> str:
        return book_of(self.basis.program)

    @property
    def reference(self) -> UUID:
        return self.basis.program

    def needs(self) -> Needs:
        return Needs(standing_meters(self.basis, self.member), program_rows(self.basis.program, self.member))

    def decide(self, draft: Draft) -> Refreshed:
        require_program(draft, self.basis.program, version=self.basis.version, allowed=KEPT)
        membership = find_membership(draft, self.basis.program, self.member)
        changed = None if membership is None else change_tier(draft, self.basis, membership)
        if changed is None or changed is membership:
            raise NothingDue()
        return Refreshed(changed.tier)
