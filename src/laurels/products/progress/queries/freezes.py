"""Freezes that a member has in hand, and what one costs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.ledger.reader import balances
from laurels.products.progress.accounts import points, spent
from laurels.products.progress.decisions.basis import Basis
from laurels.products.progress.decisions.streaking import read_days, streak_of
from laurels.products.progress.rules import Zones, freezes_on
from laurels.products.progress.tables import StreakRow, streak


@dataclass(frozen=True, slots=True)
class FreezesNow:
    """What a member has, and may have.

    Attributes:
        most: so many in hand, no more are earned or sold.
        cost: points that one costs; None: none is sold.
        earned_every: one is earned at every so many days of a streak; None: none is.
        points_left: what they may spend: the total without what they have spent.
    """

    in_hand: int
    most: int
    cost: int | None
    earned_every: int | None
    points_left: int

    @property
    def can_buy(self) -> bool:
        """Whether they can buy one now."""
        return self.cost is not None and self.in_hand < self.most and self.cost <= self.points_left


def read_freezes(connection: Connection, basis: Basis, member_id: UUID, *, at: datetime) -> FreezesNow:
    """A member's freezes at an instant: those that missed days have used are gone, whether or not something has noted it."""
    row = connection.execute(select(streak).where(streak.c.member == member_id)).one_or_none()
    purse, meter = points(member_id), spent(member_id)
    held, policy = balances(connection, [purse, meter]), basis.rules.freezes
    return FreezesNow(
        in_hand=freezes_in_hand(StreakRow(*row), at) if row else 0,
        most=policy.most,
        cost=policy.cost if policy.most else None,
        earned_every=policy.earned_every,
        points_left=max(0, held[purse] - held[meter]),
    )


def freezes_in_hand(row: StreakRow, at: datetime) -> int:
    """Freezes in hand on a member's local day."""
    zones = Zones.read(row.zones)
    return freezes_on(streak_of(row), zones.day_of(at), bought=read_days(row.bought), excused=zones.excused())
