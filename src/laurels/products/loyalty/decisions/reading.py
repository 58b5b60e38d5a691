"""What a member's points are now: told through the same rules that post, and never posted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from laurels.core.errors import Missing
from laurels.ledger import BusinessKey, Draft, Needs, OpenLot, held_of
from laurels.products.loyalty.accounts import book_of, owed, points
from laurels.products.loyalty.decisions.expiring import expire_points, expiring_needs
from laurels.products.loyalty.decisions.guards import ANY_STATUS, program_rows, require_program
from laurels.products.loyalty.decisions.standing import Basis, qualifying_points, standing_meters
from laurels.products.loyalty.rules import inactive_from
from laurels.products.loyalty.tables import Membership


@dataclass(frozen=True, slots=True)
class Coming:
    """Points that will change at an instant if nothing happens before."""

    at: datetime
    points: int


@dataclass(frozen=True, slots=True)
class PointsNow:
    """A member's points as they are at an instant.

    Attributes:
        pending: earned, and not usable yet.
        active: to be spent.
        reserved: set aside for rewards that are yet to be confirmed.
        owed: what returns will take out of the next earnings.
        lapsed: expired by now and not posted as such yet.
        qualifying: those that count for the tier.
        next_activation: the pending ones that become active first.
        next_expiry: those that expire first, be they pending or active.
        lots: what is left, the first to expire first.
        inactive_from: when all expire unless something is earned or burned; None: not by inactivity.
    """

    membership: Membership
    pending: int
    active: int
    reserved: int
    owed: int
    lapsed: int
    qualifying: int
    next_activation: Coming | None
    next_expiry: Coming | None
    lots: tuple[OpenLot, ...]
    inactive_from: datetime | None


@dataclass(frozen=True, slots=True)
class ReadPoints:
    """Tell a member's points as if what has expired were posted: previewed, never posted.

    Raises:
        Missing: there is no such program, or they never joined it.
        ProgramChanged: the settings changed since they were read.
    """

    name: ClassVar[str] = "read_points"
    answers: ClassVar[type] = PointsNow
    key: ClassVar[BusinessKey | None] = None
    reference: ClassVar[UUID | None] = None

    basis: Basis
    member: UUID

    @property
    def book(self) -> str:
        return book_of(self.basis.program)

    def needs(self) -> Needs:
        basis, member = self.basis, self.member
        expiry = expiring_needs(basis.terms_now, basis.program, member, is_spending=True)
        purse = points(basis.program, member)
        accounts = [*expiry.accounts, held_of(purse), owed(basis.program, member), *standing_meters(basis, member)]
        return Needs(accounts, program_rows(basis.program, member), lots=expiry.lots)

    def decide(self, draft: Draft) -> PointsNow:
        basis = self.basis
        require_program(draft, basis.program, version=basis.version, allowed=ANY_STATUS)
        membership = draft.find(Membership, (basis.program, self.member))
        if membership is None:
            raise Missing(what="membership")
        purse = points(basis.program, self.member)
        lapsed = expire_points(draft, basis.terms_now, basis.program, membership, basis.zone, is_spending=True)
        lots = tuple(draft.lots(purse))
        pending = sum(lot.left for lot in lots if lot.is_pending(draft.at))
        ends = inactive_from(basis.terms_now, membership.last_activity_at, basis.zone)
        return PointsNow(
            membership=membership,
            pending=pending,
            active=draft.balance(purse) - pending,
            reserved=draft.balance(held_of(purse)),
            owed=draft.balance(owed(basis.program, self.member)),
            lapsed=lapsed,
            qualifying=qualifying_points(draft, basis, basis.terms_now, self.member),
            next_activation=_first((lot.usable_from, lot.left) for lot in lots if lot.is_pending(draft.at)),
            next_expiry=_first((at, lot.left) for lot in lots if (at := _end_of(lot, ends)) is not None),
            lots=lots,
            inactive_from=ends,
        )


def _end_of(lot: OpenLot, ends: datetime | None) -> datetime | None:
    return min((at for at in (lot.expires_at, ends) if at is not None), default=None)


def _first(coming: Iterable[tuple[datetime, int]]) -> Coming | None:
    """The first instant, with all points that change at it."""
    listed = sorted(coming)
    return Coming(listed[0][0], sum(amount for at, amount in listed if at == listed[0][0])) if listed else None
