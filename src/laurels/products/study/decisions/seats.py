"""Seats of a class, and classes of an owner: counted, so that of many who come at once no one too many gets in."""

from datetime import datetime
from uuid import UUID

from laurels.ledger import Draft, LimitReached
from laurels.products.study.accounts import owned, seats
from laurels.products.study.bounds import MAX_CAPACITY, MAX_CLASSES_OWNED
from laurels.products.study.decisions.guards import ACTIVE
from laurels.products.study.errors import ClassFull, TooManyClasses
from laurels.products.study.rules.permissions import Permissions, TokenLimits
from laurels.products.study.tables import ClassMember, StudyClass


def take_seat(draft: Draft, room: StudyClass) -> None:
    """Count a member in.

    Raises:
        ClassFull: the class has as many as it may.
    """
    capacity = MAX_CAPACITY if room.capacity is None else room.capacity
    try:
        draft.count(seats(room.id), 1, "seat", limit=capacity)
    except LimitReached:
        raise ClassFull(capacity=capacity) from None


def free_seat(draft: Draft, class_id: UUID) -> None:
    """Count a member out."""
    draft.count(seats(class_id), -1, "seat")


def own_class(draft: Draft, member: UUID) -> None:
    """Count a class as a member's own.

    Raises:
        TooManyClasses: they own as many as they may.
    """
    try:
        draft.count(owned(member), 1, "class", limit=MAX_CLASSES_OWNED)
    except LimitReached:
        raise TooManyClasses(limit=MAX_CLASSES_OWNED) from None


def disown_class(draft: Draft, member: UUID) -> None:
    """Count a class as not theirs any more."""
    draft.count(owned(member), -1, "class")


def new_membership(
    class_id: UUID, member: UUID, *, permissions: Permissions, limits: TokenLimits, max_chats: int, at: datetime
) -> ClassMember:
    """A membership as it begins: nobody pays for it but the member."""
    return ClassMember(
        class_id=class_id,
        member=member,
        status=ACTIVE,
        is_manager=permissions.is_manager,
        can_read=permissions.can_read,
        can_chat=permissions.can_chat,
        can_upload=permissions.can_upload,
        can_share_class=permissions.can_share_class,
        max_concurrent_chats=max_chats,
        is_sponsored=False,
        daily_token_limit=limits.daily,
        weekly_token_limit=limits.weekly,
        monthly_token_limit=limits.monthly,
        joined_at=at,
    )
