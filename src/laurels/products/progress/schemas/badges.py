"""Badges in answers."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from laurels.products.progress.queries.badges import ShownBadge
from laurels.products.progress.rules import Measure
from laurels.web.schemas import Answer, UtcInstant, example

_BADGE: dict[str, Any] = {
    "slug": "quiz-ten",
    "title": "Well read",
    "description": "Ten quizzes completed.",
    "icon": "book",
    "measure": "quizzes",
    "topic": None,
    "current": 4,
    "at_least": 10,
    "earned_at": None,
}


class BadgeAnswer(Answer):
    """A badge, and how far the caller is."""

    model_config = example(_BADGE)

    slug: str
    title: str
    description: str
    icon: str
    measure: Measure
    topic: str | None
    current: int = Field(description="The caller's number; it may pass what is wanted.")
    at_least: int = Field(description="The number from which it is earned.")
    earned_at: UtcInstant | None = Field(description="Null where the caller doesn't have it.")

    @staticmethod
    def of(shown: ShownBadge) -> "BadgeAnswer":
        """The answer for a badge."""
        one = shown.badge
        return BadgeAnswer(
            slug=one.slug,
            title=one.title,
            description=one.description,
            icon=one.icon,
            measure=one.measure,
            topic=one.topic,
            current=shown.current,
            at_least=one.at_least,
            earned_at=shown.earned_at,
        )


class BadgeList(Answer):
    """Badges, in their order."""

    model_config = example({"items": [_BADGE]})

    items: list[BadgeAnswer]

    @staticmethod
    def of(shown: Sequence[ShownBadge]) -> "BadgeList":
        """The answer for a member."""
        return BadgeList(items=[BadgeAnswer.of(one) for one in shown])
