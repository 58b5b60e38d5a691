"""Who may do what in a class, checked here for all that changes something; `queries.access` asks the same for reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from laurels.core.errors import Denied, Missing
from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import Draft
from laurels.products.study.errors import ClassClosed
from laurels.products.study.rules.permissions import OWNER, Permission, Permissions
from laurels.products.study.tables import ClassMember, StudyClass

ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody in a class: the class, their membership, what they may do."""

    room: StudyClass
    mine: ClassMember

    @property
    def is_owner(self) -> bool:
        """Whether the class is theirs."""
        return self.room.owner_id == self.mine.member

    @property
    def permissions(self) -> Permissions:
        """What they may do: an owner everything, whatever their membership says."""
        return OWNER if self.is_owner else permissions_of(self.mine)

    def may(self, permission: Permission) -> bool:
        """Whether they may do something."""
        allowed: bool = getattr(self.permissions, permission.value)
        return allowed

    def require(self, permission: Permission) -> None:
        """Check that they may do something.

        Raises:
            Denied: they may not.
        """
        if not self.may(permission):
            raise Denied(needs=permission.value)

    def require_owner(self) -> None:
        """Check that the class is theirs.

        Raises:
            Denied: it isn't.
        """
        if not self.is_owner:
            raise Denied(needs="owner")


def permissions_of(mine: ClassMember) -> Permissions:
    """What a membership allows; an owner's may be less than what they may do."""
    return Permissions(mine.is_manager, mine.can_read, mine.can_chat, mine.can_upload, mine.can_share_class)


def standing_of(room: StudyClass | None, mine: ClassMember | None) -> Standing:
    """Somebody in a class, for reads as for decisions.

    Raises:
        Missing: there is no such class, or they aren't in it: to them both look the same.
    """
    if room is None or room.deleted_at is not None or mine is None or mine.status != ACTIVE:
        raise Missing(what="class")
    return Standing(room, mine)


def standing_rows(class_id: UUID, member: UUID) -> Sequence[tuple[type, Any]]:
    """The rows that `require_standing` reads."""
    return [(StudyClass, class_id), (ClassMember, (class_id, member)), (Participant, member)]


def require_standing(
    draft: Draft, class_id: UUID, member: UUID, permission: Permission | None = None, *, even_archived: bool = False
) -> Standing:
    """Somebody who acts in a class.

    Args:
        permission: what they need.
        even_archived: whether this may be done in an archived class, too.

    Raises:
        Missing: there is no such class, or they aren't in it.
        MemberInactive: they are suspended.
        Denied: they lack the permission.
        ClassClosed: the class is archived.
    """
    standing = standing_of(draft.find(StudyClass, class_id), draft.find(ClassMember, (class_id, member)))
    require_active(draft.row(Participant, member))
    if permission is not None:
        standing.require(permission)
    if not standing.room.is_active and not even_archived:
        raise ClassClosed()
    return standing
