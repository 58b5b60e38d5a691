"""Points that nobody used in time, and memberships that begin and end."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.loyalty.accounts import book_of, expired, points
from laurels.products.loyalty.decisions.guards import KEPT, find_membership, program_rows, require_program
from laurels.products.loyalty.errors import NothingDue
from laurels.products.loyalty.facts import PointsExpired
from laurels.products.loyalty.rules import Terms, inactive_from
from laurels.products.loyalty.tables import Membership


def expiring_needs(terms: Terms, program: UUID, member: UUID, *, is_spending: bool = False) -> Needs:
    """What `expire_points` needs: a purchase that earns loads lots only where inactivity may have ended them."""
    if terms.expiry.kind != "inactivity" and not is_spending:
        return Needs()
    return Needs([expired(program)], lots=[points(program, member)])


def expire_points(draft: Draft, terms: Terms, program: UUID, membership: Membership, zone: ZoneInfo, *, is_spending: bool = False) -> int:
    """Post what has expired by now, before anything else is done with a member's points; gives how many.

    The instant of expiry counts as expired. A sweep and the first touch come
    here alike, so that it doesn't matter which is first.
    """
    if terms.expiry.kind != "inactivity" and not is_spending:
        return 0
    purse, member = points(program, membership.member), membership.member
    gone = draft.expire(purse, expired(program))
    ends = inactive_from(terms, membership.last_activity_at, zone)
    if ends is not None and ends <= draft.at:
        rest = draft.balance(purse)
        draft.move(purse, expired(program), rest, "expiry", takes_pending=True)
        gone += rest
    if gone:
        draft.announce(PointsExpired(program, member, gone))
    return gone


@dataclass(frozen=True, slots=True)
class Expired:
    """How many points of a member expired."""

    points: int


@dataclass(frozen=True, slots=True)
class ExpirePoints:
    """Post what has expired of a member's points: what the sweep does.

    Raises:
        Missing: there is no such program.
        NothingDue: nothing has; somebody else was first.
    """

    name: ClassVar[str] = "expire_points"
    answers: ClassVar[type] = Expired
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    member: UUID
    terms: Terms
    version: int
    zone: ZoneInfo

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.program

    def needs(self) -> Needs:
        expiry = expiring_needs(self.terms, self.program, self.member, is_spending=True)
        return Needs(expiry.accounts, program_rows(self.program, self.member), lots=expiry.lots)

    def decide(self, draft: Draft) -> Expired:
        require_program(draft, self.program, version=self.version, allowed=(*KEPT, "archived"))
        membership = find_membership(draft, self.program, self.member)
        if membership is None:
            raise NothingDue()
        gone = expire_points(draft, self.terms, self.program, membership, self.zone, is_spending=True)
        if not gone:
            raise NothingDue()
        return Expired(gone)
