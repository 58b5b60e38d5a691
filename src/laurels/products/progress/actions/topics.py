"""Topics: fields of study or work that activities may belong to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from laurels.core.database import Database
from laurels.identity.editing import Editor, Saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.changes import Sort, add_definition, change_definition, next_position
from laurels.products.progress.bounds import MAX_TOPICS
from laurels.products.progress.queries.definitions import TOPICS
from laurels.products.progress.tables import TopicRow
from laurels.web.etags import Expected


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic to be added.

    Attributes:
        position: its place in the list; None: after all others.
    """

    slug: str
    title: str
    position: int | None = None
    is_active: bool = True


def _anything(connection: Connection, before: TopicRow | None, after: TopicRow, now: datetime) -> None:
    """A topic that is well formed can be."""


_SORT: Sort[TopicRow] = Sort(TOPICS, _anything, "topics", MAX_TOPICS)


def add_topic(database: Database, editor: Editor, new: NewTopic, *, now: datetime, request: RequestKey | None = None) -> Saved:
    """Add a topic.

    Raises:
        DomainError: see `add_definition`.
    """

    def make(connection: Connection) -> TopicRow:
        position = next_position(connection, TOPICS) if new.position is None else new.position
        return TopicRow(new.slug, new.title, position, new.is_active, 1, now, now)

    return add_definition(database, editor, _SORT, make, now=now, request=request)


def change_topic(
    database: Database, editor: Editor, slug: str, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> TopicRow:
    """Change a topic. One that is put aside can't be chosen; what was done for it keeps it.

    Args:
        wanted: of `title`, `position`, `is_active`.

    Raises:
        DomainError: see `change_definition`.
    """
    return change_definition(database, editor, _SORT, slug, wanted, expected=expected, now=now)
