"""Classes: made, changed, archived, handed over, deleted."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar, TypeAlias
from uuid import UUID

from laurels.core.errors import Invalid, Missing
from laurels.identity.audit_log import changed_from
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, owned, seats
from laurels.products.study.decisions.guards import ACTIVE, require_standing, standing_rows
from laurels.products.study.decisions.seats import disown_class, new_membership, own_class, take_seat
from laurels.products.study.facts import ClassChanged
from laurels.products.study.rules.permissions import OWNER, Permission, TokenLimits
from laurels.products.study.tables import ClassMember, StudyClass

Wanted: TypeAlias = Mapping[str, str | int | None]
"""Columns and what they are to be."""

BUDGET = frozenset({"sponsor_daily", "sponsor_weekly", "sponsor_monthly"})
"""What of a class its owner alone may change: it is what they pay."""

WORDS = frozenset({"name", "description"})
"""What people wrote: the log of changes doesn't repeat it."""


@dataclass(frozen=True, slots=True)
class ClassDone:
    """A change's answer: the class."""

    class_id: UUID


@dataclass(frozen=True, slots=True)
class CreateClass:
    """Make a class: its owner gets the first seat, and may do everything in it.

    Attributes:
        code: what lets others in; free as far as the action could see.
        zone: IANA zone by whose midnights limits reset.
        budget: what the owner pays for those whom they will sponsor, all together.
        limits: the owner's own.

    Raises:
        Missing, MemberInactive.
        TooManyClasses: they own as many as they may.
    """

    name: ClassVar[str] = "create_class"
    answers: ClassVar[type] = ClassDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    id: UUID
    owner: UUID
    title: str
    description: str
    code: str
    capacity: int | None
    zone: str
    budget: TokenLimits
    limits: TokenLimits
    max_chats: int

    @property
    def reference(self) -> UUID:
        return self.id

    def needs(self) -> Needs:
        return Needs([seats(self.id), owned(self.owner)], [(Participant, self.owner)])

    def decide(self, draft: Draft) -> ClassDone:
        require_active(draft.row(Participant, self.owner))
        own_class(draft, self.owner)
        room = StudyClass(
            id=self.id,
            name=self.title,
            description=self.description,
            class_code=self.code,
            owner_id=self.owner,
            capacity=self.capacity,
            time_zone=self.zone,
            sponsor_daily=self.budget.daily,
            sponsor_weekly=self.budget.weekly,
            sponsor_monthly=self.budget.monthly,
            is_active=True,
            created_at=draft.at,
            updated_at=draft.at,
        )
        take_seat(draft, room)
        draft.record(room)
        mine = new_membership(self.id, self.owner, permissions=OWNER, limits=self.limits, max_chats=self.max_chats, at=draft.at)
        draft.record(mine)
        draft.announce(ClassChanged(self.id, "details"))
        return ClassDone(self.id)


@dataclass(frozen=True, slots=True)
class ChangeClass:
    """Change what a class is called, how many it takes, its zone: for managers; what its owner pays for others: for the owner.

    What is held or used keeps the windows of the zone that it was counted in.

    Attributes:
        wanted: columns of the class, and what they are to be.

    Raises:
        Missing, MemberInactive, Denied, ClassClosed.
        Invalid: the capacity is below the members that are there.
    """

    name: ClassVar[str] = "change_class"
    answers: ClassVar[type] = ClassDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID
    wanted: Wanted
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return Needs([seats(self.class_id)], standing_rows(self.class_id, self.member))

    def decide(self, draft: Draft) -> ClassDone:
        standing = require_standing(draft, self.class_id, self.member, Permission.MANAGE)
        room = standing.room
        changed = {name: value for name, value in self.wanted.items() if getattr(room, name) != value}
        if BUDGET & changed.keys():
            standing.require_owner()
        _require_room(draft, room, changed.get("capacity"))
        if changed:
            before = asdict(room)
            draft.change(room, **changed, updated_at=draft.at)
            draft.record(changed_from(self.audit, {name: before[name] for name in changed if name not in WORDS}))
            draft.announce(ClassChanged(room.id, "details"))
        return ClassDone(room.id)


def _require_room(draft: Draft, room: StudyClass, capacity: str | int | None) -> None:
    there = draft.balance(seats(room.id))
    if isinstance(capacity, int) and capacity < there:
        raise Invalid(field="capacity", reason=f"{there} members are in the class; send that or more, or null for no limit")


@dataclass(frozen=True, slots=True)
class RotateCode:
    """Give a class another code: for managers. The old one lets nobody in from then on.

    Raises:
        Missing, MemberInactive, Denied, ClassClosed.
    """

    name: ClassVar[str] = "rotate_code"
    answers: ClassVar[type] = ClassDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID
    code: str
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return Needs(rows=standing_rows(self.class_id, self.member))

    def decide(self, draft: Draft) -> ClassDone:
        room = require_standing(draft, self.class_id, self.member, Permission.MANAGE).room
        draft.change(room, class_code=self.code, updated_at=draft.at)
        draft.record(self.audit)
        draft.announce(ClassChanged(room.id, "details"))
        return ClassDone(room.id)


@dataclass(frozen=True, slots=True)
class ArchiveClass:
    """Close a class, or open it again: for its owner. What it is already it stays.

    Attributes:
        is_archived: closed: it can be read, and nothing in it changes.

    Raises:
        Missing, MemberInactive, Denied.
    """

    name: ClassVar[str] = "archive_class"
    answers: ClassVar[type] = ClassDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID
    is_archived: bool
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return Needs(rows=standing_rows(self.class_id, self.member))

    def decide(self, draft: Draft) -> ClassDone:
        standing = require_standing(draft, self.class_id, self.member, even_archived=True)
        standing.require_owner()
        if standing.room.is_active == self.is_archived:
            draft.change(standing.room, is_active=not self.is_archived, updated_at=draft.at)
            draft.record(self.audit)
            draft.announce(ClassChanged(self.class_id, "archived"))
        return ClassDone(self.class_id)


@dataclass(frozen=True, slots=True)
class TransferClass:
    """Hand a class over to another of its members, who may do everything in it then; the old owner stays as a manager.

    Its budget for those who are sponsored stays as it is, and is the new owner's
    from then on; what was used of it before counts on. Nobody sponsors
    themselves: the new owner's own sponsoring ends.

    Raises:
        Missing: there is no such class, or no such member in it.
        MemberInactive: either of them is suspended.
        Denied: the class isn't theirs.
        TooManyClasses: the new owner owns as many as they may.
    """

    name: ClassVar[str] = "transfer_class"
    answers: ClassVar[type] = ClassDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID
    heir: UUID
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        rows = [*standing_rows(self.class_id, self.member), *standing_rows(self.class_id, self.heir)]
        return Needs([owned(self.member), owned(self.heir)], rows)

    def decide(self, draft: Draft) -> ClassDone:
        standing = require_standing(draft, self.class_id, self.member, even_archived=True)
        standing.require_owner()
        heir = draft.find(ClassMember, (self.class_id, self.heir))
        if heir is None or heir.status != ACTIVE:
            raise Missing(what="member")
        require_active(draft.row(Participant, self.heir))
        if self.heir != self.member:
            own_class(draft, self.heir)
            disown_class(draft, self.member)
            draft.change(heir, **asdict(OWNER), is_sponsored=False)
            draft.change(standing.mine, **asdict(OWNER))
            draft.change(standing.room, owner_id=self.heir, updated_at=draft.at)
            draft.record(changed_from(self.audit, {"owner_id": str(self.member)}))
            draft.announce(ClassChanged(self.class_id, "members"))
        return ClassDone(self.class_id)


@dataclass(frozen=True, slots=True)
class DeleteClass:
    """Delete a class: for its owner. Nobody finds it or what is in it from then on, and its code lets nobody in.

    Who posts it marks the class's documents deleted, in the same transaction.

    Raises:
        Missing, MemberInactive, Denied.
    """

    name: ClassVar[str] = "delete_class"
    answers: ClassVar[type] = ClassDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    member: UUID
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return Needs([owned(self.member)], standing_rows(self.class_id, self.member))

    def decide(self, draft: Draft) -> ClassDone:
        standing = require_standing(draft, self.class_id, self.member, even_archived=True)
        standing.require_owner()
        disown_class(draft, self.member)
        draft.change(standing.room, class_code=None, is_active=False, updated_at=draft.at, deleted_at=draft.at)
        draft.record(self.audit)
        draft.announce(ClassChanged(self.class_id, "deleted"))
        return ClassDone(self.class_id)
