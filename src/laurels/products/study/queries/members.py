"""Members of a class, for its managers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from laurels.core.errors import Missing
from laurels.identity.tables import member
from laurels.products.study.decisions.guards import ACTIVE, Standing
from laurels.products.study.queries.usage import ClassUse, read_use
from laurels.products.study.tables import ClassMember, StudyClass, study_member

MEMBERS_AT_ONCE = 100
"""Members that a walk reads together."""


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A membership, whose it is, and what they used.

    Attributes:
        student_id, display_name: None where they deleted their account.
    """

    student_id: str | None
    display_name: str | None
    use: ClassUse

    @property
    def mine(self) -> ClassMember:
        """The membership."""
        return self.use.standing.mine

    @property
    def is_owner(self) -> bool:
        """Whether the class is theirs."""
        return self.use.standing.is_owner


def list_members(
    connection: Connection,
    room: StudyClass,
    *,
    at: datetime,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
    status: str = ACTIVE,
) -> list[MemberSeen]:
    """Members of a class in the order that they joined, each with what they used, in three statements.

    Args:
        after: (joined_at, id) of the last one of the page before.
        status: `active`, `left` or `removed`.
    """
    joined = study_member.c
    wanted = select(member.c.student_id, member.c.display_name, *joined).join_from(study_member, member, member.c.id == joined.member)
    wanted = wanted.where(joined.class_id == room.id, joined.status == status)
    if after is not None:
        place = tuple_(*after, types=[joined.joined_at.type, joined.member.type])
        wanted = wanted.where(tuple_(joined.joined_at, joined.member) > place)
    rows = connection.execute(wanted.order_by(joined.joined_at, joined.member).limit(limit)).all()
    uses = read_use(connection, [Standing(room, ClassMember(*row[2:])) for row in rows], at=at)
    return [MemberSeen(row.student_id, row.display_name, use) for row, use in zip(rows, uses, strict=True)]


def read_member(connection: Connection, room: StudyClass, member_id: UUID, *, at: datetime) -> MemberSeen:
    """A member of a class.

    Raises:
        Missing: they aren't in it.
    """
    joined = study_member.c
    wanted = select(member.c.student_id, member.c.display_name, *joined).join_from(study_member, member, member.c.id == joined.member)
    row = connection.execute(wanted.where(joined.class_id == room.id, joined.member == member_id, joined.status == ACTIVE)).one_or_none()
    if row is None:
        raise Missing(what="member")
    use = read_use(connection, [Standing(room, ClassMember(*row[2:]))], at=at)[0]
    return MemberSeen(row.student_id, row.display_name, use)


def walk_members(connect: Callable[[], AbstractContextManager[Connection]], room: StudyClass, *, at: datetime) -> Iterator[MemberSeen]:
    """All members, for a file: read in pieces, each with a connection of its own, so that a slow reader holds none."""
    after: tuple[datetime, UUID] | None = None
    while True:
        with connect() as connection:
            found = list_members(connection, room, at=at, limit=MEMBERS_AT_ONCE, after=after)
        yield from found
        if len(found) < MEMBERS_AT_ONCE:
            return
        after = (found[-1].mine.joined_at, found[-1].mine.member)


def list_sponsorable(
    connection: Connection, room: StudyClass, *, is_sponsored: bool, limit: int, after: UUID | None = None
) -> Sequence[UUID]:
    """Members, by id, whose sponsoring is other than it is to be; never the owner, who pays for themselves."""
    joined = study_member.c
    wanted = select(joined.member).where(
        joined.class_id == room.id,
        joined.status == ACTIVE,
        joined.member != room.owner_id,
        joined.is_sponsored.is_(not is_sponsored),
    )
    if after is not None:
        wanted = wanted.where(joined.member > after)
    return connection.scalars(wanted.order_by(joined.member).limit(limit)).all()
