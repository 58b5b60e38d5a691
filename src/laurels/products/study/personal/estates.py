"""What becomes of the classes of somebody whose account is deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, exists, select, update

from laurels.core.database import among
from laurels.identity.tables import member
from laurels.products.study.decisions.guards import ACTIVE
from laurels.products.study.rules.permissions import OWNER
from laurels.products.study.tables import study_class, study_member


@dataclass(frozen=True, slots=True)
class Estate:
    """A class whose owner goes.

    Attributes:
        heir: who gets it: of its managers the one who joined first; None: it has none.
        has_members: whether anybody else is in it.
    """

    class_id: UUID
    heir: UUID | None
    has_members: bool

    @property
    def fate(self) -> str:
        """What its pages are told: `members` of one that goes on, `archived` of one that nobody manages, `deleted` of one left alone."""
        if self.heir is not None:
            return "members"
        return "archived" if self.has_members else "deleted"


def list_estates(connection: Connection, owner: UUID) -> list[Estate]:
    """The classes that somebody owns, with what becomes of them."""
    room, of = study_class.c, study_member.c
    others = (of.class_id == room.id) & (of.status == ACTIVE) & (of.member != owner)
    managers = select(of.member).join(member, member.c.id == of.member)
    managers = managers.where(others, of.is_manager, member.c.status == "active").order_by(of.joined_at, of.member).limit(1)
    heir = managers.correlate(study_class).scalar_subquery()
    is_shared = exists().where(others).correlate(study_class)
    wanted = select(room.id, heir, is_shared).where(room.owner_id == owner, room.deleted_at.is_(None)).order_by(room.id)
    return [Estate(*row) for row in connection.execute(wanted)]


def settle_estates(connection: Connection, owner: UUID, estates: Sequence[Estate], now: datetime) -> None:
    """Hand classes over, archive those that nobody manages, and delete those that nobody else is in.

    A class that goes on keeps its name and its description, which its new
    owner may change; an archived one keeps the name that its members know it
    by. Nobody is made to pay for others: what an heir gets sponsors nobody.
    """
    for estate in estates:
        of_class = update(study_class).where(study_class.c.id == estate.class_id)
        if estate.heir is not None:
            _hand_over(connection, estate.class_id, estate.heir)
            connection.execute(of_class.values(owner_id=estate.heir, updated_at=now))
        elif estate.has_members:
            connection.execute(of_class.values(is_active=False, description="", updated_at=now))
        else:
            connection.execute(of_class.values(is_active=False, class_code=None, updated_at=now, deleted_at=now))
    # Those that were deleted before, too: nobody finds them, so nobody misses their words.
    gone = update(study_class).where(study_class.c.owner_id == owner, study_class.c.deleted_at.is_not(None))
    connection.execute(gone.values(name="", description=""))


def _hand_over(connection: Connection, class_id: UUID, heir: UUID) -> None:
    of = study_member.c
    memberships = update(study_member).where(of.class_id == class_id)
    connection.execute(memberships.where(of.is_sponsored).values(is_sponsored=False))
    connection.execute(memberships.where(of.member == heir).values(asdict(OWNER)))


def end_memberships(connection: Connection, who: UUID, classes: Sequence[UUID], now: datetime) -> None:
    """Have somebody leave these classes."""
    theirs = (study_member.c.member == who) & among(connection.dialect, study_member.c.class_id, classes)
    connection.execute(update(study_member).where(theirs).values(status="left", left_at=now, is_manager=False, is_sponsored=False))
