"""What a member's page of classes shows of each: its numbers, their chats in it, and their tokens of today; and what a code leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from laurels.core.database import among
from laurels.identity.tables import member
from laurels.products.study.queries.classes import ClassSeen, list_classes
from laurels.products.study.queries.usage import ClassUse, Used, read_use
from laurels.products.study.tables import StudyClass, study_class, study_session


@dataclass(frozen=True, slots=True)
class Card:
    """A class of a member's.

    Attributes:
        use: what they used there.
        chats: their own.
    """

    seen: ClassSeen
    use: ClassUse
    chats: int

    @property
    def today(self) -> Used:
        """The day's limit that counts first: of what the owner pays, else their own."""
        return (self.use.share or self.use.own).daily


def list_cards(
    connection: Connection,
    member_id: UUID,
    *,
    at: datetime,
    limit: int,
    before: tuple[datetime, UUID] | None = None,
    is_active: bool | None = None,
) -> list[Card]:
    """The classes that a member is in, the newest first, in a constant number of statements.

    Args:
        before: (created_at, id) of the last one of the page before.
        is_active: only those that are open (True) or archived (False).
    """
    seen = list_classes(connection, member_id, limit=limit, before=before, is_active=is_active)
    if not seen:
        return []
    uses = read_use(connection, [one.standing for one in seen], at=at)
    chats = _count_chats(connection, member_id, [one.standing.room.id for one in seen])
    return [Card(one, use, chats.get(one.standing.room.id, 0)) for one, use in zip(seen, uses, strict=True)]


@dataclass(frozen=True, slots=True)
class Door:
    """A class as whoever has its code sees it before they join; its owner has no name if they deleted their account."""

    room: StudyClass
    owner_name: str | None


def find_door(connection: Connection, code: str) -> Door | None:
    """The class that a code lets into, as `rules.codes.read_code` gives it; None where there is none."""
    wanted = select(*study_class.c, member.c.display_name).join(member, member.c.id == study_class.c.owner_id)
    row = connection.execute(wanted.where(study_class.c.class_code == code)).one_or_none()
    return None if row is None else Door(StudyClass(*row[:-1]), row[-1])


def _count_chats(connection: Connection, member_id: UUID, class_ids: Sequence[UUID]) -> dict[UUID, int]:
    row = study_session.c
    counted = (
        select(row.class_id, func.count())
        .where(row.user_id == member_id, among(connection.dialect, row.class_id, class_ids))
        .group_by(row.class_id)
    )
    return {one[0]: one[1] for one in connection.execute(counted)}
