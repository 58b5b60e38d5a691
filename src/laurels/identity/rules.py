"""Identity's pure rules: who is active, how student ids sort."""

import re

from laurels.identity.errors import MemberInactive
from laurels.identity.tables import Participant

_ALL_DIGITS = re.compile("[0-9]+")


def require_active(*members: Participant) -> None:
    """Check that every one of these takes part.

    Raises:
        MemberInactive: one is suspended or deleted.
    """
    for member in members:
        if member.status != "active":
            raise MemberInactive(member_id=str(member.id))


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
