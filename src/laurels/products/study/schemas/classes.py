"""Classes in requests and answers."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from laurels.identity.fields import TimeZone
from laurels.products.study.queries.classes import ClassSeen
from laurels.products.study.queries.usage import budget_of
from laurels.products.study.schemas.fields import (
    EXAMPLE_CLASS,
    EXAMPLE_MEMBER,
    EXAMPLE_TIME,
    Capacity,
    ClassCode,
    ClassDescription,
    ClassName,
    Tokens,
)
from laurels.products.study.schemas.members import MEMBERSHIP, ClassMembershipAnswer
from laurels.web.identifiers import OpaqueId
from laurels.web.schemas import Answer, Body, UtcInstant, example, unchanged

_BUDGET = {"daily": 5_000_000, "weekly": 25_000_000, "monthly": 75_000_000}
_ZONE = "By whose midnights its limits of tokens reset: days, weeks from Monday, months."
_CAPACITY = "Most members, its owner among them. Null: no limit."


class ClassBody(Body):
    """A class that is to be made."""

    model_config = example({"name": "Physics I", "description": "Mechanics and heat.", "capacity": 40})

    name: ClassName
    description: ClassDescription = ""
    capacity: Capacity | None = Field(default=None, description=_CAPACITY)
    time_zone: TimeZone | None = Field(default=None, description=f"{_ZONE} Null: the community's default for classes.")


class ClassChange(Body):
    """What of a class is to be otherwise. What is left out stays."""

    model_config = example({"name": "Physics I, group B", "capacity": 60})

    name: ClassName = unchanged()
    description: ClassDescription = unchanged()
    capacity: Capacity | None = unchanged(description=_CAPACITY)
    time_zone: TimeZone = unchanged(description=_ZONE)
    sponsor_daily: Tokens = unchanged(description="Tokens of a day that the owner pays for all whom they sponsor: the owner alone sets it.")
    sponsor_weekly: Tokens = unchanged(description="The same of a week.")
    sponsor_monthly: Tokens = unchanged(description="The same of a month.")

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class JoinBody(Body):
    """The code of a class."""

    model_config = example({"class_code": "7KQF-2XMD"})

    class_code: Annotated[ClassCode, Field(description="In either case, with or without blanks and hyphens.")]


class ArchiveBody(Body):
    """Whether a class is to be archived."""

    model_config = example({"is_archived": True})

    is_archived: bool


class OwnerBody(Body):
    """Whom a class is handed over to."""

    model_config = example({"user_id": EXAMPLE_MEMBER})

    user_id: OpaqueId


class SponsorBudgetAnswer(Answer):
    """What a class's owner pays for all whom they sponsor there, in tokens."""

    model_config = example(_BUDGET)

    daily: int
    weekly: int
    monthly: int


class ClassAnswer(Answer):
    """A class, as whoever asks sees it."""

    model_config = example(
        {
            "id": EXAMPLE_CLASS,
            "name": "Physics I",
            "description": "Mechanics and heat.",
            "class_code": "7KQF2XMD",
            "owner_id": EXAMPLE_MEMBER,
            "owner_name": "Ana Díaz",
            "capacity": 40,
            "members": 12,
            "documents": 5,
            "documents_ready": 4,
            "time_zone": "Europe/Madrid",
            "sponsor_budget": _BUDGET,
            "membership": MEMBERSHIP,
            "created_at": EXAMPLE_TIME,
            "updated_at": EXAMPLE_TIME,
            "is_active": True,
        }
    )

    id: UUID
    name: str
    description: str
    class_code: str | None = Field(description="What others join by. Null for members who may not share it.")
    owner_id: UUID
    owner_name: str | None
    capacity: int | None = Field(description=_CAPACITY)
    members: int = Field(description="How many there are.")
    documents: int = Field(description="Of the class, not of chats.")
    documents_ready: int = Field(description="Those of them that can be searched.")
    time_zone: str = Field(description=_ZONE)
    sponsor_budget: SponsorBudgetAnswer | None = Field(description="For the owner alone; else null.")
    membership: ClassMembershipAnswer = Field(description="Mine.")
    created_at: UtcInstant
    updated_at: UtcInstant
    is_active: bool = Field(description="False: archived. It can be read, and nothing in it changes.")

    @staticmethod
    def of(seen: ClassSeen) -> "ClassAnswer":
        """The answer for a class."""
        room = seen.standing.room
        daily, weekly, monthly = budget_of(room)
        budget = SponsorBudgetAnswer(daily=daily, weekly=weekly, monthly=monthly) if seen.standing.is_owner else None
        return ClassAnswer(
            id=room.id,
            name=room.name,
            description=room.description,
            class_code=seen.shown_code,
            owner_id=room.owner_id,
            owner_name=seen.owner_name,
            capacity=room.capacity,
            members=seen.members,
            documents=seen.documents,
            documents_ready=seen.documents_ready,
            time_zone=room.time_zone,
            sponsor_budget=budget,
            membership=ClassMembershipAnswer.of_standing(seen.standing),
            created_at=room.created_at,
            updated_at=room.updated_at,
            is_active=room.is_active,
        )
