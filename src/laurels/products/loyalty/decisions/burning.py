"""Spending points on rewards and discounts: reserve and confirm, or at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from laurels.identity.rules import require_active
from laurels.identity.tables import Participant
from laurels.ledger import Account, BusinessKey, Draft, Needs, Take
from laurels.products.loyalty.accounts import book_of, bought, cancelled, expired, owed, points, redeemed, sold, stock
from laurels.products.loyalty.decisions.earning import repay_from
from laurels.products.loyalty.decisions.expiring import expire_points
from laurels.products.loyalty.decisions.guards import KEPT, program_rows, require_membership, require_program
from laurels.products.loyalty.decisions.standing import Basis
from laurels.products.loyalty.errors import BurnSettled, NothingDue, ReservationLapsed, RewardSoldOut, RewardUnavailable
from laurels.products.loyalty.facts import BurnReserved, RewardCancelled, RewardRedeemed
from laurels.products.loyalty.tables import Burn, Reward


@dataclass(frozen=True, slots=True)
class Burned:
    """A burn's answer: what is left to spend, in points."""

    burn: UUID
    status: str
    points: int
    left: int


@dataclass(frozen=True, slots=True)
class Price:
    """What is to be taken, as the action read it: a reward, or a free amount and its worth.

    Attributes:
        reward: None for a free amount.
        value_minor: what a free amount is worth, in minor units; None for a reward.
        has_stock: whether the reward is counted in pieces.
        per_member: most for each member; None: any number.
    """

    points: int
    reward: UUID | None = None
    value_minor: int | None = None
    has_stock: bool = False
    per_member: int | None = None


@dataclass(frozen=True, slots=True)
class BurnPoints:
    """Take points for a reward or a discount: all at once, or set aside until they are confirmed.

    What has expired goes first, then lots are spent first-expiring-first.
    Pending points don't count. Points, the piece of stock and the member's
    share of it are taken together or not at all.

    Attributes:
        confirm_by: how long a reservation is kept; None burns at once.
        code_sealed: the voucher's code where it is burned at once.

    Raises:
        Missing, ProgramClosed, NotAMember, MemberInactive: who or what is wrong.
        RewardUnavailable, RewardSoldOut, LimitReached, InsufficientBalance: it can't be had.
        ProgramChanged: the settings changed since the action read them.
    """

    name: ClassVar[str] = "burn_points"
    answers: ClassVar[type] = Burned
    key: ClassVar[BusinessKey | None] = None

    burn: UUID
    member: UUID
    price: Price
    basis: Basis
    confirm_by: datetime | None
    code_sealed: str | None = None
    voucher_until: datetime | None = None

    @property
    def book(self) -> str:
        return book_of(self.basis.program)

    @property
    def reference(self) -> UUID:
        return self.burn

    def needs(self) -> Needs:
        program = self.basis.program
        purse = points(program, self.member)
        rows = program_rows(program, self.member)
        accounts = [redeemed(program), expired(program)]
        held = [purse]
        if self.price.reward is not None:
            rows.append((Reward, self.price.reward))
            accounts += [sold(program, self.price.reward), bought(program, self.member, self.price.reward)]
            held.append(stock(program, self.price.reward))
        return Needs([*accounts, *held], rows, lots=[purse], holding=held)

    def decide(self, draft: Draft) -> Burned:
        basis, price = self.basis, self.price
        require_program(draft, basis.program, version=basis.version)
        membership = require_membership(draft, basis.program, self.member)
        expire_points(draft, basis.terms_now, basis.program, membership, basis.zone, is_spending=True)
        if price.reward is not None:
            self.require_reward(draft, price.reward)
        takes = self.takes()
        if self.confirm_by is not None:
            draft.hold(self.burn, self.confirm_by, *takes)
            draft.announce(BurnReserved(basis.program, self.member, self.burn, price.points))
        else:
            for take in takes:
                burn_at_once(draft, take)
            draft.announce(RewardRedeemed(basis.program, self.member, self.burn, price.reward, price.points))
        if basis.terms_now.expiry.kind == "inactivity" and draft.at > membership.last_activity_at:
            draft.change(membership, last_activity_at=draft.at)
        status = "fulfilled" if self.confirm_by is None else "reserved"
        self.record(draft, status)
        return Burned(self.burn, status, price.points, draft.usable(points(basis.program, self.member)))

    def require_reward(self, draft: Draft, reward_id: UUID) -> None:
        """Check that a reward can be had now.

        Raises:
            RewardUnavailable, RewardSoldOut.
        """
        reward = draft.row(Reward, reward_id)
        if not reward.is_on_sale(draft.at):
            raise RewardUnavailable()
        if self.price.has_stock and draft.balance(stock(self.basis.program, reward_id)) < 1:
            raise RewardSoldOut()

    def takes(self) -> list[Take]:
        """What is taken, all or none: the member's share, a piece of stock, the points."""
        program, price = self.basis.program, self.price
        takes: list[Take] = []
        if price.reward is not None:
            takes.append(Take(bought(program, self.member, price.reward), 1, to=None, limit=price.per_member))
            if price.has_stock:
                takes.append(Take(stock(program, price.reward), 1, to=sold(program, price.reward)))
        return [*takes, Take(points(program, self.member), price.points, to=redeemed(program))]

    def record(self, draft: Draft, status: str) -> None:
        """Write the burn's row."""
        draft.record(
            Burn(
                id=self.burn,
                program=self.basis.program,
                member=self.member,
                reward=self.price.reward,
                points=self.price.points,
                value_minor=self.price.value_minor,
                has_stock=self.price.has_stock,
                status=status,
                code_sealed=self.code_sealed,
                voucher_until=self.voucher_until,
                created_at=draft.at,
                confirm_by=self.confirm_by or draft.at,
                fulfilled_at=draft.at if self.confirm_by is None else None,
                cancelled_at=None,
            )
        )


def burn_at_once(draft: Draft, take: Take) -> None:
    """Take what a hold would set aside, for good."""
    if take.to is None:
        draft.count(take.account, take.amount, "bought", limit=take.limit)
    else:
        draft.move(take.account, take.to, take.amount, "burn")


@dataclass(frozen=True, slots=True)
class Settled:
    """How a burn ended."""

    burn: UUID
    status: str
    points: int


@dataclass(frozen=True, slots=True)
class ConfirmBurn:
    """Spend what a burn set aside, once.

    Raises:
        Missing, ProgramClosed, MemberInactive.
        BurnSettled: it was confirmed or cancelled before.
        ReservationLapsed: it wasn't confirmed in time; its points go back.
    """

    name: ClassVar[str] = "confirm_burn"
    answers: ClassVar[type] = Settled
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    burn: UUID
    member: UUID
    code_sealed: str | None = None
    voucher_until: datetime | None = None

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.burn

    def needs(self) -> Needs:
        return Needs(rows=[*program_rows(self.program, self.member), (Burn, self.burn)], holds=[self.burn])

    def decide(self, draft: Draft) -> Settled:
        require_program(draft, self.program, allowed=KEPT)
        require_active(draft.row(Participant, self.member))
        burn = require_reserved(draft, self.burn)
        if draft.at >= burn.confirm_by:
            raise ReservationLapsed(confirm_by=burn.confirm_by.isoformat())
        draft.settle(burn.id)
        values = {"status": "fulfilled", "fulfilled_at": draft.at, "code_sealed": self.code_sealed, "voucher_until": self.voucher_until}
        draft.change(burn, **values)
        draft.announce(RewardRedeemed(self.program, self.member, burn.id, burn.reward, burn.points))
        return Settled(burn.id, "fulfilled", burn.points)


@dataclass(frozen=True, slots=True)
class CancelBurn:
    """Give back what a burn set aside, once: each point into the lot that it came from.

    A lot that expired meanwhile comes back for the program's days of grace.
    What returns are owed is taken out of it. The piece of stock and the
    member's share of it are free again.

    Attributes:
        only_lapsed: cancel only what wasn't confirmed in time: what the sweep does.

    Raises:
        Missing, ProgramClosed, BurnSettled.
        NothingDue: `only_lapsed`, and there is time left.
        ProgramChanged: the settings changed since the action read the days of grace.
    """

    name: ClassVar[str] = "cancel_burn"
    answers: ClassVar[type] = Settled
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    burn: UUID
    member: UUID
    version: int
    grace: timedelta
    only_lapsed: bool = False

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.burn

    def needs(self) -> Needs:
        purse = points(self.program, self.member)
        accounts: list[Account] = [cancelled(self.program), owed(self.program, self.member)]
        return Needs(accounts, [*program_rows(self.program), (Burn, self.burn)], lots=[purse], holds=[self.burn])

    def decide(self, draft: Draft) -> Settled:
        require_program(draft, self.program, version=self.version, allowed=(*KEPT, "archived"))
        burn = require_reserved(draft, self.burn)
        if self.only_lapsed and draft.at < burn.confirm_by:
            raise NothingDue()
        draft.settle(burn.id, 0, grace=self.grace)
        draft.change(burn, status="cancelled", cancelled_at=draft.at)
        purse = points(self.program, self.member)
        alive = sum(lot.left for lot in draft.lots(purse) if not lot.is_expired(draft.at))  # without grace, what comes back may be over
        repay_from(draft, self.program, self.member, min(burn.points, alive), None)
        draft.announce(RewardCancelled(self.program, self.member, burn.id, burn.points))
        return Settled(burn.id, "cancelled", burn.points)


def require_reserved(draft: Draft, burn_id: UUID) -> Burn:
    """A burn that is neither confirmed nor cancelled.

    Raises:
        Missing, BurnSettled.
    """
    burn = draft.row(Burn, burn_id)
    if burn.status != "reserved":
        raise BurnSettled(status=burn.status)
    return burn
