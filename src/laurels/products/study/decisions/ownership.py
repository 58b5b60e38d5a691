"""What a class's owner alone may do: archive it, hand it over, delete it."""

from dataclasses import asdict, dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.errors import Missing
from laurels.identity.audit_log import changed_from
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant, StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK, owned
from laurels.products.study.decisions.classes import ClassDone
from laurels.products.study.decisions.guards import ACTIVE, require_standing, standing_rows
from laurels.products.study.decisions.seats import disown_class, own_class
from laurels.products.study.facts import ClassChanged
from laurels.products.study.rules.permissions import OWNER
from laurels.products.study.tables import ClassMember


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
