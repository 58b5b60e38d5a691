"""What requests about the pot are made of, and what examples show."""

from typing import Annotated, TypeAlias

from pydantic import Field

from laurels.core.text import text_pattern
from laurels.products.pot.bounds import MAX_MESSAGE, MAX_PAUSE_DAYS, MAX_REASON
from laurels.products.pot.rules import DEFAULT_RULES, MAX_CLIENT_SEED, MAX_COINS, MILLION, canonical, commitment_of, hash_of
from laurels.web.schemas import PlainText

EXAMPLE_ID = "01a1f890-e37a-73f9-9bad-95b6014a4f20"
EXAMPLE_MEMBER = "01a1f890-e37a-7c01-8a44-3f6d1f0f8a11"
EXAMPLE_TIME = "2026-11-20T10:00:00+00:00"
EXAMPLE_TERMS = DEFAULT_RULES.params().model_dump(mode="json")
EXAMPLE_PARAMS = canonical(DEFAULT_RULES.params())
EXAMPLE_PARAMS_HASH = hash_of(EXAMPLE_PARAMS)
EXAMPLE_SEED = bytes(range(32)).hex()
EXAMPLE_COMMITMENT = commitment_of("r1", EXAMPLE_PARAMS_HASH, bytes(range(32)))

Coins: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MAX_COINS, description="Coins: a whole number.")]
"""An amount that somebody moves by hand."""

MessageText: TypeAlias = Annotated[PlainText, Field(min_length=1, max_length=MAX_MESSAGE, description="Plain text.")]
Reason: TypeAlias = Annotated[PlainText, Field(min_length=1, max_length=MAX_REASON)]
ClientSeed: TypeAlias = Annotated[str, Field(max_length=MAX_CLIENT_SEED, pattern=text_pattern())]
"""Kept as it was sent: the draw is made with it, and whoever sent it checks that."""

PauseDays: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=MAX_PAUSE_DAYS, description="Of 24 hours each.")]


def share_of(ppm: int) -> float:
    """A chance in millionths as a part of one: 0.1."""
    return ppm / MILLION
