"""A program's admins, invitations and members in answers."""

from uuid import UUID

from pydantic import Field

from laurels.products.loyalty.queries import Listed, ProgramMember
from laurels.products.loyalty.rules.terms import Terms
from laurels.products.loyalty.schemas.fields import EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.web.schemas import Answer, UtcInstant, example


class ListedAnswer(Answer):
    """A member on a list, and since when."""

    model_config = example({"member_id": EXAMPLE_MEMBER, "student_id": "1042", "display_name": "Ana Díaz", "since": EXAMPLE_TIME})

    member_id: UUID
    student_id: str
    display_name: str
    since: UtcInstant

    @staticmethod
    def of(found: Listed) -> "ListedAnswer":
        """The answer for a member."""
        return ListedAnswer(member_id=found.id, student_id=found.student_id, display_name=found.display_name, since=found.since)


class AdminList(Answer):
    """Who runs a program beside the community's admins."""

    model_config = example(
        {"items": [{"member_id": EXAMPLE_MEMBER, "student_id": "1042", "display_name": "Ana Díaz", "since": EXAMPLE_TIME}]}
    )

    items: list[ListedAnswer]


class ProgramMemberAnswer(Answer):
    """A member of a program, for its admins."""

    model_config = example(
        {
            "member_id": EXAMPLE_MEMBER,
            "student_id": "1042",
            "display_name": "Ana Díaz",
            "status": "active",
            "balance": 320,
            "owed": 0,
            "tier": "Gold",
            "joined_at": EXAMPLE_TIME,
            "left_at": None,
            "last_activity_at": EXAMPLE_TIME,
        }
    )

    member_id: UUID
    student_id: str
    display_name: str
    status: str = Field(description="`active` or `left`.")
    balance: int = Field(description="Points, pending ones too.")
    owed: int = Field(description="Points that returns couldn't take back: taken out of the next earnings.")
    tier: str | None = Field(description="Null where the program has no tiers.")
    joined_at: UtcInstant
    left_at: UtcInstant | None
    last_activity_at: UtcInstant = Field(description="When points were last earned or burned, or the member joined.")

    @staticmethod
    def of(found: ProgramMember, terms: Terms) -> "ProgramMemberAnswer":
        """The answer for a member, with the tier by the terms that hold now."""
        own = found.membership
        return ProgramMemberAnswer(
            member_id=own.member,
            student_id=found.student_id,
            display_name=found.display_name,
            status=own.status,
            balance=found.balance,
            owed=found.owed,
            tier=terms.tiers[min(own.tier, len(terms.tiers) - 1)].name if terms.tiers else None,
            joined_at=own.joined_at,
            left_at=own.left_at,
            last_activity_at=own.last_activity_at,
        )
