"""Loyalty programs of the community that browser tests look at: one that a member uses in every way, one to join."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from laurels.core.ids import new_id
from laurels.identity.editing import OPERATOR
from laurels.identity.tables import Member
from laurels.ledger.writer import Proposal
from laurels.products.loyalty.actions.campaigns import NewCampaign
from laurels.products.loyalty.actions.deciding import Manner, decide_events
from laurels.products.loyalty.actions.programs import NewProgram, create_program
from laurels.products.loyalty.actions.rewards import NewReward
from laurels.products.loyalty.actions.telling import purchase_row, return_row
from laurels.products.loyalty.decisions.burning import BurnPoints, Price
from laurels.products.loyalty.decisions.events import Event
from laurels.products.loyalty.decisions.memberships import JoinProgram
from laurels.products.loyalty.queries import configuration_of, list_campaigns, list_rewards
from laurels.products.loyalty.queries.configuration import basis_at
from laurels.products.loyalty.rules import Purchase, Terms
from laurels.web.context import Context

TERMS = Terms.model_validate(
    {
        "rules": [
            {"name": "Everything", "spend_per": 10_000, "points": 5},
            {
                "name": "Wine on Fridays",
                "spend_per": 10_000,
                "points": 8,
                "categories": ["wine"],
                "weekdays": ["fri"],
                "minimum_spend": 2_000,
                "hours": {"begins": "17:00", "ends": "20:00"},
                "cap": {"points": 250, "window": "month"},
            },
        ],
        "pending_days": 14,
        "expiry": {"kind": "months", "months": 6},
        "tiers": [{"name": "Silver", "threshold": 0}, {"name": "Gold", "threshold": 2_000, "multiplier_percent": 150}],
        "tier_window": "year",
    }
)
DINNER = NewReward("Dinner for two", 250, "Three courses, any evening but Saturday.", stock=4, per_member=2, voucher_days=180)
REWARDS = (
    NewReward("House wine", 40, "A bottle of the house's red.", voucher_pattern="WINE-####-####"),
    DINNER,
    NewReward("Last bottle", 60, stock=0),
    NewReward("Balloon ride", 2_500, "Over the vineyards, for two.", per_member=1),
)


@dataclass(frozen=True)
class Programs:
    """What there is to look at.

    Attributes:
        program: Wine & Dine, to which the community's second member and its staff belong.
        other: a program that everyone may join.
        buyer: the community's second member; `campaign` doubles their points.
        reserved: a burn of the second member that waits to be confirmed; `fulfilled` has its code.
    """

    program: UUID
    other: UUID
    dinner: UUID
    reserved: UUID
    fulfilled: UUID
    buyer: UUID
    campaign: UUID


class Shop:
    """Tells purchases to a served application, decided at once."""

    def __init__(self, context: Context, program: UUID) -> None:
        self._context = context
        self._program = program

    def sell(self, receipt: str, member: Member, amount: int, at: datetime) -> None:
        """A purchase, in pence."""
        sent = Purchase(receipt, member.student_id, amount, "GBP", at)
        self._decide(purchase_row(self._program, sent, now=self._context.clock.now(), metadata=None))

    def take_back(self, receipt: str, amount: int) -> None:
        """Goods of a purchase come back."""
        now = self._context.clock.now()
        self._decide(return_row(self._program, f"R-{receipt}", amount=amount, occurred_at=now, now=now, transaction_id=receipt))

    def _decide(self, row: Event) -> None:
        [decided] = decide_events(self._context, self._program, [row], Manner("test", self._context.clock.now()))
        assert decided.status in ("earned", "applied"), decided


def settle_programs(context: Context, member: Member, staff: Member, issue: Callable[[UUID], str]) -> Programs:
    """Create the programs, and what the member did in the first; `issue` seals a code for a burn."""
    now = context.clock.now()
    doubled = NewCampaign("Double points", now + timedelta(days=9), multiplier_percent=200)
    wine = NewProgram(
        name="Wine & Dine",
        currency="GBP",
        zone="Europe/London",
        terms=TERMS,
        description="For everyone who eats at the Commons.",
        unit_name="corks",
        burn_points=100,
        burn_minor=150,
        campaigns=(doubled,),
        rewards=REWARDS,
        is_active=True,
    )
    books = NewProgram(
        name="Readers",
        currency="EUR",
        zone="UTC",
        terms=Terms.model_validate({"rules": [{"name": "Books", "spend_per": 1_000, "points": 1}]}),
        description="Points for every book.",
        is_active=True,
    )
    program, other = (create_program(context.database, OPERATOR, new, now=now).id for new in (wine, books))
    for who in (member, staff):
        join(context, program, who)
    shop = Shop(context, program)
    for number, days in enumerate((100, 75, 50, 33, 20, 9, 3)):
        shop.sell(f"T-10{number}", member, 250_000 + 17_500 * number, now - timedelta(days=days))
    shop.take_back("T-103", 40_000)
    with context.database.read.connect() as connection:
        rewards = {one.row.name: one.row for one in list_rewards(connection, program, limit=10)}
        [campaign] = list_campaigns(connection, program, limit=10)
    dinner, drink = rewards["Dinner for two"], rewards["House wine"]
    reserved, fulfilled = new_id(), new_id()
    basis = basis_at(configuration_of(context.database, program), now, now)
    wished = Price(dinner.cost, dinner.id, has_stock=True, per_member=2)
    context.writer.post_now(Proposal(BurnPoints(reserved, member.id, wished, basis, now + timedelta(minutes=15)), now))
    had = BurnPoints(fulfilled, member.id, Price(drink.cost, drink.id), basis, None, code_sealed=issue(fulfilled))
    context.writer.post_now(Proposal(had, now))
    return Programs(program, other, dinner.id, reserved, fulfilled, member.id, campaign.row.id)


def join(context: Context, program: UUID, member: Member) -> None:
    """Make somebody a member of a program."""
    version = configuration_of(context.database, program).program.version
    context.writer.post_now(Proposal(JoinProgram(program, member.id, version, needs_invitation=False), context.clock.now()))
