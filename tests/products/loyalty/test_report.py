"""A program's points as a whole: every way that they come and go is in the report, and it balances."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from laurels.core.errors import Missing
from laurels.ledger import tables as ledger
from laurels.products.loyalty.decisions.memberships import LeaveProgram
from laurels.products.loyalty.queries.report import Report, ReturnsSum, read_report
from laurels.products.loyalty.tables import Program, purchase, purchase_return
from products.loyalty.counter import open_counter
from products.loyalty.town import Town


def report(town: Town, program: Program) -> Report:
    """The report, whether it balances or not."""
    with town.database.read.connect() as connection:
        return read_report(connection, program.id, at=town.clock.at)


def told(found: Report, *names: str) -> dict[str, Any]:
    """What a balanced report says of these."""
    assert found.is_balanced, found.checks
    return {name: getattr(found, name) for name in names}


ENDS = ("issued", "pending", "active", "reserved", "redeemed", "expired", "unswept", "cancelled", "owed")


def test_program_of_nothing_balances(town: Town) -> None:
    program = town.make_program()
    found = report(town, program)
    every = (*ENDS, "members", "purchases", "spent", "budgets")
    assert told(found, *every) == dict.fromkeys(every, 0)
    assert (found.returns, found.at, found.program.id) == ((), town.clock.at, program.id)


def test_points_are_told_by_where_they_came_from(town: Town) -> None:
    tiers = [{"name": "Glass", "threshold": 0, "multiplier_percent": 150}]
    counter, ana = open_counter(town, {"tiers": tiers})
    counter.campaign(extra_points=7, budget=10)
    town.earned(counter.program, ana, 20_000)
    town.earned(counter.program, ana, 20_000)
    found = report(town, counter.program)
    sources = ("issued", "from_rules", "from_tiers", "from_campaigns", "budgets", "purchases", "spent", "members")
    assert told(found, *sources) == dict(zip(sources, (40, 20, 10, 10, 0, 2, 40_000, 1), strict=True))


def test_points_are_told_by_what_became_of_them(town: Town) -> None:
    counter, ana = open_counter(town, {"pending_days": 2, "expiry": {"kind": "months", "months": 1}})
    town.at(2026, 1, 10)
    town.earned(counter.program, ana, 100_000)
    town.at(2026, 1, 20)
    town.earned(counter.program, ana, 200_000)
    town.at(2026, 1, 25)
    counter.take(ana, 20)
    counter.take(ana, 15, minutes=60)
    town.earned(counter.program, ana, 40_000, transaction_id="T-3")
    now = report(town, counter.program)
    assert told(now, *ENDS) == dict(zip(ENDS, (170, 20, 115, 15, 20, 0, 0, 0, 0), strict=True))
    town.at(2026, 2, 11)
    due = report(town, counter.program)
    assert told(due, *ENDS) == dict(zip(ENDS, (170, 0, 120, 15, 20, 15, 15, 0, 0), strict=True)), "what no sweep has posted is expired too"
    assert town.expire(counter.program, ana) == 15
    swept = report(town, counter.program)
    assert told(swept, *ENDS) == dict(zip(ENDS, (170, 0, 120, 15, 20, 15, 0, 0, 0), strict=True))


def test_what_returns_took_is_told_by_their_status_and_policy(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000, transaction_id="T-1")
    counter.take(ana, 8)
    town.give_back(counter.program, 20_000, transaction_id="T-1")
    town.earned(counter.program, ana, 10_000, at=town.clock.at)
    town.give_back(counter.program, 1_000, transaction_id="nobody knows it")
    counter.terms(return_policy="only_pending", pending_days=5)
    town.later(days=1)
    town.earned(counter.program, ana, 40_000, at=town.clock.at)
    town.give_back(counter.program, 10_000, member=ana)
    found = report(town, counter.program)
    assert found.returns == (
        ReturnsSum("applied", "only_pending", 1, 10_000, 5, 5, 0),
        ReturnsSum("applied", "within_balance", 1, 20_000, 10, 2, 8),
        ReturnsSum("waiting", None, 1, 1_000, 0, 0, 0),
    )
    ways = ("issued", "pending", "active", "redeemed", "cancelled", "returned", "recovered", "owed")
    assert told(found, *ways) == dict(zip(ways, (35, 12, 0, 8, 15, 7, 8, 0), strict=True))


def test_what_is_given_up_by_leaving_is_cancelled(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000)
    basis = counter.basis()
    town.post_now(LeaveProgram(basis.program, ana.id, basis.terms, basis.version, basis.zone))
    assert told(report(town, counter.program), "issued", "cancelled", "given_up", "members") == {
        "issued": 10,
        "cancelled": 10,
        "given_up": 10,
        "members": 0,
    }


def test_cancelled_burn_is_in_no_sum_and_pays_what_is_owed(town: Town) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000, transaction_id="T-1")
    burn = counter.take(ana, 6, minutes=30)
    town.give_back(counter.program, 20_000, transaction_id="T-1")
    assert told(report(town, counter.program), "active", "reserved", "returned", "owed") == {
        "active": 0,
        "reserved": 6,
        "returned": 4,
        "owed": 6,
    }
    town.cancel(counter.program, ana, burn)
    assert told(report(town, counter.program), "reserved", "redeemed", "recovered", "cancelled", "owed") == {
        "reserved": 0,
        "redeemed": 0,
        "recovered": 6,
        "cancelled": 10,
        "owed": 0,
    }


def test_programs_are_told_apart(town: Town) -> None:
    counter, ana = open_counter(town)
    other = town.make_program(members=[ana])
    town.earned(counter.program, ana, 20_000)
    town.earned(other, ana, 10_000)
    assert (report(town, counter.program).issued, report(town, other).issued) == (10, 5)


def test_unknown_program_is_missing(town: Town) -> None:
    with town.database.read.connect() as connection, pytest.raises(Missing):
        read_report(connection, UUID(int=1), at=town.clock.at)


@pytest.mark.parametrize(
    ("forgery", "broken"),
    [
        (update(ledger.lot).values(left=ledger.lot.c.left - 1), ("issued = pending", "pending + active + unswept")),
        (update(purchase).values(base_points=purchase.c.base_points + 1), ("issued = from rules",)),
        (update(purchase_return).values(taken=purchase_return.c.taken + 1), ("returned = what returns say",)),
        (update(purchase_return).values(owed=purchase_return.c.owed + 1), ("recovered + owed",)),
        (
            update(ledger.posting).where(ledger.posting.c.kind == "return").values(kind="correction"),
            ("cancelled = returned", "returned = what returns say"),
        ),
    ],
    ids=["lot", "purchase", "taken", "owed", "posting"],
)
def test_sums_that_disagree_are_named(town: Town, forgery: Any, broken: tuple[str, ...]) -> None:
    counter, ana = open_counter(town)
    town.earned(counter.program, ana, 20_000, transaction_id="T-1")
    town.later(days=1)
    town.give_back(counter.program, 10_000, transaction_id="T-1")
    assert report(town, counter.program).is_balanced
    with town.database.write.begin() as connection:
        kept = connection.begin_nested()
        connection.execute(forgery)
        found = read_report(connection, counter.program.id, at=town.clock.at + timedelta(hours=1))
        kept.rollback()
    assert not found.is_balanced
    wrong = [check.says for check in found.checks if not check.is_met]
    assert len(wrong) == len(broken) and all(says.startswith(start) for says, start in zip(wrong, broken, strict=True)), wrong
