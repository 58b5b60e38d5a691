"""Who is meant by what staff and services send."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.database import Database, among
from laurels.core.errors import Missing
from laurels.identity.queries import find_member, members_by_student_id
from laurels.identity.tables import member
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


def look_up_member(database: Database, ref: str) -> UUID:
    """The same, for who has no connection yet.

    Raises:
        Missing: there is none of that name.
    """
    with database.read.connect() as connection:
        return get_member_named(connection, ref)


def members_named(connection: Connection, refs: Collection[str]) -> dict[str, UUID]:
    """The same in a set, of those that exist; at most `core.database.MAX_ID_LIST` at once."""
    known = members_by_student_id(connection, sorted(refs))
    asked = {ref: identifier for ref in refs if ref not in known and (identifier := uuid_of(ref)) is not None}
    if asked:
        wanted = select(member.c.id).where(among(connection.dialect, member.c.id, sorted(set(asked.values()))))
        there = set(connection.execute(wanted).scalars())
        known |= {ref: identifier for ref, identifier in asked.items() if identifier in there}
    return known
