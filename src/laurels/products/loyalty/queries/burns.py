"""Burns, for those who may see them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from laurels.core.errors import Missing
from laurels.products.loyalty.tables import Burn, Reward, burn, reward


@dataclass(frozen=True, slots=True)
class ShownBurn:
    """A burn, with its reward's name."""

    row: Burn
    reward_name: str | None


def get_burn(connection: Connection, program_id: UUID, burn_id: UUID) -> ShownBurn:
    """A program's burn.

    Raises:
        Missing: the program has none with this id.
    """
    joined = select(burn, reward.c.name).outerjoin(reward, reward.c.id == burn.c.reward)
    found = connection.execute(joined.where(burn.c.id == burn_id, burn.c.program == program_id)).one_or_none()
    if found is None:
        raise Missing(what="burn")
    return ShownBurn(Burn(*found[:-1]), found[-1])


def list_burns(
    connection: Connection, program_id: UUID, member_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None
) -> list[ShownBurn]:
    """A member's burns in a program, newest first; `before` is the (created_at, id) of the last one of the page before."""
    wanted = select(burn, reward.c.name).outerjoin(reward, reward.c.id == burn.c.reward)
    wanted = wanted.where(burn.c.program == program_id, burn.c.member == member_id)
    if before is not None:
        place = tuple_(*before, types=[burn.c.created_at.type, burn.c.id.type])
        wanted = wanted.where(tuple_(burn.c.created_at, burn.c.id) < place)
    rows = connection.execute(wanted.order_by(burn.c.created_at.desc(), burn.c.id.desc()).limit(limit))
    return [ShownBurn(Burn(*row[:-1]), row[-1]) for row in rows]


def due_burns(connection: Connection, now: datetime, *, limit: int) -> list[Burn]:
    """Reservations that weren't confirmed in time, of all programs, the oldest first."""
    late = select(burn).where(burn.c.status == "reserved", burn.c.confirm_by <= now).order_by(burn.c.confirm_by, burn.c.id).limit(limit)
    return [Burn(*row) for row in connection.execute(late)]


def get_reward_row(connection: Connection, program_id: UUID, reward_id: UUID) -> Reward:
    """A program's reward, also an archived one.

    Raises:
        Missing: the program has none with this id.
    """
    found = connection.execute(select(reward).where(reward.c.id == reward_id, reward.c.program == program_id)).one_or_none()
    if found is None:
        raise Missing(what="reward")
    return Reward(*found)
