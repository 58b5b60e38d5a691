"""Online Retail through /earn/batch and /returns/batch, where LAURELS_TEST_DATA has it: requests earn what the file earns."""

from collections.abc import Iterator, Sequence
from datetime import datetime
import os
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from laurels.products.loyalty.imports import FileRow, PurchaseRow, ReturnRow
from laurels.products.loyalty.imports.people import bring_people
from laurels.products.loyalty.tables import Program
from products.loyalty.terms_paper import rule
from products.loyalty.test_import_retail import TOP, Model, Told, balanced, earned_by, invoices, rows, standing
from products.loyalty.till import WAIT
from products.loyalty.town import Town

__all__ = ["invoices", "rows"]  # fixtures

BATCH = 10_000
NOW = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("UTC"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("LAURELS_TEST_DATA" not in os.environ, reason="LAURELS_TEST_DATA names no folder with retail/"),
]


def purchases(rows: Sequence[FileRow]) -> list[dict[str, Any]]:
    return [
        {
            "transaction_id": row.transaction_id,
            "member": row.member,
            "amount": row.amount,
            "currency": row.currency,
            "occurred_at": row.occurred_at.isoformat(),
        }
        for row in rows
        if isinstance(row, PurchaseRow)
    ]


def goods_back(rows: Sequence[FileRow]) -> list[dict[str, Any]]:
    return [
        {
            "return_id": row.return_id,
            "member": row.member,
            "amount": row.amount,
            "currency": row.currency,
            "occurred_at": row.occurred_at.isoformat(),
        }
        for row in rows
        if isinstance(row, ReturnRow)
    ]


def gather(town: Town, into: Program, rows: Sequence[FileRow]) -> dict[str, str]:
    """Have everybody in the file join; gives a till's key."""
    people = {row.member: row.occurred_at for row in rows if isinstance(row, PurchaseRow | ReturnRow)}
    bring_people(town.place, into.id, people, actor="test")
    return town.key(into, "earn", "read")


def send(town: Town, key: dict[str, str], path: str, events: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Send events in batches that wait for their outcomes."""
    for first in range(0, len(events), BATCH):
        answer = town.ask(key | WAIT, "POST", path, json={"events": events[first : first + BATCH]})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert len(told["items"]) == len(events[first : first + BATCH])
        yield told


def sums(told: Iterator[dict[str, Any]], *names: str) -> tuple[int, ...]:
    found = list(told)
    return tuple(sum(one[name] for one in found) for name in names)


@pytest.mark.parametrize(
    ("terms", "points"),
    [({}, 436_436), ({"accrual": "whole_steps"}, 403_500), ({"points": 1}, 80_700)],
    ids=["prorated", "whole-steps", "one-for-a-hundred"],
)
def test_batches_earn_what_the_file_earns_and_nothing_twice(served: Town, rows: list[FileRow], terms: dict[str, Any], points: int) -> None:
    into = served.make_program({"rules": [rule(**terms)]}, zone="Europe/London")
    key, path = gather(served, into, rows), f"/programs/{into.id}/earn/batch"
    counts = ("earned", "waiting", "refused", "replayed", "points")
    assert sums(send(served, key, path, purchases(rows)), *counts) == (18_536, 0, 0, 0, points)
    if not terms:
        assert dict(earned_by(served).most_common(5)) == TOP
    before = served.heads()
    assert sums(send(served, key, path, purchases(rows)), *counts) == (18_536, 0, 0, 18_536, points)
    assert served.heads() == before
    assert balanced(served, into).issued == points


@pytest.mark.parametrize("policy", ["within_balance", "only_pending", "allow_negative"])
def test_batches_of_returns_take_what_the_policy_means(served: Town, rows: list[FileRow], invoices: list[Told], policy: str) -> None:
    """All purchases first, then all returns, decided today: nothing is pending any more."""
    model = Model(policy, pending_days=14)
    for invoice in sorted(invoices, key=lambda one: one.is_return):
        model.tell(invoice._replace(at=invoice.at if not invoice.is_return else NOW.replace(tzinfo=None)))
    into = served.make_program({"return_policy": policy, "pending_days": 14}, zone="Europe/London")
    key = gather(served, into, rows)
    assert sums(send(served, key, f"/programs/{into.id}/earn/batch", purchases(rows)), "earned", "points") == (18_536, 436_436)
    path = f"/programs/{into.id}/returns/batch"
    taken = model.sums["returned"] + model.sums["missing"]
    assert sums(send(served, key, path, goods_back(rows)), "applied", "waiting", "refused", "points") == (3_654, 0, 0, taken)
    assert standing(served, into) == model.standing()
    report = balanced(served, into)
    assert (report.returned, report.owed) == (model.sums["returned"], sum(one.owed for one in model.customers.values()))
    assert sums(send(served, key, path, goods_back(rows)), "applied", "replayed") == (3_654, 3_654)
