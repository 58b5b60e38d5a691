"""What requests about programs are made of."""

from functools import lru_cache
import re
from typing import Annotated, Literal, TypeAlias

from babel.numbers import is_currency
from pydantic import AfterValidator, Field

from laurels.products.loyalty import bounds
from laurels.products.loyalty.rules.purchases import MAX_PURCHASE_AMOUNT, Category
from laurels.products.loyalty.rules.terms import MAX_CATEGORIES, MAX_PERCENT, MAX_RULE_POINTS
from laurels.web.language import N_
from laurels.web.schemas import PlainLine, PlainText

EXAMPLE_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
EXAMPLE_MEMBER = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
EXAMPLE_TIME = "2026-11-20T10:00:00+00:00"


_is_currency = lru_cache(maxsize=1_000)(is_currency)  # it lists them all each time


def check_currency(value: str) -> str:
    """A currency of ISO 4217.

    Raises:
        ValueError: there is none of this code.
    """
    if not _is_currency(value):
        raise ValueError(N_("Send an ISO 4217 code, such as EUR or INR."))
    return value


def check_pattern(value: str) -> str:
    """A pattern of voucher codes.

    Raises:
        ValueError: it has too few places for random characters, or others than it may.
    """
    if not re.fullmatch(bounds.VOUCHER_PATTERN, value):
        raise ValueError(N_("Send capital letters, digits and dashes, with 8 to 32 # for random characters."))
    return value


def check_distinct(values: list[str]) -> list[str]:
    """A list in which each comes once.

    Raises:
        ValueError: one comes twice.
    """
    if len(set(values)) < len(values):
        raise ValueError(N_("Send each name once."))
    return values


Status: TypeAlias = Literal["draft", "active", "paused", "archived"]
Joining: TypeAlias = Literal["open", "invitation"]

ProgramName: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=bounds.MAX_PROGRAM_NAME)]
Description: TypeAlias = Annotated[PlainText, Field(max_length=bounds.MAX_DESCRIPTION)]
UnitName: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=bounds.MAX_UNIT_NAME)]
RewardName: TypeAlias = Annotated[PlainLine, Field(min_length=1, max_length=bounds.MAX_REWARD_NAME)]
Currency: TypeAlias = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"]), AfterValidator(check_currency)]
ConfirmMinutes: TypeAlias = Annotated[int, Field(ge=1, le=bounds.MAX_CONFIRM_MINUTES)]
GraceDays: TypeAlias = Annotated[int, Field(ge=0, le=bounds.MAX_GRACE_DAYS)]
Points: TypeAlias = Annotated[int, Field(ge=1, le=bounds.MAX_POINTS)]
SomePoints: TypeAlias = Annotated[int, Field(ge=0, le=bounds.MAX_POINTS)]
Pieces: TypeAlias = Annotated[int, Field(ge=0, le=bounds.MAX_STOCK_CHANGE)]
PerMember: TypeAlias = Annotated[int, Field(ge=1, le=bounds.MAX_PER_MEMBER)]
VoucherDays: TypeAlias = Annotated[int, Field(ge=1, le=bounds.MAX_VOUCHER_DAYS)]
VoucherPattern: TypeAlias = Annotated[
    str,
    Field(max_length=bounds.MAX_VOUCHER_PATTERN, examples=["WINE-####-####"], json_schema_extra={"pattern": f"^{bounds.VOUCHER_PATTERN}$"}),
    AfterValidator(check_pattern),
]
Multiplier: TypeAlias = Annotated[int, Field(ge=101, le=MAX_PERCENT)]
ExtraPoints: TypeAlias = Annotated[int, Field(ge=1, le=MAX_RULE_POINTS)]
MinimumSpend: TypeAlias = Annotated[int, Field(ge=0, le=MAX_PURCHASE_AMOUNT)]
Categories: TypeAlias = Annotated[
    list[Category], Field(max_length=MAX_CATEGORIES, json_schema_extra={"uniqueItems": True}), AfterValidator(check_distinct)
]
