"""Topics in requests and answers."""

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from laurels.products.progress.actions.topics import NewTopic
from laurels.products.progress.schemas.definition_fields import DefinitionTitle, Position, Slug, sent
from laurels.products.progress.tables import TopicRow
from laurels.web.schemas import Answer, Body, example, unchanged

_TOPIC: dict[str, Any] = {"slug": "data-science", "title": "Data science", "position": 1, "is_active": True}
_POSITION = "Its place in the list; left out: after all others."
_IS_ACTIVE = "Whether it can be chosen; what was done for it stays."


class TopicBody(Body):
    """A topic to be added."""

    model_config = example(_TOPIC)

    slug: Slug = Field(description="Its lasting name.")
    title: DefinitionTitle
    position: Position | None = Field(None, description=_POSITION)
    is_active: bool = Field(True, description=_IS_ACTIVE)

    def new(self) -> NewTopic:
        """What is to be added."""
        return NewTopic(self.slug, self.title, self.position, self.is_active)


class TopicChange(Body):
    """What of a topic is to change."""

    model_config = example({"is_active": False})

    title: DefinitionTitle = unchanged()
    position: Position = unchanged()
    is_active: bool = unchanged(description=_IS_ACTIVE)

    def wanted(self) -> dict[str, Any]:
        """The values sent, by the names of the row's fields."""
        return sent(self)


class TopicAnswer(Answer):
    """A topic."""

    model_config = example({**_TOPIC, "version": 1})

    slug: str
    title: str
    position: int
    is_active: bool
    version: int

    @staticmethod
    def of(row: TopicRow) -> "TopicAnswer":
        """The answer for a topic."""
        return TopicAnswer(slug=row.slug, title=row.title, position=row.position, is_active=row.is_active, version=row.version)


class TopicList(Answer):
    """Topics, in their order."""

    model_config = example({"items": [{**_TOPIC, "version": 1}]})

    items: list[TopicAnswer]

    @staticmethod
    def of(rows: Iterable[TopicRow]) -> "TopicList":
        """The answer for topics."""
        return TopicList(items=[TopicAnswer.of(row) for row in rows])
