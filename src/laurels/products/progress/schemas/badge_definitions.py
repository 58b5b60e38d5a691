"""Badges, as staff set them, in requests and answers."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from laurels.products.progress.actions.badges import NewBadge
from laurels.products.progress.rules import Measure
from laurels.products.progress.schemas.definition_fields import (
    IS_ACTIVE,
    POSITION,
    AtLeast,
    DefinitionTitle,
    Description,
    Position,
    Slug,
    sent,
)
from laurels.products.progress.tables import BadgeRow
from laurels.web.schemas import Answer, Body, example, unchanged

_BADGE: dict[str, Any] = {
    "slug": "bookworm",
    "title": "Bookworm",
    "description": "Fifty quizzes completed.",
    "icon": "book",
    "measure": "quizzes",
    "topic": None,
    "at_least": 50,
    "position": 4,
    "is_active": True,
}

Icon: TypeAlias = Literal["spark", "laurel", "trophy", "heart", "chat", "book", "users", "check", "chart", "shield", "gift", "ticket"]
"""`rules.BADGE_ICONS`."""


class BadgeDefinitionBody(Body):
    """A badge to be added."""

    model_config = example(_BADGE)

    slug: Slug = Field(description="Its lasting name.")
    title: DefinitionTitle
    description: Description = ""
    icon: Icon = "laurel"
    measure: Annotated[Measure, Field(strict=False)] = Field(description="The number of a member's that it is given for.")
    topic: Slug | None = Field(None, description="For the measure `topic_points`, and for no other.")
    at_least: AtLeast = Field(description="The number from which it is earned. Of tiers the lowest is 0.")
    position: Position | None = Field(None, description="Its place in the list; left out: after all others.")
    is_active: bool = Field(True, description=IS_ACTIVE)

    def new(self) -> NewBadge:
        """What is to be added."""
        return NewBadge(
            slug=self.slug,
            title=self.title,
            icon=self.icon,
            measure=self.measure,
            at_least=self.at_least,
            description=self.description,
            topic=self.topic,
            position=self.position,
            is_active=self.is_active,
        )


class BadgeDefinitionChange(Body):
    """What of a badge is to change. What it measures stays, and who has it keeps it."""

    model_config = example({"at_least": 12})

    title: DefinitionTitle = unchanged()
    description: Description = unchanged()
    icon: Icon = unchanged()
    at_least: AtLeast = unchanged()
    position: Position = unchanged(description=POSITION)
    is_active: bool = unchanged(description=IS_ACTIVE)

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        return sent(self)


class BadgeDefinitionAnswer(Answer):
    """A badge, as staff set it."""

    model_config = example({**_BADGE, "version": 1})

    slug: str
    title: str
    description: str
    icon: str
    measure: Measure
    topic: str | None
    at_least: int
    position: int
    is_active: bool
    version: int

    @staticmethod
    def of(row: BadgeRow) -> "BadgeDefinitionAnswer":
        """The answer for a badge."""
        return BadgeDefinitionAnswer(
            slug=row.slug,
            title=row.title,
            description=row.description,
            icon=row.icon,
            measure=Measure(row.measure),
            topic=row.topic,
            at_least=row.at_least,
            position=row.position,
            is_active=row.is_active,
            version=row.version,
        )


class BadgeDefinitionList(Answer):
    """Badges, in their order."""

    model_config = example({"items": [{**_BADGE, "version": 1}]})

    items: list[BadgeDefinitionAnswer]

    @staticmethod
    def of(rows: Iterable[BadgeRow]) -> "BadgeDefinitionList":
        """The answer for badges."""
        return BadgeDefinitionList(items=[BadgeDefinitionAnswer.of(row) for row in rows])
