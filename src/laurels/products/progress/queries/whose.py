"""Who is meant by what staff and services send."""

from uuid import UUID

from sqlalchemy import Connection

from laurels.core.errors import Missing
from laurels.identity.queries import find_member, members_by_student_id
from laurels.web.forms import uuid_of


def get_member_named(connection: Connection, ref: str) -> UUID:
    """A member's id, by that or by their student id, which is the institution's and so goes first.

    Raises:
        Missing: there is none of that name.
    """
    known = members_by_student_id(connection, [ref]).get(ref)
    identifier = uuid_of(ref)
    if known is None and identifier is not None and find_member(connection, identifier) is not None:
        known = identifier
    if known is None:
        raise Missing(what="member")
    return known
