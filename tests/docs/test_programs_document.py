"""docs/programs.md says what the rules say: its examples are worked out by them."""

from datetime import datetime
import json
import re
from zoneinfo import ZoneInfo

import pytest

from docs.shell import ROOT
from laurels.products.loyalty.rules import EarnRule, Purchase, Terms, award, expires_at, inactive_from

TEXT = (ROOT / "docs/programs.md").read_text()
ZONE = ZoneInfo("Europe/Berlin")
EVERYTHING = {"name": "Everything", "spend_per": 10_000, "points": 5}
EXPIRIES = re.findall(r"^\| `(\w+)`, (?:(year|quarter|month), )?(\d+) \|[^|0-9]*([^|]+) \| ([^|]+) \|[^|]+\|$", TEXT, re.MULTILINE)
ACCRUALS = re.findall(r"^\| `(prorated|whole_steps)` \| (\d+) \| (\d+) \| (\d+) \|$", TEXT, re.MULTILINE)


def day(text: str) -> datetime:
    """A day of the document, at its first instant."""
    return datetime.strptime(f"{text} +0000", "%d %B %Y %z").replace(tzinfo=ZONE)


@pytest.mark.parametrize(("kind", "period", "number", "bought", "ends"), EXPIRIES)
def test_points_expire_when_the_document_says(kind: str, period: str, number: str, bought: str, ends: str) -> None:
    expiry = {"kind": kind, "period": period, "periods": int(number)} if period else {"kind": kind, "months": int(number)}
    terms = Terms.model_validate({"rules": [EVERYTHING], "expiry": expiry})
    at = day(bought).replace(hour=10)
    found = inactive_from(terms, at, ZONE) if kind == "inactivity" else expires_at(terms, at, ZONE)
    assert found == day(ends)


@pytest.mark.parametrize(("accrual", "points"), [(accrual, points) for accrual, *points in ACCRUALS])
def test_purchases_earn_what_the_document_says(accrual: str, points: list[str]) -> None:
    terms = Terms.model_validate({"rules": [{**EVERYTHING, "accrual": accrual}]})
    bought = [Purchase("T-1", "1042", amount, "EUR", day("20 November 2026")) for amount in (1_999, 9_999, 25_000)]
    assert [award(terms, purchase, zone=ZONE).total for purchase in bought] == [int(one) for one in points]


def test_examples_are_found() -> None:
    assert (len(EXPIRIES), len(ACCRUALS)) == (7, 2)


def test_json_is_what_the_api_takes() -> None:
    written = re.findall(r"^```json\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert [EarnRule.model_validate(json.loads(one)).name for one in written] == ["Wine on Fridays"]
