"""Joining a class, leaving it, being removed, and being let in again."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.errors import Missing
from laurels.identity.audit_log import changed_from
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, seats
from laurels.products.study.decisions.guards import ACTIVE, require_standing, standing_rows
from laurels.products.study.decisions.seats import free_seat, new_membership, take_seat
from laurels.products.study.errors import AlreadyInClass, ClassClosed, OwnerStays, RemovedFromClass
from laurels.products.study.facts import ClassChanged, ClassJoined
from laurels.products.study.rules.permissions import Permission, Permissions, TokenLimits
from laurels.products.study.tables import ClassMember, StudyClass

LEFT = "left"
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class MemberDone:
    """A change's answer: whose membership."""

    class_id: UUID
    member: UUID


@dataclass(frozen=True, slots=True)
class JoinClass:
    """Become a member of a class by its code. Who comes back finds their permissions and limits as they were.

    Attributes:
        code: as the action found the class by it: it may have been changed since.
        limits: what a first membership begins with.

    Raises:
        Missing: the code lets nobody in.
        MemberInactive: they are suspended.
        AlreadyInClass, RemovedFromClass, ClassClosed, ClassFull.
    """

    name: ClassVar[str] = "join_class"
    answers: ClassVar[type] = MemberDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID
    code: str
    limits: TokenLimits
    max_chats: int

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return Needs([seats(self.class_id)], standing_rows(self.class_id, self.member))

    def decide(self, draft: Draft) -> MemberDone:
        room, mine = draft.find(StudyClass, self.class_id), draft.find(ClassMember, (self.class_id, self.member))
        require_active(draft.row(Participant, self.member))
        if room is None or room.deleted_at is not None or room.class_code != self.code:
            raise Missing(what="class")
        _require_may_join(room, mine)
        take_seat(draft, room)
        if mine is None:
            draft.record(
                new_membership(room.id, self.member, permissions=Permissions(), limits=self.limits, max_chats=self.max_chats, at=draft.at)
            )
        else:
            draft.change(mine, status=ACTIVE, joined_at=draft.at, left_at=None)
        draft.announce(ClassJoined(room.id, self.member))
        draft.announce(ClassChanged(room.id, "members"))
        return MemberDone(room.id, self.member)


def _require_may_join(room: StudyClass, mine: ClassMember | None) -> None:
    if mine is not None and mine.status == ACTIVE:
        raise AlreadyInClass()
    if mine is not None and mine.status == REMOVED:
        raise RemovedFromClass()
    if not room.is_active:
        raise ClassClosed()


@dataclass(frozen=True, slots=True)
class LeaveClass:
    """Leave a class; also an archived one.

    Raises:
        Missing, MemberInactive.
        OwnerStays: it is theirs.
    """

    name: ClassVar[str] = "leave_class"
    answers: ClassVar[type] = MemberDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return Needs([seats(self.class_id)], standing_rows(self.class_id, self.member))

    def decide(self, draft: Draft) -> MemberDone:
        standing = require_standing(draft, self.class_id, self.member, even_archived=True)
        if standing.is_owner:
            raise OwnerStays()
        free_seat(draft, self.class_id)
        draft.change(standing.mine, status=LEFT, left_at=draft.at)
        draft.announce(ClassChanged(self.class_id, "members"))
        return MemberDone(self.class_id, self.member)


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Put a member out of a class, for managers; the code doesn't let them in again. Who left before can be kept out, too.

    Raises:
        Missing: there is no such class, or nobody in it to be removed.
        MemberInactive, Denied.
        OwnerStays: it is the owner.
    """

    name: ClassVar[str] = "remove_class_member"
    answers: ClassVar[type] = MemberDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    by: UUID
    member: UUID
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        rows = [*standing_rows(self.class_id, self.by), (ClassMember, (self.class_id, self.member))]
        return Needs([seats(self.class_id)], rows)

    def decide(self, draft: Draft) -> MemberDone:
        room = require_standing(draft, self.class_id, self.by, Permission.MANAGE, even_archived=True).room
        theirs = draft.find(ClassMember, (self.class_id, self.member))
        if theirs is None or theirs.status == REMOVED:
            raise Missing(what="member")
        if room.owner_id == self.member:
            raise OwnerStays()
        if theirs.status == ACTIVE:
            free_seat(draft, self.class_id)
        draft.change(theirs, status=REMOVED, left_at=draft.at)
        draft.record(changed_from(self.audit, {"status": theirs.status}))
        draft.announce(ClassChanged(self.class_id, "members"))
        return MemberDone(self.class_id, self.member)


@dataclass(frozen=True, slots=True)
class LetReturn:
    """Let a member who was removed join again by the code, with the permissions and limits that they had: for managers.

    Raises:
        Missing: there is no such class, or nobody who was removed from it.
        MemberInactive, Denied, ClassClosed.
    """

    name: ClassVar[str] = "let_member_return"
    answers: ClassVar[type] = MemberDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    by: UUID
    member: UUID
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return Needs(rows=[*standing_rows(self.class_id, self.by), (ClassMember, (self.class_id, self.member))])

    def decide(self, draft: Draft) -> MemberDone:
        require_standing(draft, self.class_id, self.by, Permission.MANAGE)
        theirs = draft.find(ClassMember, (self.class_id, self.member))
        if theirs is None or theirs.status != REMOVED:
            raise Missing(what="member")
        draft.change(theirs, status=LEFT)
        draft.record(changed_from(self.audit, {"status": REMOVED}))
        draft.announce(ClassChanged(self.class_id, "members"))
        return MemberDone(self.class_id, self.member)
