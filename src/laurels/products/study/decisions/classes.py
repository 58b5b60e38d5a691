"""Classes: made, and changed by their managers. What is their owner's alone is in `ownership`."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar, TypeAlias
from uuid import UUID

from laurels.core.errors import Invalid
from laurels.identity.audit_log import changed_from
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, owned, seats
from laurels.products.study.decisions.guards import require_standing, standing_rows
from laurels.products.study.decisions.seats import new_membership, own_class, take_seat
from laurels.products.study.facts import ClassChanged
from laurels.products.study.rules.permissions import OWNER, Permission, TokenLimits
from laurels.products.study.tables import StudyClass

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
