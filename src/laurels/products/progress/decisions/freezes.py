"""Freezes: bought with points, or given by staff. Each saves one missed day of a streak."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from laurels.core.windows import day_of
from laurels.identity.tables import StaffAction
from laurels.ledger import BusinessKey, Draft, InsufficientBalance, Needs
from laurels.products.progress.accounts import BOOK, points, spent
from laurels.products.progress.decisions.basis import CONFIG_ROW, Basis, require_awardee, require_version
from laurels.products.progress.decisions.giving import count_day
from laurels.products.progress.decisions.streaking import (
    begin_streak,
    change_streak,
    days_of,
    read_days,
    replayed,
    streak_of,
    write_days,
    zones_of,
)
from laurels.products.progress.errors import FreezesFull, FreezesNotSold
from laurels.products.progress.rules import Freezes, freezes_on
from laurels.products.progress.tables import FREEZES_SOLD, Awardee, PointsDay, StreakRow


@dataclass(frozen=True, slots=True)
class FreezeAdded:
    """A freeze more.

    Attributes:
        in_hand: freezes that the member has then.
        cost: points that it cost; 0 for a present.
    """

    member: UUID
    in_hand: int
    cost: int


@dataclass(frozen=True, slots=True)
class BuyFreeze:
    """Buy a freeze at the price of the rules. It spends points that were earned; the total isn't lowered.

    Attributes:
        at: when it is bought: the day's sums count it.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        Missing, MemberInactive: nobody to buy it.
        FreezesNotSold, FreezesFull: there is none to be had.
        InsufficientBalance: too few points are left to spend.
    """

    name: ClassVar[str] = "buy_freeze"
    answers: ClassVar[type] = FreezeAdded
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    basis: Basis
    at: datetime

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        day = (PointsDay, (day_of(self.at, self.basis.zone), FREEZES_SOLD))
        return Needs([points(self.member), spent(self.member)], [*_rows(self.member), day])

    def decide(self, draft: Draft) -> FreezeAdded:
        require_version(draft, self.basis)
        awardee = require_awardee(draft, self.member)
        policy = self.basis.rules.freezes
        if policy.cost is None or policy.most == 0:
            raise FreezesNotSold()
        in_hand = add_freeze(draft, awardee, policy)
        total = draft.balance(points(self.member))
        left = draft.room(spent(self.member), total)  # decay may have left less than was spent
        if left < policy.cost:
            raise InsufficientBalance(available=left, needed=policy.cost, purse="points")
        draft.count(spent(self.member), policy.cost, "freeze", limit=total)
        count_day(draft, self.basis, self.at, FREEZES_SOLD, awards=1, taken=policy.cost)
        return FreezeAdded(self.member, in_hand, policy.cost)


@dataclass(frozen=True, slots=True)
class GiveFreeze:
    """Give a member a freeze, for nothing: staff do, and it is logged.

    Raises:
        ProgressChanged: staff changed something since the action read it.
        Missing, MemberInactive: nobody to give it to.
        FreezesFull: they have as many as one may.
    """

    name: ClassVar[str] = "give_freeze"
    answers: ClassVar[type] = FreezeAdded
    book: ClassVar[str] = BOOK
    key: ClassVar[BusinessKey | None] = None

    member: UUID
    basis: Basis
    audit: StaffAction

    @property
    def reference(self) -> UUID:
        return self.member

    def needs(self) -> Needs:
        return Needs(rows=_rows(self.member))

    def decide(self, draft: Draft) -> FreezeAdded:
        require_version(draft, self.basis)
        in_hand = add_freeze(draft, require_awardee(draft, self.member), self.basis.rules.freezes)
        draft.record(self.audit)
        return FreezeAdded(self.member, in_hand, 0)


def add_freeze(draft: Draft, awardee: Awardee, policy: Freezes) -> int:
    """Put a freeze into a member's hand, as of their local day; gives how many they then have.

    Raises:
        FreezesFull: they have as many as one may.
    """
    zones = zones_of(draft, awardee)
    today = zones.day_of(draft.at)
    row = draft.find(StreakRow, awardee.id) or begin_streak(draft, awardee.id, today, zones)
    bought = read_days(row.bought)
    in_hand = freezes_on(streak_of(row), today, bought=bought, excused=zones.excused())
    if in_hand >= policy.most:
        raise FreezesFull(most=policy.most)
    row = draft.change(row, bought=write_days([*bought, today]))
    days = days_of(row)
    change_streak(draft, row, days, replayed(row, days, policy))
    return in_hand + 1


def _rows(member: UUID) -> list[tuple[type, Any]]:
    return [CONFIG_ROW, (Awardee, member), (StreakRow, member)]
