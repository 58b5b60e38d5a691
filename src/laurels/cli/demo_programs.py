"""The demo's loyalty programs: a restaurant that the story's people eat at, and a shop that nobody has joined yet.

Everything goes through the decisions that real purchases go through, at its own time.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from laurels.cli.demo_posting import post_story
from laurels.cli.demo_story import PEOPLE
from laurels.core.clock import FixedClock
from laurels.core.database import Database
from laurels.core.ids import new_id
from laurels.core.settings import Settings
from laurels.identity.editing import OPERATOR
from laurels.jobs.running import Workshop
from laurels.ledger.writer import Proposal, Writer
from laurels.products.loyalty.actions.campaigns import NewCampaign
from laurels.products.loyalty.actions.deciding import Manner, decide_events
from laurels.products.loyalty.actions.programs import NewProgram, create_program
from laurels.products.loyalty.actions.rewards import NewReward
from laurels.products.loyalty.actions.telling import purchase_row, return_row
from laurels.products.loyalty.decisions.burning import BurnPoints, Price
from laurels.products.loyalty.decisions.events import Event
from laurels.products.loyalty.decisions.memberships import JoinProgram
from laurels.products.loyalty.queries.configuration import basis_at, configuration_of
from laurels.products.loyalty.rules import Line, Purchase, Terms

SEED = 1_912
"""The same purchases every time."""

DAYS = 170
"""How far back they go: far enough for points to expire soon."""

PURCHASES = 240
CURRENCY = "EUR"

EATERS = ("priya", "jonas", "amara", "mateo", "yuki", "leila", "linh", "arjun", "chloe", "sofia", "wei", "zara")
"""Who eats there; the first the most."""

ADMIN = "leila"
"""Who runs the restaurant's program: a plain member otherwise."""

PATTERN = "DINE-####-####-####"

TERMS = Terms.model_validate(
    {
        "rules": [
            {"name": "Everything", "spend_per": 100, "points": 1},
            {
                "name": "Weekend dinners",
                "spend_per": 100,
                "points": 2,
                "categories": ["dinner"],
                "weekdays": ["fri", "sat", "sun"],
                "cap": {"points": 300, "window": "month"},
                "priority": 10,
            },
        ],
        "pending_days": 7,
        "expiry": {"kind": "months", "months": 5},
        "tiers": [
            {"name": "Guest", "threshold": 0},
            {"name": "Regular", "threshold": 250, "multiplier_percent": 125},
            {"name": "Friend of the house", "threshold": 600, "multiplier_percent": 150},
        ],
    }
)

BOOK_TERMS = Terms.model_validate({"rules": [{"name": "Second-hand", "spend_per": 500, "points": 3, "accrual": "whole_steps"}]})


def seed_programs(settings: Settings, database: Database, writer: Writer, members: dict[str, UUID], now: datetime) -> None:
    """Add the programs, with what was eaten, returned and redeemed so far."""
    begins = now - timedelta(days=DAYS + 2)
    dine = create_program(database, OPERATOR, _restaurant(settings, members, now), now=begins).id
    create_program(database, OPERATOR, _bookshop(settings), now=begins)
    joined = (JoinProgram(dine, members[name], _version(database, dine), needs_invitation=False) for name in EATERS)
    post_story(writer, (Proposal(one, begins + timedelta(hours=place)) for place, one in enumerate(joined)))
    place = Workshop(settings, FixedClock(now), database, writer)
    burned_at = now - timedelta(days=12)
    meals = list(_meals(dine, now))
    _tell(place, dine, (meal for meal in meals if meal.occurred_at < burned_at))
    _burn(database, writer, dine, members["priya"], burned_at)
    _tell(place, dine, (meal for meal in meals if meal.occurred_at >= burned_at))


def _tell(place: Workshop, program: UUID, events: Iterable[Event]) -> None:
    for _ in decide_events(place, program, events, Manner("system/demo", at=None, is_told=False)):
        pass


def _restaurant(settings: Settings, members: dict[str, UUID], now: datetime) -> NewProgram:
    ends = now + timedelta(days=20)
    return NewProgram(
        name="Wine & Dine",
        description="A point for every euro at the campus restaurant, two for dinners at the weekend.",
        currency=CURRENCY,
        zone=settings.time_zone,
        unit_name="corks",
        terms=TERMS,
        burn_points=100,
        burn_minor=300,
        campaigns=(NewCampaign("Tasting weeks", ends, now - timedelta(days=10), multiplier_percent=200, categories=("wine",), budget=400),),
        rewards=(
            NewReward("Coffee and cake", 60, "Any afternoon."),
            NewReward("A bottle of the house red", 180, "To take home.", stock=24),
            NewReward("Dinner for two", 450, "Three courses.", stock=6, per_member=1, voucher_pattern=PATTERN, voucher_days=180),
            NewReward("A table for your society", 1_500, "Twelve seats, any Monday."),
        ),
        admins=(members[ADMIN],),
        is_active=True,
    )


def _bookshop(settings: Settings) -> NewProgram:
    return NewProgram(
        name="Second Chapter",
        description="The students' second-hand bookshop: three stamps for every five euros.",
        currency=CURRENCY,
        zone=settings.time_zone,
        unit_name="stamps",
        terms=BOOK_TERMS,
        rewards=(NewReward("Any paperback", 30), NewReward("A box of surprises", 80, stock=10)),
        is_active=True,
    )


def _meals(program: UUID, now: datetime) -> Iterator[Event]:
    """What was eaten, in the order of time, and one bottle that came back."""
    chance = Random(SEED)  # noqa: S311  # a story, not a secret
    weights = range(2 * len(EATERS), 0, -2)
    times = sorted(now - timedelta(days=chance.uniform(0.2, DAYS)) for _ in range(PURCHASES))
    students = {person.username: person.student_id for person in PEOPLE}
    for number, at in enumerate(times, 1):
        eater = chance.choices(EATERS, weights)[0]
        category = chance.choice(("dinner", "dinner", "wine", "bread"))
        amount = {"dinner": chance.randint(1_200, 6_400), "wine": chance.randint(900, 4_800), "bread": chance.randint(250, 900)}[category]
        sent = Purchase(f"till-2-{number:05}", students[eater], amount, CURRENCY, at, (Line(category, amount),))
        yield purchase_row(program, sent, now=at)
        if number == PURCHASES - 9:
            later = at + timedelta(hours=3)
            yield return_row(program, "back-1", amount=amount, occurred_at=later, now=later, transaction_id=sent.transaction_id)


def _burn(database: Database, writer: Writer, program: UUID, member: UUID, at: datetime) -> None:
    """Points that were spent on a discount."""
    basis = basis_at(configuration_of(database, program), at, at)
    post_story(writer, [Proposal(BurnPoints(new_id(), member, Price(100, value_minor=300), basis, None), at, f"member/{member}")])


def _version(database: Database, program: UUID) -> int:
    return configuration_of(database, program).program.version
