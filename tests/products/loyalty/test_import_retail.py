"""The whole of Online Retail through a program, where LAURELS_TEST_DATA has it: against a plain model of what its terms mean."""

from collections import Counter, defaultdict
import csv
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
import gzip
import os
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from laurels.identity.tables import member
from laurels.ledger.reader import balances
from laurels.products.loyalty import accounts
from laurels.products.loyalty.imports import FileRow, FileShape, read_purchases
from laurels.products.loyalty.imports.posting import Summary, Wishes, import_purchases
from laurels.products.loyalty.queries.report import Report, read_report
from laurels.products.loyalty.tables import Program, purchase
from products.loyalty.terms_paper import rule
from products.loyalty.town import Town

LONDON = ZoneInfo("Europe/London")
POLICIES = {"within_balance": 0, "only_pending": 14, "allow_negative": 0}
"""Each with the days that points are pending in its test."""

TOP = {"14646": 13_976, "18102": 12_949, "17450": 9_703, "16446": 8_423, "14911": 7_100}
"""Who earns most at 5 points for 100.00, prorated, as independent scripts gave it."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with retail/"),
]


def retail_file() -> Path:
    return Path(os.environ["LAURELS_TEST_DATA"]) / "retail" / "OnlineRetail.csv.gz"


@pytest.fixture(scope="module")
def rows() -> list[FileRow]:
    """The file's rows, as an import reads them."""
    return list(read_purchases(retail_file(), "online-retail", FileShape("GBP", LONDON)))


# The model: plain Python over the file's lines; nothing of it is the program's own code


class Told(NamedTuple):
    """An invoice, in pence and in London's wall time."""

    at: datetime
    number: str
    who: str
    pence: int

    @property
    def is_return(self) -> bool:
        return self.number.startswith("C")


@dataclass
class Customer:
    """What a customer has: lots of (usable from, points left), and two counts."""

    lots: list[list[Any]] = field(default_factory=list)
    earned: int = 0
    net: int = 0
    owed: int = 0


@dataclass
class Model:
    """A shop's year by plain arithmetic: 5 points for 100.00, rounded down once an invoice."""

    policy: str
    pending_days: int
    customers: dict[str, Customer] = field(default_factory=lambda: defaultdict(Customer))
    sums: Counter[str] = field(default_factory=Counter)

    def tell(self, invoice: Told) -> None:
        customer, points = self.customers[invoice.who], invoice.pence * 5 // 10_000
        if invoice.is_return:
            self.take_back(customer, points, invoice.at)
            return
        repaid = min(points, customer.owed)
        customer.owed -= repaid
        customer.earned += points
        customer.net += points
        customer.lots.append([_instant(invoice.at + timedelta(days=self.pending_days)), points - repaid])
        self.sums.update(issued=points, recovered=repaid)

    def take_back(self, customer: Customer, points: int, at: datetime) -> None:
        due = points if self.policy == "allow_negative" else min(points, customer.net)
        taken = 0
        for lot in customer.lots:
            if self.policy == "only_pending" and lot[0] <= _instant(at):
                continue
            part = min(lot[1], due - taken)
            lot[1] -= part
            taken += part
        missing = 0 if self.policy == "only_pending" else due - taken
        customer.owed += missing
        customer.net = max(0, customer.net - taken - missing)
        self.sums.update(returned=taken, missing=missing)

    def standing(self) -> dict[str, tuple[int, int, int]]:
        """Of each customer what is in the purse, what is owed, and what counts as earned."""
        return {who: (sum(lot[1] for lot in one.lots), one.owed, one.net) for who, one in self.customers.items()}


def _instant(wall: datetime) -> datetime:
    return wall.replace(tzinfo=LONDON).astimezone(UTC)


@pytest.fixture(scope="module")
def invoices() -> list[Told]:
    """The file's invoices in order of time, read by the csv module alone."""
    worth: defaultdict[str, Decimal] = defaultdict(Decimal)
    whose: dict[str, str] = {}
    earliest: dict[str, datetime] = {}
    with gzip.open(retail_file(), "rt", encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            if not line["CustomerID"]:
                continue
            number, at = line["InvoiceNo"], datetime.fromisoformat(line["InvoiceDate"])
            worth[number] += Decimal(line["Quantity"]) * Decimal(line["UnitPrice"])
            whose[number] = line["CustomerID"].removesuffix(".0")
            earliest[number] = min(at, earliest.get(number, at))
    found = [
        Told(earliest[number], number, whose[number], int((abs(total) * 100).to_integral_value(ROUND_HALF_UP)))
        for number, total in worth.items()
    ]
    return sorted(found, key=lambda one: (one.at, len(one.number), one.number))


# What the program says


def bring(town: Town, into: Program, rows: list[FileRow], **wishes: bool) -> Summary:
    refused: list[object] = []
    summary = import_purchases(town.place, into.id, rows, Wishes(**wishes), tell=refused.append)
    assert refused == []
    return summary


def told(summary: Summary) -> tuple[int, int, int, int]:
    """What the last line tells, but for refusals."""
    return summary.earned, summary.reversed, summary.replayed, summary.points


def balanced(town: Town, of: Program) -> Report:
    with town.database.read.connect() as connection:
        report = read_report(connection, of.id, at=town.clock.at)
    assert report.is_balanced, report.checks
    return report


def standing(town: Town, of: Program) -> dict[str, tuple[int, int, int]]:
    """Of each member what is in the purse, what is owed, and what counts as earned."""
    with town.database.read.connect() as connection:
        ids = {who: identifier for identifier, who in connection.execute(select(member.c.id, member.c.student_id))}
        named = {who: [make(of.id, one) for make in (accounts.points, accounts.owed, accounts.earned)] for who, one in ids.items()}
        held = balances(connection, [account for three in named.values() for account in three])
    return {who: (held[purse], held[owed], held[net]) for who, (purse, owed, net) in named.items()}


def earned_by(town: Town) -> Counter[str]:
    """Points earned by purchases, by who bought."""
    found: Counter[str] = Counter()
    with town.database.read.connect() as connection:
        for who, points in connection.execute(select(purchase.c.member_ref, purchase.c.points)):
            found[who] += points
    return found


@pytest.mark.parametrize(
    ("terms", "points", "top"),
    [
        ({}, 436_436, TOP),
        ({"accrual": "whole_steps"}, 403_500, None),
        ({"points": 1}, 80_700, None),
    ],
    ids=["prorated", "whole-steps", "one-for-a-hundred"],
)
def test_year_earns_the_points_that_independent_scripts_gave(
    town: Town, rows: list[FileRow], terms: dict[str, Any], points: int, top: dict[str, int] | None
) -> None:
    into = town.make_program({"rules": [rule(**terms)]}, zone="Europe/London")
    assert told(bring(town, into, rows, applies_returns=False)) == (18_536, 0, 0, points)
    report = balanced(town, into)
    assert (report.issued, report.active, report.purchases, report.members) == (points, points, 18_536, 4_339)
    if top:
        assert dict(earned_by(town).most_common(5)) == top


@pytest.mark.parametrize("policy", POLICIES)
def test_year_with_returns_is_what_the_policy_means(town: Town, rows: list[FileRow], invoices: list[Told], policy: str) -> None:
    model = Model(policy, POLICIES[policy])
    for invoice in invoices:
        model.tell(invoice)
    into = town.make_program({"return_policy": policy, "pending_days": POLICIES[policy]}, zone="Europe/London")
    assert told(bring(town, into, rows)) == (18_536, 3_654, 0, 436_436)
    assert standing(town, into) == model.standing()
    report = balanced(town, into)
    owed = sum(one.owed for one in model.customers.values())
    assert (report.issued, report.returned, report.recovered, report.owed) == (
        model.sums["issued"],
        model.sums["returned"],
        model.sums["recovered"],
        owed,
    )
    assert [(one.status, one.policy, one.returns, one.amount, one.owed) for one in report.returns] == [
        ("applied", policy, 3_654, 61_134_209, model.sums["missing"])
    ]
    before = town.heads()
    assert told(bring(town, into, rows)) == (0, 0, 22_190, 0)
    assert town.heads() == before


def test_year_in_another_order_earns_the_same(town: Town, rows: list[FileRow]) -> None:
    shuffled = list(rows)
    Random(2011).shuffle(shuffled)
    into = town.make_program(zone="Europe/London")
    assert told(bring(town, into, shuffled)) == (18_536, 3_654, 0, 436_436)
    assert dict(earned_by(town).most_common(5)) == TOP
    assert balanced(town, into).issued == 436_436
    # Whoever brings back before they bought has nothing yet to take; nobody is ever overdrawn.
    assert all(points >= 0 and owed == 0 for points, owed, _ in standing(town, into).values())
