"""Identity's pure rules: who is active, who may change whom, how student ids sort."""

from collections.abc import Collection
import re
from uuid import UUID

from laurels.core.errors import Denied
from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Member, Participant

_ALL_DIGITS = re.compile("[0-9]+")
_RANKS = {"member": 0, "staff": 1, "admin": 2}
_CREDENTIALS = frozenset({"student_id", "username", "email", "password"})


def require_active(*members: Member | Participant) -> None:
    """Check that every one of these takes part.

    Raises:
        MemberInactive: one is suspended or deleted.
    """
    for member in members:
        if member.status != "active":
            raise MemberInactive(member_id=str(member.id))


def require_may_change(target: Member, changed: Collection[str], *, actor_id: UUID, actor_role: str) -> None:
    """Check that a member of the staff may change these fields of somebody.

    Nobody changes their own status or role. Roles are an admin's to give.
    Staff leave admins alone, and each other's means to sign in: whoever sets a
    password can act as its owner.

    Raises:
        Denied: with the role that it needs.
    """
    if target.id == actor_id and {"status", "role"} & set(changed):
        raise Denied(needs="another admin")
    if actor_role == "admin":
        return
    is_equal = target.id != actor_id and _RANKS[target.role] >= _RANKS[actor_role]
    if target.role == "admin" or "role" in changed or (is_equal and _CREDENTIALS & set(changed)):
        raise Denied(needs="admin")


def require_may_create(role: str, *, actor_role: str) -> None:
    """Check that a member of the staff may create one with a role.

    Raises:
        Denied: only admins make staff and admins.
    """
    if role != "member" and actor_role != "admin":
        raise Denied(needs="admin")


def student_order(student_id: str) -> str:
    """The key that sorts student ids alike on every database: numbers first, by value, then text by code point.

    A number is written as its count of digits and its digits: "2" gives
    `0:001:2:2`, "10" gives `0:002:10:10`. The id itself comes last, so that
    "2" and "02" differ.
    """
    if not _ALL_DIGITS.fullmatch(student_id):
        return f"1:{student_id}"
    digits = student_id.lstrip("0")
    return f"0:{len(digits):03d}:{digits}:{student_id}"
