"""Awards in requests and answers."""

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Discriminator, Field

from laurels.core.errors import Field as Told
from laurels.products.progress.actions.permits import Asked
from laurels.products.progress.bounds import MAX_EVENT_ID
from laurels.products.progress.schemas.fields import EXAMPLE_ID, EXAMPLE_TIME, AwardAmount, Description, Kind, MemberRef, Topic
from laurels.products.progress.schemas.status import POINT_ACTIVITY, USER, PointActivityAnswer, UserAnswer
from laurels.web.schemas import Answer, Body, Id, PastInstant, PlainLine, branch, example

MAX_BATCH = 10_000
"""Most awards of one request."""

_AWARD: dict[str, Any] = {
    "event_id": "quiz-17-1042",
    "member": "1042",
    "amount": 40,
    "activity_type": "quiz_complete",
    "description": "Quiz 17",
    "topic": None,
    "class_id": None,
    "occurred_at": EXAMPLE_TIME,
}
_OUTCOME: dict[str, Any] = {
    "event_id": "quiz-17-1042",
    "status": "awarded",
    "activity_id": EXAMPLE_ID,
    "amount": 40,
    "total_points": 260,
    "refusal": None,
}


class _Asking(Body):
    """What every award says."""

    amount: AwardAmount
    activity_type: Kind
    description: Description = ""
    topic: Topic | None = Field(None, description="One of the list of topics.")
    class_id: Id | None = Field(None, description="For staff and services: the class whose board it counts on, too.")
    occurred_at: PastInstant | None = Field(
        None, description="For staff and services: when it was done, up to now. It decides the day, the week and the boards. Null: now."
    )

    def asked(self) -> Asked:
        """As actions take it."""
        return Asked(self.amount, self.activity_type, self.description, self.topic, self.class_id, self.occurred_at)


class AwardPointsBody(_Asking):
    """Points for something that the caller did, or, for staff, somebody else."""

    model_config = example({"amount": 20, "activity_type": "comment", "description": "Explained the chain rule"})

    member: MemberRef | None = Field(None, description="For staff: whom to award to. Null: oneself.")


class AwardPointsAnswer(Answer):
    """What an award brought, and where the member stands then."""

    model_config = example(
        {"user": USER, "point_activity": POINT_ACTIVITY, "tier_upgraded": True, "old_tier": "ember", "new_tier": "spark"}
    )

    user: UserAnswer
    point_activity: PointActivityAnswer
    tier_upgraded: bool = Field(description="Whether the award, with the goals that it completed, led to a higher tier.")
    old_tier: str | None = Field(description="The tier before; null without an upgrade.")
    new_tier: str | None = Field(description="The tier then; null without an upgrade.")


class AwardBody(_Asking):
    """An award of a service. Its event id is awarded once, for ever, whatever is sent again."""

    model_config = example(_AWARD)

    event_id: Annotated[PlainLine, Field(min_length=1, max_length=MAX_EVENT_ID, description="The service's own id of what happened.")]
    member: MemberRef


class AwardBatchBody(Body):
    """Awards, decided in this order."""

    model_config = example({"awards": [_AWARD]})

    awards: Annotated[list[AwardBody], Field(min_length=1, max_length=MAX_BATCH)]


def _which(value: Any) -> str:
    is_batch = isinstance(value, AwardBatchBody) or (isinstance(value, dict) and "awards" in value)
    return "batch" if is_batch else "one"


AwardsBody: TypeAlias = Annotated[
    Annotated[AwardBody, branch("one")] | Annotated[AwardBatchBody, branch("batch")], Discriminator(lambda value: f"<{_which(value)}>")
]
"""One award, or many."""


class RefusalAnswer(Answer):
    """Why an award was refused: a problem's code, its detail, and the fields that belong to it."""

    model_config = example({"code": "unknown-topic", "detail": "There is no topic arts.", "fields": {"topic": "arts"}})

    code: str
    detail: str
    fields: dict[str, Told]


class AwardOutcomeAnswer(Answer):
    """What became of an award."""

    model_config = example(_OUTCOME)

    event_id: str
    status: Literal["awarded", "replayed", "refused"] = Field(description="`replayed`: it was awarded before; the rest is as it was then.")
    activity_id: UUID | None = Field(description="The activity that tells of the points; null where it was refused.")
    amount: int = Field(description="Points that it brought, after a season's multiplier and caps.")
    total_points: int | None = Field(description="What the member had then; null where it was refused.")
    refusal: RefusalAnswer | None


class AwardBatchAnswer(Answer):
    """What became of a batch: one outcome for each award, in their order."""

    model_config = example({"items": [_OUTCOME], "awarded": 1, "replayed": 0, "refused": 0, "points": 40})

    items: list[AwardOutcomeAnswer]
    awarded: int
    replayed: int
    refused: int
    points: int = Field(description="Of those awarded now.")
