"""Earning points with a purchase."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.ledger import Account, BusinessKey, Draft, Lot, LotKey, Needs
from laurels.products.loyalty.accounts import budget, cancelled, capped, issued, owed, points
from laurels.products.loyalty.decisions.events import Event, find_event, put_event
from laurels.products.loyalty.decisions.expiring import expire_points, expiring_needs
from laurels.products.loyalty.decisions.guards import program_rows, require_membership, require_program
from laurels.products.loyalty.decisions.standing import (
    Basis,
    change_tier,
    count_earned,
    counting_meters,
    standing_meters,
    tier_by,
)
from laurels.products.loyalty.facts import PointsEarned
from laurels.products.loyalty.rules import Award, CampaignBonus, CapInPlay, Purchase, award, caps_in_play, expires_at, usable_from
from laurels.products.loyalty.shares import Shares, write_shares
from laurels.products.loyalty.tables import PurchaseRow


@dataclass(frozen=True, slots=True)
class Earned:
    """What a purchase earned.

    Attributes:
        points: in all; `pending` of them can't be spent yet.
        repaid: of them, what was owed from returns.
    """

    purchase: UUID
    points: int
    repaid: int
    pending: int


@dataclass(frozen=True, slots=True)
class Grant:
    """An award as far as the campaigns' budgets go.

    Attributes:
        base: what the rules give.
        campaigns: what campaigns add.
        shares: what counts on caps and comes out of budgets.
    """

    award: Award
    base: int
    campaigns: int
    total: int
    shares: Shares


@dataclass(frozen=True, slots=True)
class EarnPoints:
    """Give a member the points of a purchase, once for ever by its transaction id.

    The points are one lot, earned at the purchase's time. What returns could
    not take back before is taken out of it first.

    Raises:
        Missing, ProgramClosed, NotAMember, MemberInactive: it can't earn now; the same id may come again.
        PurchaseConflict, AlreadyRecorded: the id is known with other details.
        ProgramChanged: the settings changed since the action read them.
    """

    name: ClassVar[str] = "earn_points"
    answers: ClassVar[type] = Earned

    purchase: Purchase
    row: PurchaseRow
    member: UUID
    basis: Basis

    @property
    def book(self) -> str:
        return self.basis.book

    @property
    def key(self) -> BusinessKey:
        return BusinessKey(f"purchase/{self.row.transaction_id}", self.row.fingerprint)

    @property
    def reference(self) -> UUID:
        return self.row.id

    def needs(self) -> Needs:
        program, member = self.basis.program, self.member
        accounts = [
            issued(program),
            cancelled(program),
            points(program, member),
            owed(program, member),
            *counting_meters(self.basis, member, self.purchase.occurred_at),
            *standing_meters(self.basis, member),
            *(self.capped(cap.rule, cap.window) for cap in self.caps()),
            *(budget(program, campaign) for campaign in self.basis.budgeted),
        ]
        expiry = expiring_needs(self.basis.terms_now, program, member)
        rows = [*program_rows(program, member), (PurchaseRow, self.row.id)]
        return Needs([*accounts, *expiry.accounts], rows, lots=expiry.lots)

    def caps(self) -> Sequence[CapInPlay]:
        """The caps that this purchase may run into."""
        basis = self.basis
        return caps_in_play(basis.terms, self.purchase, basis.zone)

    def capped(self, rule: str, window: str) -> Account:
        """The meter of a rule's cap."""
        return capped(self.basis.program, self.member, rule, window)

    def decide(self, draft: Draft) -> Earned:
        basis, member, at = self.basis, self.member, self.purchase.occurred_at
        require_program(draft, basis.program, version=basis.version)
        found = find_event(draft, self.row)
        membership = require_membership(draft, basis.program, member)
        expire_points(draft, basis.terms_now, basis.program, membership, basis.zone)
        grant = self.grant(draft)
        self.count(draft, grant.shares)
        lot = Lot(at, usable_from(basis.terms, at, basis.zone), expires_at(basis.terms, at, basis.zone))
        key = self.give(draft, grant.total, lot)
        repaid = self.repay(draft, grant.total, key)
        membership = change_tier(draft, basis, membership)
        if basis.terms_now.expiry.kind == "inactivity" and draft.at > membership.last_activity_at:
            draft.change(membership, last_activity_at=draft.at)
        self.note(draft, found, grant, repaid, key)
        pending = grant.total - repaid if lot.usable_from > draft.at else 0
        draft.announce(PointsEarned(basis.program, member, self.row.id, grant.total, pending))
        return Earned(self.row.id, grant.total, repaid, pending)

    def grant(self, draft: Draft, *, is_explained: bool = False) -> Grant:
        """What the terms award within their caps, by the tier that the member has now, as far as budgets go."""
        basis = self.basis
        rooms = {cap.rule: draft.room(self.capped(cap.rule, cap.window), cap.cap.points) for cap in self.caps()}
        awarded = award(
            basis.terms,
            self.purchase,
            zone=basis.zone,
            tier=tier_by(draft, basis, basis.terms, self.member),
            campaigns=basis.campaigns,
            rooms=rooms,
            is_explained=is_explained,
        )
        given = [(one.campaign, self.within_budget(draft, one)) for one in awarded.campaigns]
        counted = tuple((share.rule, share.window, share.points) for share in awarded.shares if share.cap is not None)
        taken = tuple((campaign, bonus) for campaign, bonus in given if bonus and campaign in basis.budgeted)
        base, bonuses = awarded.base, sum([bonus for _, bonus in given])
        return Grant(awarded, base, bonuses, base + awarded.tier_bonus + bonuses, Shares(counted, taken))

    def within_budget(self, draft: Draft, bonus: CampaignBonus) -> int:
        """A campaign's bonus, or what is left of its budget."""
        if bonus.campaign not in self.basis.budgeted:
            return bonus.points
        return min(bonus.points, draft.balance(budget(self.basis.program, bonus.campaign)))

    def count(self, draft: Draft, shares: Shares) -> None:
        """Count on caps, and take campaigns' points out of their budgets."""
        for rule, window, given in shares.caps:
            draft.count(self.capped(rule, window), given, "capped")
        for campaign, given in shares.budgets:
            draft.move(budget(self.basis.program, campaign), issued(self.basis.program), given, "campaign")

    def give(self, draft: Draft, total: int, lot: Lot) -> LotKey | None:
        """Issue the points as one lot, and count them as earned."""
        basis = self.basis
        count_earned(draft, basis, self.member, lot.earned_at, total, "earned")
        return draft.move(issued(basis.program), points(basis.program, self.member), total, "earn", lot=lot)

    def repay(self, draft: Draft, total: int, lot: LotKey | None) -> int:
        """Take what is owed out of the fresh lot; gives how much."""
        return repay_from(draft, self.basis.program, self.member, total, lot)

    def note(self, draft: Draft, found: Event | None, grant: Grant, repaid: int, key: LotKey | None) -> None:
        """Write what the purchase earned to its row."""
        put_event(
            draft,
            self.row,
            found,
            status="earned",
            refusal=None,
            refusal_fields=None,
            member=self.member,
            terms_version=self.basis.terms_version,
            base_points=grant.base,
            tier_points=grant.award.tier_bonus,
            campaign_points=grant.campaigns,
            points=grant.total,
            repaid=repaid,
            shares=write_shares(grant.shares),
            lot=key.sequence if key else None,
            lot_position=key.position if key else None,
            decided_at=draft.at,
        )


def repay_from(draft: Draft, program: UUID, member: UUID, most: int, lot: LotKey | None) -> int:
    """Take what returns are owed out of a member's points, at most `most`, from one lot or from whichever goes first; gives how much."""
    due = min(most, draft.balance(owed(program, member)))
    if not due:
        return 0
    draft.move(points(program, member), cancelled(program), due, "recovery", from_lot=lot, takes_pending=lot is None)
    draft.count(owed(program, member), -due, "recovery")
    return due
