"""A member's place in programs: where they belong, where they may join, and what they may still take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select, tuple_

from laurels.ledger.reader import balances
from laurels.products.loyalty.accounts import bought
from laurels.products.loyalty.queries.catalogue import ShownReward, list_rewards
from laurels.products.loyalty.tables import Membership, Program, membership, program, program_invitation


@dataclass(frozen=True, slots=True)
class Joinable:
    """A program that a member may join now."""

    program: Program
    is_invited: bool


@dataclass(frozen=True, slots=True)
class Place:
    """What a member is to a program.

    Attributes:
        membership: None where they never joined.
    """

    membership: Membership | None
    is_invited: bool

    @property
    def is_member(self) -> bool:
        """Whether they belong to it now."""
        return self.membership is not None and self.membership.status == "active"


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one member sees it.

    Attributes:
        taken: pieces that they have, or have set aside.
    """

    shown: ShownReward
    taken: int

    @property
    def is_sold_out(self) -> bool:
        """Whether no piece is left."""
        return self.shown.stock_left is not None and self.shown.stock_left < 1

    @property
    def is_used_up(self) -> bool:
        """Whether the member has had as many as one may."""
        return self.shown.row.per_member is not None and self.taken >= self.shown.row.per_member


def list_joinable(connection: Connection, member_id: UUID, *, limit: int, after: tuple[str, UUID] | None = None) -> list[Joinable]:
    """Active programs that a member doesn't belong to and may join, by name; `after` is the (name, id) of the last one before."""
    joined = select(membership.c.program).where(membership.c.member == member_id, membership.c.status == "active")
    invited = and_(program_invitation.c.program == program.c.id, program_invitation.c.member == member_id)
    wanted = select(program, program_invitation.c.member.is_not(None)).outerjoin(program_invitation, invited)
    wanted = wanted.where(program.c.status == "active", program.c.id.not_in(joined))
    wanted = wanted.where(or_(program.c.joining == "open", program_invitation.c.member.is_not(None)))
    if after is not None:
        wanted = wanted.where(tuple_(program.c.name, program.c.id) > tuple_(*after, types=[program.c.name.type, program.c.id.type]))
    rows = connection.execute(wanted.order_by(program.c.name, program.c.id).limit(limit))
    return [Joinable(Program(*row[:-1]), bool(row[-1])) for row in rows]


def read_place(connection: Connection, program_id: UUID, member_id: UUID) -> Place:
    """What a member is to a program, former members too."""
    row = connection.execute(select(membership).where(membership.c.program == program_id, membership.c.member == member_id)).one_or_none()
    table = program_invitation
    invited = connection.execute(select(table.c.member).where(table.c.program == program_id, table.c.member == member_id)).first()
    return Place(None if row is None else Membership(*row), invited is not None)


def list_offers(
    connection: Connection, program_id: UUID, member_id: UUID, *, at: datetime, limit: int, after: tuple[int, UUID] | None = None
) -> list[Offer]:
    """What a program's catalogue has on sale, the cheapest first; `after` is the (cost, id) of the last one of the page before."""
    return offers_of(connection, list_rewards(connection, program_id, limit=limit, after=after, on_sale_at=at), member_id)


def offers_of(connection: Connection, rewards: Sequence[ShownReward], member_id: UUID) -> list[Offer]:
    """Rewards, each with how many of it a member has had."""
    meters = {one.row.id: bought(one.row.program, member_id, one.row.id) for one in rewards}
    counted = balances(connection, meters.values())
    return [Offer(one, counted[meters[one.row.id]]) for one in rewards]
