"""What the console tells of the whole community."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, select

from laurels.core.database import among
from laurels.core.windows import Month
from laurels.identity.tables import member
from laurels.products.recognition.tables import recognition, redemption


@dataclass(frozen=True, slots=True)
class Counts:
    """How the community is doing.

    Attributes:
        members: active ones.
        thanks: recognitions of the month that stand.
        credits: given by them.
        pending: vouchers on their way.
    """

    members: int
    thanks: int
    credits: int
    pending: int


def credits_by_month(connection: Connection, months: Sequence[Month], since: datetime) -> dict[str, tuple[int, int]]:
    """Recognitions that stand, and their credits, by month; `since` is when the first of these months began."""
    wanted = (
        select(recognition.c.month, func.count(), func.sum(recognition.c.credits))
        .where(recognition.c.created_at >= since, recognition.c.reversed_at.is_(None))
        .group_by(recognition.c.month)
    )
    found = {month: (number, int(credits)) for month, number, credits in connection.execute(wanted)}
    return {month: found.get(month, (0, 0)) for month in months}


def read_counts(connection: Connection, this_month: tuple[int, int]) -> Counts:
    """The console's numbers; `this_month` is the current month's of `credits_by_month`."""
    active = connection.execute(select(func.count()).select_from(member).where(member.c.status == "active")).scalar_one()
    pending = connection.execute(select(func.count()).select_from(redemption).where(redemption.c.status == "PENDING")).scalar_one()
    return Counts(members=active, thanks=this_month[0], credits=this_month[1], pending=pending)


def count_pending(connection: Connection, member_id: UUID) -> int:
    """How many of a member's vouchers are on their way."""
    mine = select(func.count()).select_from(redemption).where(redemption.c.member == member_id, redemption.c.status == "PENDING")
    return connection.execute(mine).scalar_one()


def display_names(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Members' names by id."""
    wanted = select(member.c.id, member.c.display_name).where(among(connection.dialect, member.c.id, ids))
    return {row.id: row.display_name for row in connection.execute(wanted)}
