"""Tokens in answers: how limits stand, and each call of a model."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from laurels.products.study.queries.members import MemberSeen
from laurels.products.study.queries.usage import ClassUse, Tracker, Used
from laurels.products.study.schemas.fields import EXAMPLE_CLASS, EXAMPLE_ID, EXAMPLE_MEMBER, EXAMPLE_TIME
from laurels.products.study.tables import Usage
from laurels.web.schemas import Answer, UtcInstant, example

_PERIOD: dict[str, Any] = {
    "window": "2026-11-20",
    "tokens_used": 12_500,
    "held": 4_000,
    "limit": 1_000_000,
    "left": 983_500,
    "resets_at": "2026-11-20T23:00:00+00:00",
    "last_reset": "2026-11-19T23:00:00+00:00",
}
TRACKER: dict[str, Any] = {
    "daily": _PERIOD,
    "weekly": {
        **_PERIOD,
        "window": "2026-W47",
        "limit": 5_000_000,
        "left": 4_983_500,
        "resets_at": "2026-11-22T23:00:00+00:00",
        "last_reset": "2026-11-15T23:00:00+00:00",
    },
    "monthly": {
        **_PERIOD,
        "window": "2026-11",
        "limit": 15_000_000,
        "left": 14_983_500,
        "resets_at": "2026-11-30T23:00:00+00:00",
        "last_reset": "2026-10-31T23:00:00+00:00",
    },
}


class PeriodAnswer(Answer):
    """How a limit stands in its day, week or month."""

    model_config = example(_PERIOD)

    window: str = Field(description="`2026-11-20`, `2026-W47` or `2026-11`, by the class's midnights.")
    tokens_used: int
    held: int = Field(description="Set aside for answers under way.")
    limit: int
    left: int = Field(description="What may still be set aside.")
    resets_at: UtcInstant
    last_reset: UtcInstant

    @staticmethod
    def of(used: Used) -> "PeriodAnswer":
        """The answer for a window."""
        return PeriodAnswer(
            window=used.window.name,
            tokens_used=used.used,
            held=used.held,
            limit=used.limit,
            left=used.left,
            resets_at=used.window.resets_at,
            last_reset=used.window.last_reset,
        )


class TrackerAnswer(Answer):
    """How the limits of a day, a week and a month stand."""

    model_config = example(TRACKER)

    daily: PeriodAnswer
    weekly: PeriodAnswer
    monthly: PeriodAnswer

    @staticmethod
    def of(tracker: Tracker) -> "TrackerAnswer":
        """The answer for limits."""
        daily, weekly, monthly = (PeriodAnswer.of(used) for used in tracker)
        return TrackerAnswer(daily=daily, weekly=weekly, monthly=monthly)

    @staticmethod
    def of_any(tracker: Tracker | None) -> "TrackerAnswer | None":
        """The same, where there may be none."""
        return None if tracker is None else TrackerAnswer.of(tracker)


class ClassUseAnswer(Answer):
    """What I used in a class."""

    model_config = example(
        {
            "class_id": EXAMPLE_CLASS,
            "class_name": "Physics I",
            "time_zone": "Europe/Madrid",
            "is_sponsored": False,
            "own": TRACKER,
            "share": None,
            "sponsor": None,
        }
    )

    class_id: UUID
    class_name: str
    time_zone: str = Field(description="By whose midnights the limits reset.")
    is_sponsored: bool = Field(description="The class's owner pays first.")
    own: TrackerAnswer = Field(description="Of my own limits.")
    share: TrackerAnswer | None = Field(description="Of what the owner pays for me. Null where the owner doesn't.")
    sponsor: TrackerAnswer | None = Field(description="Of what I pay for all whom I sponsor. Null where the class isn't mine.")

    @staticmethod
    def of(use: ClassUse) -> "ClassUseAnswer":
        """The answer for a class."""
        room = use.standing.room
        return ClassUseAnswer(
            class_id=room.id,
            class_name=room.name,
            time_zone=room.time_zone,
            is_sponsored=use.standing.mine.is_sponsored,
            own=TrackerAnswer.of(use.own),
            share=TrackerAnswer.of_any(use.share),
            sponsor=TrackerAnswer.of_any(use.sponsor),
        )


class MemberUseAnswer(Answer):
    """What a member used in a class."""

    model_config = example(
        {
            "user_id": EXAMPLE_MEMBER,
            "student_id": "S-1042",
            "display_name": "Ana Díaz",
            "is_sponsored": False,
            "own": TRACKER,
            "share": None,
        }
    )

    user_id: UUID
    student_id: str | None = Field(description="Null where they deleted their account.")
    display_name: str | None
    is_sponsored: bool
    own: TrackerAnswer
    share: TrackerAnswer | None = Field(description="Of what the owner pays for them. Null where the owner doesn't.")

    @staticmethod
    def of(seen: MemberSeen) -> "MemberUseAnswer":
        """The answer for a member."""
        return MemberUseAnswer(
            user_id=seen.mine.member,
            student_id=seen.student_id,
            display_name=seen.display_name,
            is_sponsored=seen.mine.is_sponsored,
            own=TrackerAnswer.of(seen.use.own),
            share=TrackerAnswer.of_any(seen.use.share),
        )


class TokenLimitsAnswer(Answer):
    """A member's limits of tokens in a class."""

    model_config = example(
        {
            "user_id": EXAMPLE_MEMBER,
            "display_name": "Ana Díaz",
            "daily_token_limit": 1_000_000,
            "weekly_token_limit": 5_000_000,
            "monthly_token_limit": 15_000_000,
            "max_concurrent_chats": 3,
            "is_sponsored": False,
        }
    )

    user_id: UUID
    display_name: str | None
    daily_token_limit: int
    weekly_token_limit: int
    monthly_token_limit: int
    max_concurrent_chats: int
    is_sponsored: bool

    @staticmethod
    def of(seen: MemberSeen) -> "TokenLimitsAnswer":
        """The answer for a member."""
        mine = seen.mine
        return TokenLimitsAnswer(
            user_id=mine.member,
            display_name=seen.display_name,
            daily_token_limit=mine.daily_token_limit,
            weekly_token_limit=mine.weekly_token_limit,
            monthly_token_limit=mine.monthly_token_limit,
            max_concurrent_chats=mine.max_concurrent_chats,
            is_sponsored=mine.is_sponsored,
        )


class UsageRecordAnswer(Answer):
    """A call of a model: what was set aside for it, what it took, and who was billed."""

    model_config = example(
        {
            "id": EXAMPLE_ID,
            "user_id": EXAMPLE_MEMBER,
            "class_id": EXAMPLE_CLASS,
            "model_name": "gpt-4o-mini",
            "operation_type": "CHAT",
            "status": "settled",
            "held": 4_000,
            "input_tokens": 2_100,
            "output_tokens": 320,
            "cost": 507,
            "currency": "USD",
            "billed_to_user_id": EXAMPLE_MEMBER,
            "is_sponsored": False,
            "is_overflow": False,
            "usage_estimated": False,
            "message_id": EXAMPLE_ID,
            "document_id": None,
            "created_at": EXAMPLE_TIME,
            "settled_at": EXAMPLE_TIME,
        }
    )

    id: UUID
    user_id: UUID
    class_id: UUID
    model_name: str
    operation_type: Literal["CHAT", "EMBEDDING"]
    status: Literal["held", "settled", "released"]
    held: int = Field(description="Tokens set aside for it at first.")
    input_tokens: int
    output_tokens: int
    cost: int = Field(description="Millionths of the currency.")
    currency: str = Field(description="ISO 4217.")
    billed_to_user_id: UUID = Field(description="The class's owner, where they paid.")
    is_sponsored: bool = Field(description="The class's owner paid.")
    is_overflow: bool = Field(description="The owner would have paid, but a limit was reached.")
    usage_estimated: bool = Field(description="The model's server told no tokens.")
    message_id: UUID | None = Field(description="The answer that it was for.")
    document_id: UUID | None = Field(description="The document that it was for.")
    created_at: UtcInstant
    settled_at: UtcInstant | None

    @staticmethod
    def of(row: Usage, currency: str) -> "UsageRecordAnswer":
        """The answer for a record."""
        return UsageRecordAnswer.model_validate(
            {
                "id": row.id,
                "user_id": row.user_id,
                "class_id": row.class_id,
                "model_name": row.model_name,
                "operation_type": row.operation_type,
                "status": row.status,
                "held": row.held,
                "input_tokens": row.input_tokens,
                "output_tokens": row.output_tokens,
                "cost": row.cost,
                "currency": currency,
                "billed_to_user_id": row.billed_to_user_id,
                "is_sponsored": row.is_sponsored,
                "is_overflow": row.is_overflow,
                "usage_estimated": row.usage_estimated,
                "message_id": row.message,
                "document_id": row.document,
                "created_at": row.created_at,
                "settled_at": row.settled_at,
            }
        )
