"""Purchases: when two are the same, and what of them counts."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from laurels.products.loyalty.rules import Line, fingerprint
from laurels.products.loyalty.rules.purchases import spent_on
from products.loyalty.terms_paper import LONDON, NOON, purchase

SENT = purchase(10_000, ("wine", 6_000), ("bread", 4_000))


def test_fingerprint_is_alike_however_time_and_order_are_written() -> None:
    again = replace(SENT, occurred_at=NOON.astimezone(LONDON), lines=SENT.lines[::-1])
    assert fingerprint(again) == fingerprint(SENT)
    assert len(fingerprint(SENT)) == 64


@pytest.mark.parametrize(
    "changed",
    [
        {"transaction_id": "T-2"},
        {"member_ref": "1043"},
        {"amount": 10_001},
        {"currency": "EUR"},
        {"occurred_at": NOON + timedelta(microseconds=1)},
        {"lines": ()},
        {"lines": (Line("wine", 6_001), Line("bread", 4_000))},
        {"lines": (*SENT.lines, Line("wine", 6_000))},
    ],
)
def test_fingerprint_differs_with_each_detail(changed: dict[str, Any]) -> None:
    assert fingerprint(replace(SENT, **changed)) != fingerprint(SENT)


def test_details_that_run_together_are_told_apart() -> None:
    assert fingerprint(replace(SENT, transaction_id="T-11", member_ref="042")) != fingerprint(SENT)


@pytest.mark.parametrize(
    ("lines", "categories", "counts"),
    [
        ((), (), 10_000),
        ((), ("wine",), 0),
        ((("wine", 6_000), ("bread", 4_000)), ("wine",), 6_000),
        ((("wine", 6_000), ("bread", 4_000)), ("wine", "bread"), 10_000),
        ((("wine", 6_000), ("bread", 4_000)), ("Wine",), 0),
        ((("wine", 1_000), ("bread", 500)), (), 10_000),
        ((("wine", 60_000),), ("wine",), 10_000),
        ((("wine", 6_000), ("wine", -1_000)), ("wine",), 5_000),
        ((("wine", -1_000),), ("wine",), 0),
    ],
)
def test_amount_counts_whole_or_by_lines_and_never_more(
    lines: tuple[tuple[str, int], ...], categories: tuple[str, ...], counts: int
) -> None:
    assert spent_on(purchase(10_000, *lines), categories) == counts
