"""Joining a program, and leaving it."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import BusinessKey, Draft, Needs, held_of
from laurels.products.loyalty.accounts import book_of, cancelled, expired, points
from laurels.products.loyalty.decisions.expiring import expire_points
from laurels.products.loyalty.decisions.guards import ACTIVE, ANY_STATUS, find_membership, program_rows, require_program
from laurels.products.loyalty.errors import AlreadyJoined, InvitationNeeded, NotAMember, ReservationsOpen
from laurels.products.loyalty.facts import MemberJoined
from laurels.products.loyalty.rules import Terms
from laurels.products.loyalty.tables import Membership, ProgramInvitation


@dataclass(frozen=True, slots=True)
class Joined:
    """A membership's answer."""

    program: UUID
    member: UUID
    status: str


@dataclass(frozen=True, slots=True)
class JoinProgram:
    """Become a member of a program; purchases that waited for it can be decided then.

    Attributes:
        version: of the program as the action read it.
        needs_invitation: whether one joins by invitation.

    Raises:
        Missing, ProgramClosed, MemberInactive, InvitationNeeded, AlreadyJoined.
        ProgramChanged: the settings changed since the action read them.
    """

    name: ClassVar[str] = "join_program"
    answers: ClassVar[type] = Joined
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    member: UUID
    version: int
    needs_invitation: bool

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.program

    def needs(self) -> Needs:
        return Needs(rows=[*program_rows(self.program, self.member), (ProgramInvitation, (self.program, self.member))])

    def decide(self, draft: Draft) -> Joined:
        require_program(draft, self.program, version=self.version)
        require_active(draft.row(Participant, self.member))
        found = draft.find(Membership, (self.program, self.member))
        if found is not None and found.status == ACTIVE:
            raise AlreadyJoined()
        if self.needs_invitation and draft.find(ProgramInvitation, (self.program, self.member)) is None:
            raise InvitationNeeded()
        if found is None:
            draft.record(Membership(self.program, self.member, ACTIVE, 0, draft.at, None, draft.at))
        else:
            draft.change(found, status=ACTIVE, joined_at=draft.at, left_at=None, last_activity_at=draft.at)
        draft.announce(MemberJoined(self.program, self.member))
        return Joined(self.program, self.member, ACTIVE)


@dataclass(frozen=True, slots=True)
class Left:
    """A leaving's answer: the points that were given up."""

    program: UUID
    points: int


@dataclass(frozen=True, slots=True)
class LeaveProgram:
    """Leave a program; what points are left are given up, once what has expired by now is posted as such.

    What is owed from returns stays on record, should they come back.

    Raises:
        Missing, ProgramClosed, NotAMember.
        ReservationsOpen: points are set aside for a reward.
        ProgramChanged: the settings changed since the action read them.
    """

    name: ClassVar[str] = "leave_program"
    answers: ClassVar[type] = Left
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
        purse = points(self.program, self.member)
        accounts = [purse, held_of(purse), cancelled(self.program), expired(self.program)]
        return Needs(accounts, program_rows(self.program, self.member), lots=[purse])

    def decide(self, draft: Draft) -> Left:
        require_program(draft, self.program, version=self.version, allowed=ANY_STATUS)
        membership = find_membership(draft, self.program, self.member)
        if membership is None:
            raise NotAMember()
        purse = points(self.program, self.member)
        if reserved := draft.balance(held_of(purse)):
            raise ReservationsOpen(points=reserved)
        expire_points(draft, self.terms, self.program, membership, self.zone, is_spending=True)
        given_up = 0
        for lot in draft.lots(purse):
            draft.move(purse, cancelled(self.program), lot.left, "left", from_lot=lot.key)
            given_up += lot.left
        draft.change(membership, status="left", left_at=draft.at)
        return Left(self.program, given_up)
