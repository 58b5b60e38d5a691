"""Purchases as shops send them, and their limits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
import json
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from laurels.core.text import normalize_line, text_pattern

MAX_PURCHASE_AMOUNT = 1_000_000_000_000
"""Largest amount of a purchase, in minor units."""
MAX_TRANSACTION_ID = 200
"""Characters of a shop's own id of a purchase."""
MAX_MEMBER_REF = 64
"""Characters of what a shop names a member by."""
MAX_CATEGORY = 60
"""Characters of a line's category."""
MAX_LINES = 500
"""Most lines of a purchase."""

Category: TypeAlias = Annotated[
    str, AfterValidator(normalize_line), Field(min_length=1, max_length=MAX_CATEGORY, json_schema_extra={"pattern": text_pattern()})
]
"""A category of goods, as the shop calls it; compared letter by letter."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a purchase spent on one category, in minor units; a discount is negative."""

    category: str
    amount: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase, or one return that names none: then the amounts are what came back.

    Attributes:
        transaction_id: the shop's own; earns once in a program.
        member_ref: a student id or a member's id, as sent.
        amount: minor units of the currency, 0 or more. It alone is what was paid: lines only say what for.
        occurred_at: an aware instant.
    """

    transaction_id: str
    member_ref: str
    amount: int
    currency: str
    occurred_at: datetime
    lines: tuple[Line, ...] = ()


def fingerprint(purchase: Purchase) -> str:
    """A digest of what was sent: 64 hex digits, alike for the same purchase however its time and the order of its lines are written.

    Two purchases with one transaction id are the same event if this is the
    same, and a conflict if it isn't.
    """
    sent = [
        purchase.transaction_id,
        purchase.member_ref,
        purchase.amount,
        purchase.currency,
        purchase.occurred_at.astimezone(UTC).isoformat(timespec="microseconds"),
        sorted([line.category, line.amount] for line in purchase.lines),
    ]
    return sha256(json.dumps(sent, separators=(",", ":")).encode()).hexdigest()


def spent_on(purchase: Purchase, categories: Collection[str]) -> int:
    """What of a purchase's amount counts: lines of these categories, or all of it where none is named.

    Never more than the amount, whatever the lines say, and never below zero.
    """
    if not categories:
        return purchase.amount
    return max(0, min(purchase.amount, sum(line.amount for line in purchase.lines if line.category in categories)))
