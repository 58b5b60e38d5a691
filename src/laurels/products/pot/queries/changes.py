"""Coins that staff gave and took: the list of changes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from laurels.identity.tables import member
from laurels.products.pot.tables import CoinChange, coin_change


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A change, with the names of whose coins they were and of who changed them; None for the command line."""

    row: CoinChange
    member_name: str
    staff_name: str | None


def list_changes(connection: Connection, *, limit: int, before: tuple[datetime, UUID] | None = None) -> tuple[list[ShownChange], bool]:
    """Changes of all members' coins by staff, newest first, and whether there are more."""
    staff, columns = member.alias("staff"), coin_change.c
    wanted = (
        select(coin_change, member.c.display_name, staff.c.display_name)
        .join(member, member.c.id == columns.member)
        .outerjoin(staff, staff.c.id == columns.made_by)
    )
    if before is not None:
        wanted = wanted.where(tuple_(columns.created_at, columns.id) < tuple_(*before, types=[columns.created_at.type, columns.id.type]))
    rows = connection.execute(wanted.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit + 1)).all()
    return [ShownChange(CoinChange(*row[:-2]), row[-2], row[-1]) for row in rows[:limit]], len(rows) > limit
