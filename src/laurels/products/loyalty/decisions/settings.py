"""What changes of a program's settings move in its book: budgets and stocks. Their record is `laurels.identity.editing`'s."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from laurels.core.errors import Invalid, Missing
from laurels.identity.tables import StaffAction
from laurels.ledger import BusinessKey, Draft, Needs
from laurels.products.loyalty.accounts import book_of, budget, issued, stock, supply
from laurels.products.loyalty.tables import CampaignRow, Reward

PROGRAMS_BOOK = "programs"
"""The book in which programs are created; what follows is in each program's own."""


@dataclass(frozen=True, slots=True)
class Stocked:
    """How many pieces of a reward there are now."""

    stock: int


@dataclass(frozen=True, slots=True)
class ChangeStock:
    """Add pieces to a reward's stock, or (negative) take unsold ones out.

    Raises:
        Missing: the program has no such reward.
        Invalid: the reward isn't counted.
        InsufficientBalance: more is to be taken out than is there.
    """

    name: ClassVar[str] = "change_stock"
    answers: ClassVar[type] = Stocked
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    reward: UUID
    added: int
    audit: StaffAction

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.reward

    def needs(self) -> Needs:
        return Needs([stock(self.program, self.reward), supply(self.program, self.reward)], [(Reward, self.reward)])

    def decide(self, draft: Draft) -> Stocked:
        reward = draft.row(Reward, self.reward)
        if reward.program != self.program:
            raise Missing(what="reward")
        if not reward.has_stock:
            raise Invalid(field="added", reason="this reward isn't counted: change has_stock first")
        pieces, source = stock(self.program, self.reward), supply(self.program, self.reward)
        draft.move(source, pieces, max(0, self.added), "stock")
        draft.move(pieces, source, max(0, -self.added), "stock")
        draft.record(self.audit)
        return Stocked(draft.balance(pieces))


@dataclass(frozen=True, slots=True)
class Funded:
    """How many points a campaign may still give."""

    budget: int


@dataclass(frozen=True, slots=True)
class FundCampaign:
    """Give a campaign points to give away, or (negative) take back what it has left.

    Raises:
        Missing: the program has no such campaign.
        Invalid: the campaign has no budget.
        InsufficientBalance: more is to be taken back than is left.
    """

    name: ClassVar[str] = "fund_campaign"
    answers: ClassVar[type] = Funded
    key: ClassVar[BusinessKey | None] = None

    program: UUID
    campaign: UUID
    points: int
    audit: StaffAction

    @property
    def book(self) -> str:
        return book_of(self.program)

    @property
    def reference(self) -> UUID:
        return self.campaign

    def needs(self) -> Needs:
        return Needs([budget(self.program, self.campaign), issued(self.program)], [(CampaignRow, self.campaign)])

    def decide(self, draft: Draft) -> Funded:
        campaign = draft.row(CampaignRow, self.campaign)
        if campaign.program != self.program:
            raise Missing(what="campaign")
        if not campaign.has_budget:
            raise Invalid(field="points", reason="this campaign has no budget: change has_budget first")
        left, source = budget(self.program, self.campaign), issued(self.program)
        draft.move(source, left, max(0, self.points), "budget")
        draft.move(left, source, max(0, -self.points), "budget")
        draft.record(self.audit)
        return Funded(draft.balance(left))
