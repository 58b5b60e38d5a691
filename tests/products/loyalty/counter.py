"""What stands behind the counter in loyalty's tests: rewards, campaigns and new terms, and what is left in a member's lots."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import pytest
from sqlalchemy import update

from laurels.core.errors import DomainError
from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member, member
from laurels.ledger import Account
from laurels.ledger.reader import balances, open_lots
from laurels.products.loyalty.accounts import bought, budget, capped, points, stock
from laurels.products.loyalty.actions.campaigns import NewCampaign, add_campaign
from laurels.products.loyalty.actions.programs import change_program
from laurels.products.loyalty.actions.rewards import NewReward, add_reward
from laurels.products.loyalty.actions.terms import add_terms
from laurels.products.loyalty.decisions.burning import Burned, BurnPoints, Price
from laurels.products.loyalty.decisions.standing import Basis
from laurels.products.loyalty.queries import configuration_of
from laurels.products.loyalty.queries.configuration import basis_at
from laurels.products.loyalty.queries.events import purchases_by_id, returns_by_id
from laurels.products.loyalty.tables import Membership, Program, PurchaseRow, ReturnRow, membership
from laurels.web.etags import WHICHEVER
from products.loyalty.terms_paper import terms as plain_terms
from products.loyalty.town import Town

E = TypeVar("E", bound=DomainError)


class Parcel(NamedTuple):
    """What is left of a lot, and its times."""

    left: int
    earned_at: datetime
    usable_from: datetime
    expires_at: datetime | None


@dataclass(frozen=True)
class Counter:
    """One program of a town, seen by those who run it."""

    town: Town
    program: Program

    # Settings

    def reward(self, cost: int = 100, **more: Any) -> UUID:
        """A new reward."""
        made = NewReward(more.pop("name", "A bottle"), cost, **more)
        return add_reward(self.town.database, OPERATOR, self.program.id, made, now=self.now).id

    def campaign(self, *, days: int = 30, **more: Any) -> UUID:
        """A new campaign that begins now; it doubles points where nothing else is said."""
        bonus = {} if "extra_points" in more else {"multiplier_percent": 200}
        made = NewCampaign(more.pop("name", "Double"), self.now + timedelta(days=days), **{**bonus, **more})
        return add_campaign(self.town.database, OPERATOR, self.program.id, made, now=self.now).id

    def terms(self, *rules: dict[str, Any], valid_from: datetime | None = None, **more: Any) -> None:
        """New terms, from an instant on or from now on."""
        add_terms(self.town.database, OPERATOR, self.program.id, plain_terms(*rules, **more), valid_from=valid_from, now=self.now)

    def become(self, status: str) -> None:
        """Change the program's status."""
        change_program(self.town.database, OPERATOR, self.program.id, {"status": status}, expected=WHICHEVER, now=self.now)

    def suspend(self, who: Member) -> None:
        """Suspend a member of the community."""
        with self.town.database.write.begin() as connection:
            connection.execute(update(member).where(member.c.id == who.id).values(status="suspended"))

    # Decisions

    @property
    def now(self) -> datetime:
        """What the clock says."""
        return self.town.clock.at

    def basis(self, at: datetime | None = None) -> Basis:
        """The settings by which something that happened at an instant is decided now."""
        return basis_at(configuration_of(self.town.database, self.program.id), at or self.now, self.now)

    def take(self, who: Member, cost: int, *, minutes: int | None = None, **price: Any) -> Burned:
        """Burn for a reward, or a free amount worth a penny a point; reserve it where minutes are said."""
        if "reward" not in price:
            price["value_minor"] = cost
        confirm_by = None if minutes is None else self.now + timedelta(minutes=minutes)
        answer: Burned = self.town.post_now(BurnPoints(new_id(), who.id, Price(cost, **price), self.basis(), confirm_by)).answer
        return answer

    # What is

    def lots(self, who: Member) -> list[Parcel]:
        """What is left of a member's points, the first to expire first."""
        purse = points(self.program.id, who.id)
        with self.town.database.read.connect() as connection:
            found = open_lots(connection, [purse])[purse]
        return [Parcel(lot.left, lot.earned_at, lot.usable_from, lot.expires_at) for lot in found]

    def left(self, who: Member) -> list[int]:
        """The same, amounts only."""
        return [lot.left for lot in self.lots(who)]

    def held(self, account: Account) -> int:
        """What an account holds."""
        with self.town.database.read.connect() as connection:
            return balances(connection, [account])[account]

    def stock(self, reward: UUID) -> int:
        """Pieces of a reward that are left."""
        return self.held(stock(self.program.id, reward))

    def bought(self, who: Member, reward: UUID) -> int:
        """How often a member took a reward."""
        return self.held(bought(self.program.id, who.id, reward))

    def budget(self, campaign: UUID) -> int:
        """What a campaign may still give."""
        return self.held(budget(self.program.id, campaign))

    def capped(self, who: Member, rule: str, window: str) -> int:
        """What a member earned by a rule with a cap."""
        return self.held(capped(self.program.id, who.id, rule, window))

    def purchase(self, event: UUID) -> PurchaseRow:
        """A purchase as it is kept."""
        with self.town.database.read.connect() as connection:
            return purchases_by_id(connection, [event])[event]

    def goods_back(self, event: UUID) -> ReturnRow:
        """A return as it is kept."""
        with self.town.database.read.connect() as connection:
            return returns_by_id(connection, [event])[event]

    def member_of(self, who: Member) -> Membership:
        """A membership as it is kept."""
        with self.town.database.read.connect() as connection:
            chosen = membership.select().where(membership.c.program == self.program.id, membership.c.member == who.id)
            return Membership(*connection.execute(chosen).one())


def open_counter(town: Town, terms: dict[str, Any] | None = None, *rules: dict[str, Any], **more: Any) -> tuple[Counter, Member]:
    """An active program and its first member.

    Args:
        terms: what differs from plain ones.
        rules: 5 points for 100.00 where none is given.
        more: fields of `NewProgram`.
    """
    first = town.make_member()
    return Counter(town, town.make_program(plain_terms(*rules, **(terms or {})), [first], **more)), first


def refusal(kind: type[E], call: Callable[[], Any]) -> E:
    """Check that a call is refused in this way; gives the refusal."""
    with pytest.raises(kind) as raised:
        call()
    return raised.value
