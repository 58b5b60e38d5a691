"""Badges as staff set them. Who has one keeps it, whatever becomes of its rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from laurels.core.database import Database
from laurels.core.errors import Invalid
from laurels.identity.editing import Editor, Saved
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.changes import Sort, add_definition, change_definition, next_position, require_topics
from laurels.products.progress.bounds import MAX_BADGES
from laurels.products.progress.queries.definitions import BADGES
from laurels.products.progress.rules import Measure
from laurels.products.progress.tables import BadgeRow
from laurels.web.etags import Expected


@dataclass(frozen=True, slots=True)
class NewBadge:
    """A badge to be added.

    Attributes:
        slug: its lasting name.
        icon: of `rules.BADGE_ICONS`.
        topic: for the measure `topic_points`; else None.
        position: its place in the list; None: after all others.
    """

    slug: str
    title: str
    icon: str
    measure: Measure
    at_least: int
    description: str = ""
    topic: str | None = None
    position: int | None = None
    is_active: bool = True


def _check(connection: Connection, before: BadgeRow | None, after: BadgeRow, now: datetime) -> None:
    if (after.measure == Measure.TOPIC_POINTS) != (after.topic is not None):
        raise Invalid(field="topic", reason="send a topic with the measure topic_points, and with no other")
    if before is None:
        require_topics(connection, after.topic)


_SORT: Sort[BadgeRow] = Sort(BADGES, _check, "badges", MAX_BADGES)


def add_badge(database: Database, editor: Editor, new: NewBadge, *, now: datetime, request: RequestKey | None = None) -> Saved:
    """Add a badge; members who merit it get it with their next activity.

    Raises:
        Invalid: it has a topic and doesn't measure one, or the other way round.
        UnknownTopic: its topic can't be chosen.
        DomainError: see `add_definition`.
    """

    def make(connection: Connection) -> BadgeRow:
        return BadgeRow(
            slug=new.slug,
            title=new.title,
            description=new.description,
            icon=new.icon,
            measure=new.measure.value,
            topic=new.topic,
            at_least=new.at_least,
            position=next_position(connection, BADGES) if new.position is None else new.position,
            is_active=new.is_active,
            version=1,
            created_at=now,
            updated_at=now,
        )

    return add_definition(database, editor, _SORT, make, now=now, request=request)


def change_badge(
    database: Database, editor: Editor, slug: str, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> BadgeRow:
    """Change a badge, but for what it measures.

    Args:
        wanted: values by the names of `BadgeRow`'s fields.

    Raises:
        DomainError: see `change_definition`.
    """
    return change_definition(database, editor, _SORT, slug, wanted, expected=expected, now=now)
