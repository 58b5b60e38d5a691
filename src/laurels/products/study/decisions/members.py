"""What members may do and use: permissions, limits of tokens, and for whom the owner pays. In force with the entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias
from uuid import UUID

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.audit_log import changed_from
from laurels.identity.tables import StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.study.accounts import BOOK
from laurels.products.study.decisions.guards import ACTIVE, Standing, require_standing, standing_rows
from laurels.products.study.decisions.memberships import MemberDone
from laurels.products.study.errors import OwnerStays
from laurels.products.study.facts import ClassChanged
from laurels.products.study.rules.permissions import Permission
from laurels.products.study.tables import ClassMember

Wanted: TypeAlias = Mapping[str, int]
"""Columns of a membership and what they are to be: flags and numbers."""

PERMISSIONS = frozenset(permission.value for permission in Permission)

MAX_SPONSORED_AT_ONCE = 500
"""Members whose sponsoring one decision changes."""


@dataclass(frozen=True, slots=True)
class ChangeMember:
    """Change a member's permissions, and how many of their questions are answered at once: for managers.

    Attributes:
        wanted: permissions by name, `max_concurrent_chats`.

    Raises:
        Missing: there is no such class, or no such member in it.
        MemberInactive, Denied, ClassClosed.
        OwnerStays: an owner's permissions are all.
    """

    name: ClassVar[str] = "change_class_member"
    answers: ClassVar[type] = MemberDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    by: UUID
    member: UUID
    wanted: Wanted
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return _needs_of(self.class_id, self.by, [self.member])

    def decide(self, draft: Draft) -> MemberDone:
        standing = require_standing(draft, self.class_id, self.by, Permission.MANAGE)
        theirs = _membership(draft, self.class_id, self.member)
        if standing.room.owner_id == self.member and PERMISSIONS & self.wanted.keys():
            raise OwnerStays()
        _change(draft, standing, theirs, self.wanted, self.audit)
        return MemberDone(self.class_id, self.member)


@dataclass(frozen=True, slots=True)
class SetLimits:
    """Set how many tokens a member may use in a day, a week and a month: for managers; an owner's by the owner alone.

    What is used or held stays: a limit below it lets nothing more through.

    Attributes:
        wanted: `daily_token_limit`, `weekly_token_limit`, `monthly_token_limit`.

    Raises:
        Missing: there is no such class, or no such member in it.
        MemberInactive, Denied, ClassClosed.
    """

    name: ClassVar[str] = "set_token_limits"
    answers: ClassVar[type] = MemberDone
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    by: UUID
    member: UUID
    wanted: Wanted
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return _needs_of(self.class_id, self.by, [self.member])

    def decide(self, draft: Draft) -> MemberDone:
        standing = require_standing(draft, self.class_id, self.by, Permission.MANAGE)
        theirs = _membership(draft, self.class_id, self.member)
        _change(draft, standing, theirs, self.wanted, self.audit)
        return MemberDone(self.class_id, self.member)


@dataclass(frozen=True, slots=True)
class SponsorshipSet:
    """The answer: for how many members it is other than before."""

    class_id: UUID
    changed: int


@dataclass(frozen=True, slots=True)
class SetSponsorship:
    """Have the class's owner pay first for members, or no longer: for the owner alone, whose budget it is.

    Attributes:
        members: at most `MAX_SPONSORED_AT_ONCE`.
        skips_absent: whether those who aren't in the class are passed by: where all were read a moment before.

    Raises:
        Missing: there is no such class, or one of them isn't in it.
        MemberInactive, Denied, ClassClosed.
        Invalid: the owner is among them: they pay for themselves already.
    """

    name: ClassVar[str] = "set_sponsorship"
    answers: ClassVar[type] = SponsorshipSet
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    class_id: UUID
    by: UUID
    members: tuple[UUID, ...]
    is_sponsored: bool
    audit: StaffAction
    skips_absent: bool = False

    @property
    def reference(self) -> UUID:
        return self.class_id

    def needs(self) -> Needs:
        return _needs_of(self.class_id, self.by, self.members)

    def decide(self, draft: Draft) -> SponsorshipSet:
        standing = require_standing(draft, self.class_id, self.by)
        standing.require_owner()
        if self.by in self.members:
            raise Invalid(field="user_ids", reason="leave the owner out: they pay for themselves")
        changed = [one for one in self._memberships(draft) if one.is_sponsored != self.is_sponsored]
        for theirs in changed:
            draft.change(theirs, is_sponsored=self.is_sponsored)
        if changed:
            draft.record(self.audit)
            draft.announce(ClassChanged(self.class_id, "members"))
        return SponsorshipSet(self.class_id, len(changed))

    def _memberships(self, draft: Draft) -> list[ClassMember]:
        wanted = dict.fromkeys(self.members)
        if not self.skips_absent:
            return [_membership(draft, self.class_id, member) for member in wanted]
        found = [draft.find(ClassMember, (self.class_id, member)) for member in wanted]
        return [one for one in found if one is not None and one.status == ACTIVE]


def _needs_of(class_id: UUID, by: UUID, members: Iterable[UUID]) -> Needs:
    return Needs(rows=[*standing_rows(class_id, by), *((ClassMember, (class_id, member)) for member in members if member != by)])


def _membership(draft: Draft, class_id: UUID, member: UUID) -> ClassMember:
    found = draft.find(ClassMember, (class_id, member))
    if found is None or found.status != ACTIVE:
        raise Missing(what="member")
    return found


def _change(draft: Draft, standing: Standing, theirs: ClassMember, wanted: Wanted, audit: StaffAction) -> None:
    """Change a membership, if anything differs; an owner's is for the owner alone."""
    if theirs.member == standing.room.owner_id and not standing.is_owner:
        raise Denied(needs="owner")
    changed = {name: value for name, value in wanted.items() if getattr(theirs, name) != value}
    if changed:
        before = {name: getattr(theirs, name) for name in changed}
        draft.change(theirs, **changed)
        draft.record(changed_from(audit, before))
        draft.announce(ClassChanged(standing.room.id, "members"))
