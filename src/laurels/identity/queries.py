"""Reads of members."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, and_, func, or_, select

from laurels.core.database import among
from laurels.core.errors import Missing
from laurels.identity.tables import Member, member, member_password
from laurels.identity.words import matching

MAX_FOUND = 20
"""Members that a search names; who wants another types one letter more."""

_WORDS_READ = 200
"""Index entries that a search reads before it sorts: a member has several words, so it is more than are named."""


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """What a list of members is narrowed to.

    Attributes:
        question: beginnings of words of names, username and student id, or of the email address.
    """

    question: str = ""
    status: str | None = None
    role: str | None = None


def find_member(connection: Connection, member_id: UUID) -> Member | None:
    """A member by id, deleted ones too."""
    return _one(connection, select(member).where(member.c.id == member_id))


def get_member(connection: Connection, member_id: UUID) -> Member:
    """A member by id.

    Raises:
        Missing: there is none.
    """
    found = find_member(connection, member_id)
    if found is None:
        raise Missing(what="member")
    return found


def find_member_by_name(connection: Connection, name: str) -> Member | None:
    """A member by what a person signs in with: email, student id or username, in that order.

    The student id is the institution's, and matches as it is written: nobody
    comes before its owner by choosing a username that looks like it.
    """
    lowered = name.lower()
    for column, value in ((member.c.email, lowered), (member.c.student_id, name), (member.c.username, lowered)):
        found = _one(connection, select(member).where(column == value))
        if found is not None:
            return found
    return None


def find_credentials(connection: Connection, name: str) -> tuple[Member, str] | None:
    """Who signs in by this name, and their password's hash; None where nobody can.

    One statement whether or not there is such a member; in the order of `find_member_by_name`.
    """
    lowered = name.lower()
    by_name = or_(member.c.email == lowered, member.c.username == lowered, member.c.student_id == name)
    wanted = select(*member.c, member_password.c.hash).join(member_password, member_password.c.member_id == member.c.id)
    found = [(Member(*row[:-1]), row[-1]) for row in connection.execute(wanted.where(by_name, member.c.status != "deleted").limit(3))]
    ranked = sorted(found, key=lambda pair: (pair[0].email != lowered, pair[0].student_id != name))
    return ranked[0] if ranked else None


def search_members(connection: Connection, question: str, *, limit: int = MAX_FOUND) -> Sequence[Member]:
    """Active members by the beginnings of what everyone may know of them, for whoever wants to thank one."""
    words = matching(question, with_private=False)
    if words is None:
        return []
    active = words.join(member, member.c.id == words.selected_columns.member_id).where(member.c.status == "active").limit(_WORDS_READ)
    wanted = select(member).where(member.c.id.in_(active)).order_by(member.c.student_order).limit(limit)
    return [Member(*row) for row in connection.execute(wanted)]


def list_members(connection: Connection, narrowed: MemberFilter, *, limit: int, after: str | None = None) -> list[Member]:
    """Members in the order of their student ids; `after` is the `student_order` of the last one of the page before."""
    wanted = select(member)
    if after is not None:
        wanted = wanted.where(member.c.student_order > after)
    if narrowed.status is not None:
        wanted = wanted.where(member.c.status == narrowed.status)
    if narrowed.role is not None:
        wanted = wanted.where(member.c.role == narrowed.role)
    if narrowed.question:
        begins = narrowed.question.lower()
        by_email = and_(member.c.email >= begins, member.c.email <= begins + "\U0010ffff")
        words = matching(narrowed.question, with_private=True)
        wanted = wanted.where(by_email if words is None else or_(by_email, member.c.id.in_(words.order_by(None))))
    return [Member(*row) for row in connection.execute(wanted.order_by(member.c.student_order).limit(limit))]


def members_by_student_id(connection: Connection, student_ids: Sequence[str]) -> dict[str, UUID]:
    """Ids by student id, of those that exist; at most `core.database.MAX_ID_LIST` at once."""
    wanted = select(member.c.student_id, member.c.id).where(among(connection.dialect, member.c.student_id, student_ids))
    return {row.student_id: row.id for row in connection.execute(wanted)}


def count_active_admins(connection: Connection) -> int:
    """How many members may still change roles."""
    wanted = select(func.count()).select_from(member).where(member.c.role == "admin", member.c.status == "active")
    return connection.execute(wanted).scalar_one()


def _one(connection: Connection, wanted: Select[*tuple[Any, ...]]) -> Member | None:
    row = connection.execute(wanted).one_or_none()
    return None if row is None else Member(*row)
