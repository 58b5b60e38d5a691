"""What things elsewhere in the community award, in requests and answers."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from laurels.products.progress.bounds import MAX_ACTIVITY_DESCRIPTION
from laurels.products.progress.rules import MAX_REACTION_POINTS, ActivityType, TriggerName
from laurels.products.progress.schemas.definition_fields import OpenType
from laurels.products.progress.tables import ReactionRow
from laurels.web.schemas import Answer, Body, PlainLine, example

_REACTION: dict[str, Any] = {"activity_type": "comment", "points": 5, "description": "Recognized somebody"}


class ReactionBody(Body):
    """What something that happens elsewhere in the community is to award."""

    model_config = example(_REACTION)

    activity_type: OpenType
    points: int = Field(ge=0, le=MAX_REACTION_POINTS, description="0: nothing is awarded.")
    description: Annotated[PlainLine, Field(min_length=1, max_length=MAX_ACTIVITY_DESCRIPTION)] = Field(
        description="What the activity says."
    )

    def wanted(self) -> dict[str, Any]:
        """The values, by the names of the row's fields."""
        return {"activity_type": self.activity_type.value, "points": self.points, "description": self.description}


class ReactionAnswer(Answer):
    """What something that happens elsewhere in the community awards."""

    model_config = example({"trigger": "recognition_given", **_REACTION, "version": 1})

    trigger: TriggerName
    activity_type: ActivityType
    points: int
    description: str
    version: int

    @staticmethod
    def of(row: ReactionRow) -> "ReactionAnswer":
        """The answer for a trigger."""
        return ReactionAnswer(
            trigger=TriggerName(row.trigger),
            activity_type=ActivityType(row.activity_type),
            points=row.points,
            description=row.description,
            version=row.version,
        )


class ReactionList(Answer):
    """What each of them awards."""

    model_config = example({"items": [{"trigger": "recognition_given", **_REACTION, "version": 1}]})

    items: list[ReactionAnswer]

    @staticmethod
    def of(rows: Iterable[ReactionRow]) -> "ReactionList":
        """The answer for all."""
        return ReactionList(items=[ReactionAnswer.of(row) for row in rows])
