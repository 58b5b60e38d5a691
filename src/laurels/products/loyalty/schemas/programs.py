"""Programs and their terms in requests and answers."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from laurels.identity.fields import TimeZone
from laurels.products.loyalty.actions.programs import NewProgram
from laurels.products.loyalty.bounds import DEFAULT_CONFIRM_MINUTES, DEFAULT_GRACE_DAYS
from laurels.products.loyalty.queries import terms_of
from laurels.products.loyalty.rules.terms import Terms
from laurels.products.loyalty.schemas.campaigns import CampaignBody
from laurels.products.loyalty.schemas.fields import (
    EXAMPLE_ID,
    EXAMPLE_MEMBER,
    EXAMPLE_TIME,
    ConfirmMinutes,
    Currency,
    Description,
    GraceDays,
    Joining,
    Points,
    ProgramName,
    Status,
    UnitName,
)
from laurels.products.loyalty.schemas.rewards import RewardBody
from laurels.products.loyalty.tables import Program, ProgramTerms
from laurels.web.schemas import Answer, Body, UtcInstant, example, unchanged

MAX_CAMPAIGNS_AT_ONCE = 50
MAX_REWARDS_AT_ONCE = 200
"""How many a program can be created with; more can follow."""

_TERMS: dict[str, Any] = {
    "rules": [{"name": "Everything", "spend_per": 10_000, "points": 5}],
    "pending_days": 14,
    "expiry": {"kind": "months", "months": 12},
}
_SETTINGS: dict[str, Any] = {
    "name": "Wine & Dine",
    "description": "Points for every bottle and every table.",
    "currency": "GBP",
    "zone": "Europe/London",
    "unit_name": "corks",
    "joining": "open",
    "burn_rate": {"points": 100, "value_minor": 500},
    "confirm_minutes": DEFAULT_CONFIRM_MINUTES,
    "grace_days": DEFAULT_GRACE_DAYS,
}

_CURRENCY = "ISO 4217: amounts are in its minor unit. Fixed once the program was activated."
_ZONE = "Days, months and hours are read by it. Fixed once the program was activated."
_UNIT = "What points are called."
_JOINING = "Whether anybody may join, or only who is invited."
_CONFIRM = "Minutes for which points stay reserved for a reward that is yet to be confirmed."
_GRACE = "Days for which points live on that a cancelled burn gives back after they expired."


class BurnRate(Body):
    """What points are worth where they are burned without a reward."""

    model_config = example({"points": 100, "value_minor": 500})

    points: Points = Field(description="So many points ...")
    value_minor: Points = Field(description="... are worth so much, in minor units of the currency.")


class ProgramBody(Body):
    """A program to be created, with its first terms; campaigns and rewards may come with it, or later."""

    model_config = example({**_SETTINGS, "terms": _TERMS})

    name: ProgramName
    description: Description = ""
    currency: Currency = Field(description=_CURRENCY)
    zone: TimeZone = Field(description=_ZONE)
    unit_name: UnitName = Field("points", description=_UNIT)
    joining: Joining = Field("open", description=_JOINING)
    burn_rate: BurnRate | None = Field(None, description="Left out: points buy rewards only.")
    confirm_minutes: ConfirmMinutes = Field(DEFAULT_CONFIRM_MINUTES, description=_CONFIRM)
    grace_days: GraceDays = Field(DEFAULT_GRACE_DAYS, description=_GRACE)
    terms: Terms = Field(description="Its first version holds from the beginning of time.")
    campaigns: Annotated[list[CampaignBody], Field(max_length=MAX_CAMPAIGNS_AT_ONCE)] = []
    rewards: Annotated[list[RewardBody], Field(max_length=MAX_REWARDS_AT_ONCE)] = []
    is_active: bool = Field(False, description="Whether it runs at once; else it is a draft, which nobody but its admins sees.")

    def new(self) -> NewProgram:
        """What is to be created."""
        return NewProgram(
            name=self.name,
            description=self.description,
            currency=self.currency,
            zone=self.zone,
            unit_name=self.unit_name,
            joining=self.joining,
            burn_points=self.burn_rate.points if self.burn_rate else None,
            burn_minor=self.burn_rate.value_minor if self.burn_rate else None,
            confirm_minutes=self.confirm_minutes,
            grace_days=self.grace_days,
            terms=self.terms,
            campaigns=tuple(one.new() for one in self.campaigns),
            rewards=tuple(one.new() for one in self.rewards),
            is_active=self.is_active,
        )


class ProgramChange(Body):
    """What of a program is to change. A draft can become active; an active one paused, and back; any one archived, for good."""

    model_config = example({"status": "active", "unit_name": "corks"})

    name: ProgramName = unchanged()
    description: Description = unchanged()
    status: Status = unchanged()
    currency: Currency = unchanged(description=_CURRENCY)
    zone: TimeZone = unchanged(description=_ZONE)
    unit_name: UnitName = unchanged(description=_UNIT)
    joining: Joining = unchanged(description=_JOINING)
    burn_rate: BurnRate | None = unchanged(description="Null: points buy rewards only.")
    confirm_minutes: ConfirmMinutes = unchanged(description=_CONFIRM)
    grace_days: GraceDays = unchanged(description=_GRACE)

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        sent = {name: getattr(self, name) for name in self.model_fields_set - {"burn_rate"}}
        if "burn_rate" in self.model_fields_set:
            sent["burn_points"] = self.burn_rate.points if self.burn_rate else None
            sent["burn_minor"] = self.burn_rate.value_minor if self.burn_rate else None
        return sent


class ProgramAnswer(Answer):
    """A program."""

    model_config = example(
        {"id": EXAMPLE_ID, **_SETTINGS, "status": "draft", "version": 1, "created_at": EXAMPLE_TIME, "updated_at": EXAMPLE_TIME}
    )

    id: UUID
    name: str
    description: str
    status: Status
    currency: str
    zone: str
    unit_name: str
    joining: Joining
    burn_rate: BurnRate | None
    confirm_minutes: int
    grace_days: int
    version: int = Field(description="Goes up with every change of the program, its terms, campaigns and rewards.")
    created_at: UtcInstant
    updated_at: UtcInstant

    @staticmethod
    def of(row: Program) -> "ProgramAnswer":
        """The answer for a program."""
        has_rate = row.burn_points is not None and row.burn_minor is not None
        return ProgramAnswer.model_validate(
            {
                "id": row.id,
                "name": row.name,
                "description": row.description,
                "status": row.status,
                "currency": row.currency,
                "zone": row.zone,
                "unit_name": row.unit_name,
                "joining": row.joining,
                "burn_rate": {"points": row.burn_points, "value_minor": row.burn_minor} if has_rate else None,
                "confirm_minutes": row.confirm_minutes,
                "grace_days": row.grace_days,
                "version": row.version,
                "created_at": row.created_at,
                "updated_at": row.updated_at,
            }
        )


class TermsBody(Terms):
    """A new version of a program's terms."""

    model_config = example({**_TERMS, "valid_from": "2027-01-01T00:00:00+00:00"})

    valid_from: UtcInstant | None = Field(None, description="The first instant at which it holds; left out for now.")

    def terms(self) -> Terms:
        """The terms alone, as they are kept."""
        return Terms.model_validate(self.model_dump(exclude={"valid_from"}))


class TermsAnswer(Answer):
    """A version of a program's terms. It never changes."""

    model_config = example(
        {
            "version": 1,
            "valid_from": None,
            "terms": Terms.model_validate(_TERMS).model_dump(mode="json"),
            "created_by": EXAMPLE_MEMBER,
            "created_at": EXAMPLE_TIME,
        }
    )

    version: int
    valid_from: UtcInstant | None = Field(description="The first instant at which it holds; null for the first: it always did.")
    terms: Terms
    created_by: UUID | None = Field(description="The member who added it; null for the command line.")
    created_at: UtcInstant

    @staticmethod
    def of(row: ProgramTerms) -> "TermsAnswer":
        """The answer for a version."""
        return TermsAnswer(
            version=row.version,
            valid_from=row.valid_from,
            terms=terms_of(row.document),
            created_by=row.created_by,
            created_at=row.created_at,
        )
