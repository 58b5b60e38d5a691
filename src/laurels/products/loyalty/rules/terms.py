"""A program's terms: one document, of which every version stays as it was written.

The same models are the body that staff send, the JSON that is stored, and what
decisions compute with. `Terms.model_validate_json(terms.model_dump_json())` is
the terms again, exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue, field_validator, model_validator

from laurels.core.clauses import Clause, example
from laurels.core.text import normalize_line, text_pattern
from laurels.products.loyalty.rules.purchases import MAX_PURCHASE_AMOUNT, Category

MAX_NAME = 60
"""Characters of a rule's or tier's name."""
MAX_RULES = 50
"""Most earn rules of a program."""
MAX_CATEGORIES = 50
"""Most categories that a rule or campaign names."""
MAX_TIERS = 20
"""Most tiers of a program."""
MAX_RULE_POINTS = 1_000_000
"""Most points for one `spend_per`, and most extra points of a campaign."""
MAX_RATE = 10
"""Most points for one minor unit: the largest purchase stays far below the ledger's largest balance."""
MAX_CAP_POINTS = 1_000_000_000
"""Most points of a cap, and of a tier's threshold."""
MAX_PERCENT = 1_000
"""Largest multiplier of a tier or campaign: ten times the points."""
MAX_PENDING_DAYS = 365
"""Longest that points stay pending."""
MAX_EXPIRY_MONTHS = 120
"""Longest that points live, and the longest inactivity."""
MAX_PERIODS = 40
"""Most calendar periods that points live on."""
MAX_TOLERANCE_MINUTES = 1_440
"""Furthest in the future that a purchase may lie: a day."""
DEFAULT_TOLERANCE_MINUTES = 5

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""

Accrual: TypeAlias = Literal["prorated", "whole_steps"]
Stacking: TypeAlias = Literal["best", "sum", "first"]
CapWindow: TypeAlias = Literal["day", "week", "month", "year", "ever"]
WhenFull: TypeAlias = Literal["clip", "deny"]
TierWindow: TypeAlias = Literal["ever", "year"]
ReturnPolicy: TypeAlias = Literal["within_balance", "only_pending", "allow_negative"]
UnknownMembers: TypeAlias = Literal["wait", "refuse"]

Name: TypeAlias = Annotated[
    str, AfterValidator(normalize_line), Field(min_length=1, max_length=MAX_NAME, json_schema_extra={"pattern": text_pattern()})
]
"""A rule's or tier's name: one line, unique in the document."""

WallTime: TypeAlias = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["17:00"])]
"""A time of day in the program's zone, to the minute."""

MinorUnits: TypeAlias = Annotated[int, Field(ge=0, le=MAX_PURCHASE_AMOUNT)]
"""An amount in the minor unit of the program's currency."""

Percent: TypeAlias = Annotated[int, Field(ge=100, le=MAX_PERCENT)]
"""A multiplier: 100 changes nothing, 150 gives half as much again."""


_UNIQUE: dict[str, JsonValue] = {"uniqueItems": True}
"""What the document says of lists whose items come once each."""


class Hours(Clause):
    """A part of the day, in the program's zone; one that ends before it begins goes past midnight."""

    model_config = example(begins="17:00", ends="20:00")

    begins: WallTime = Field(description="The first minute that counts.")
    ends: WallTime = Field(description="The first minute that no longer counts.")

    @model_validator(mode="after")
    def _have_a_length(self) -> Self:
        if self.begins == self.ends:
            raise ValueError("Send hours that end at another time than they begin, or leave them out for the whole day.")
        return self


class Cap(Clause):
    """The most that one rule gives a member in a window."""

    model_config = example(points=250, window="month", when_full="clip")

    points: int = Field(ge=1, le=MAX_CAP_POINTS, description="Most points, without bonuses of tiers and campaigns.")
    window: CapWindow = Field(description="A calendar period in the program's zone; weeks begin on Monday.")
    when_full: WhenFull = Field("clip", description="`clip` gives what room is left, `deny` gives nothing if not all goes in.")


class EarnRule(Clause):
    """For every `spend_per` minor units, `points`."""

    model_config = example(name="Wine on Fridays", spend_per=10_000, points=5, categories=["wine"], weekdays=["fri"])

    name: Name
    spend_per: int = Field(ge=1, le=MAX_PURCHASE_AMOUNT, description="Minor units of the program's currency: 10000 for 100.00.")
    points: int = Field(ge=1, le=MAX_RULE_POINTS)
    accrual: Accrual = Field("prorated", description="`prorated` rounds down once a purchase; `whole_steps` counts full `spend_per` only.")
    minimum_spend: MinorUnits = Field(0, description="Least that must be spent on what the rule counts, in minor units.")
    categories: Annotated[tuple[Category, ...], Field(strict=False, max_length=MAX_CATEGORIES, json_schema_extra=_UNIQUE)] = Field(
        (), description="Only lines of these count. None: the whole amount counts."
    )
    weekdays: Annotated[tuple[Weekday, ...], Field(strict=False, max_length=len(WEEKDAYS), json_schema_extra=_UNIQUE)] = Field(
        (), description="Local days of the program's zone. None: all."
    )
    hours: Hours | None = Field(None, description="Hours past midnight belong to the weekday on which they began.")
    priority: int = Field(0, ge=-1_000, le=1_000, description="The highest goes first.")
    cap: Cap | None = None

    @model_validator(mode="after")
    def _give_a_possible_number(self) -> Self:
        if self.points > MAX_RATE * self.spend_per:
            raise ValueError("Send at most ten points for each minor unit that is spent.")
        return self

    @field_validator("categories", "weekdays")
    @classmethod
    def _named_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        _require_distinct(names)
        return names


class NoExpiry(Clause):
    """Points don't expire."""

    model_config = example(kind="none")

    kind: Literal["none"]


class MonthsExpiry(Clause):
    """Points last so many months: those of 31 January, one month, last through the end of February."""

    model_config = example(kind="months", months=12)

    kind: Literal["months"]
    months: int = Field(ge=1, le=MAX_EXPIRY_MONTHS)


class CalendarEndExpiry(Clause):
    """Points last through the end of a calendar period."""

    model_config = example(kind="calendar_end", period="year", periods=1)

    kind: Literal["calendar_end"]
    period: Literal["year", "quarter", "month"]
    periods: int = Field(0, ge=0, le=MAX_PERIODS, description="0: the period they are earned in; 1: the next.")


class InactivityExpiry(Clause):
    """All of a member's points expire when they neither earned nor burned for so many months."""

    model_config = example(kind="inactivity", months=18)

    kind: Literal["inactivity"]
    months: int = Field(ge=1, le=MAX_EXPIRY_MONTHS)


Expiry: TypeAlias = Annotated[NoExpiry | MonthsExpiry | CalendarEndExpiry | InactivityExpiry, Field(discriminator="kind")]


class Tier(Clause):
    """A level of membership."""

    model_config = example(name="Gold", threshold=1_000, multiplier_percent=150)

    name: Name
    threshold: int = Field(ge=0, le=MAX_CAP_POINTS, description="Points from which a member has it.")
    multiplier_percent: Percent = 100


class Terms(Clause):
    """How a program gives points, how long they last, and what returns do."""

    model_config = example(
        rules=[{"name": "Everything", "spend_per": 10_000, "points": 5}],
        stacking="best",
        pending_days=14,
        expiry={"kind": "months", "months": 12},
        tiers=[
            {"name": "Silver", "threshold": 0, "multiplier_percent": 100},
            {"name": "Gold", "threshold": 1_000, "multiplier_percent": 150},
        ],
        tier_window="year",
        return_policy="within_balance",
        unknown_members="wait",
    )

    # A min_length would count rules that are right only, and so complain of none where one is wrong.
    rules: Annotated[tuple[EarnRule, ...], Field(strict=False, max_length=MAX_RULES, json_schema_extra={"minItems": 1})]
    stacking: Stacking = Field("best", description="Of the rules that match: the one with most points, all, or the first by priority.")
    pending_days: int = Field(0, ge=0, le=MAX_PENDING_DAYS, description="Local days before points can be used.")
    expiry: Expiry = NoExpiry(kind="none")
    tiers: Annotated[tuple[Tier, ...], Field(strict=False, max_length=MAX_TIERS)] = Field(
        (), description="By ascending threshold, the first at 0. None: the program has no tiers."
    )
    tier_window: TierWindow = Field("ever", description="`year` goes by the better of this and the last calendar year.")
    return_policy: ReturnPolicy = Field("within_balance", description="What a return does where its points are spent.")
    unknown_members: UnknownMembers = Field("wait", description="Whether purchases of non-members wait for them to join.")
    future_tolerance_minutes: int = Field(
        DEFAULT_TOLERANCE_MINUTES, ge=0, le=MAX_TOLERANCE_MINUTES, description="How far ahead of our clock a shop's may be."
    )

    @field_validator("rules")
    @classmethod
    def _rules_named_once(cls, rules: tuple[EarnRule, ...]) -> tuple[EarnRule, ...]:
        if not rules:
            raise ValueError("Send at least one rule.")
        _require_distinct([rule.name for rule in rules])
        return rules

    @field_validator("tiers")
    @classmethod
    def _tiers_ascend(cls, tiers: tuple[Tier, ...]) -> tuple[Tier, ...]:
        _require_distinct([tier.name for tier in tiers])
        thresholds = [tier.threshold for tier in tiers]
        if thresholds and thresholds[0] != 0:
            raise ValueError("Send 0 as the threshold of the first tier: every member has one.")
        if any(higher <= lower for lower, higher in pairwise(thresholds)):
            raise ValueError("Send tiers by ascending threshold, each above the one before.")
        return tiers


@dataclass(frozen=True, slots=True)
class Campaign:
    """More points for a time, beside the rules'.

    Attributes:
        multiplier_percent: above 100; what the rules give is multiplied by it. None: it multiplies nothing.
        extra_points: beside that, for each purchase that qualifies. None: no extra.
        starts_at: the first instant that counts.
        ends_at: the first that no longer counts.
        categories: only lines of these count; none: the whole amount.
        minimum_spend: least that must be spent on what counts, in minor units.
    """

    id: UUID
    name: str
    multiplier_percent: int | None
    extra_points: int | None
    starts_at: datetime
    ends_at: datetime
    categories: tuple[str, ...] = ()
    minimum_spend: int = 0


def _require_distinct(names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        raise ValueError("Send each name once.")
