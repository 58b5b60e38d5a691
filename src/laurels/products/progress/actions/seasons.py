"""Seasons as staff set them. What has passed of one stays: points were multiplied by it, and boards counted it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.database import Database
from laurels.core.errors import Invalid
from laurels.core.ids import new_id
from laurels.identity.editing import Editor, Saved, changes_of, require_near
from laurels.ledger.writer import RequestKey
from laurels.products.progress.actions.changes import Sort, add_definition, change_definition, remove_definition, require_topics
from laurels.products.progress.errors import SeasonClosed, SeasonsOverlap
from laurels.products.progress.queries.definitions import SEASONS, SeasonStatus, season_status
from laurels.products.progress.rules import Multiplier, read_multipliers, write_multipliers
from laurels.products.progress.tables import SeasonRow, season
from laurels.web.etags import Expected

_FIXED: Mapping[SeasonStatus, frozenset[str]] = {
    SeasonStatus.PLANNED: frozenset(),
    SeasonStatus.RUNNING: frozenset({"starts_at"}),
    SeasonStatus.OVER: frozenset({"starts_at", "ends_at", "multipliers"}),
    SeasonStatus.ARCHIVED: frozenset({"title", "description", "starts_at", "ends_at", "multipliers"}),
}
"""What of a season doesn't change any more."""


@dataclass(frozen=True, slots=True)
class NewSeason:
    """A season to be added.

    Attributes:
        starts_at: None for now.
    """

    title: str
    ends_at: datetime
    starts_at: datetime | None = None
    description: str = ""
    multipliers: tuple[Multiplier, ...] = ()


def _check(connection: Connection, before: SeasonRow | None, after: SeasonRow, now: datetime) -> None:
    changes = _changes(before, after)
    if before is not None:
        _require_open(before, changes, now)
    for name in sorted(changes & {"starts_at", "ends_at"}):
        if getattr(after, name) < now:
            raise Invalid(field=name, reason="send an instant that hasn't passed")
        require_near(getattr(after, name), now, field=name)
    if after.ends_at <= after.starts_at:
        raise Invalid(field="ends_at", reason="send an instant after starts_at")
    _require_alone(connection, after)
    if "multipliers" in changes:
        known = {each.topic for each in read_multipliers(before.multipliers)} if before else set()
        require_topics(connection, *({each.topic for each in read_multipliers(after.multipliers)} - known))


_SORT: Sort[SeasonRow] = Sort(SEASONS, _check, "seasons")


def add_season(database: Database, editor: Editor, new: NewSeason, *, now: datetime, request: RequestKey | None = None) -> Saved:
    """Add a season, which begins now or later.

    Raises:
        Invalid: its times can't be.
        SeasonsOverlap: another shares a part of its time.
        UnknownTopic: a multiplier's topic can't be chosen.
        DomainError: see `add_definition`.
    """
    made = SeasonRow(
        id=new_id(),
        title=new.title,
        description=new.description,
        starts_at=new.starts_at or now,
        ends_at=new.ends_at,
        multipliers=write_multipliers(new.multipliers),
        archived_at=None,
        version=1,
        created_at=now,
        updated_at=now,
    )
    return add_definition(database, editor, _SORT, lambda connection: made, now=now, request=request)


def change_season(
    database: Database, editor: Editor, season_id: UUID, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> SeasonRow:
    """Change a season: all of it before it begins; while it runs not its start, and its end not to before now; then its words.

    Args:
        wanted: values by the names of `SeasonRow`'s fields, `multipliers` as JSON (see `rules.write_multipliers`).

    Raises:
        SeasonClosed: it has come too far for that.
        Invalid, SeasonsOverlap, UnknownTopic: as for a new one.
        DomainError: see `change_definition`.
    """
    return change_definition(database, editor, _SORT, season_id, wanted, expected=expected, now=now)


def remove_season(database: Database, editor: Editor, season_id: UUID, *, expected: Expected, now: datetime) -> None:
    """Remove a season that hasn't begun.

    Raises:
        SeasonClosed: it has.
        Denied, Missing, PreconditionFailed: see `change_definition`.
    """

    def check(row: SeasonRow) -> None:
        status = season_status(row, now)
        if status is not SeasonStatus.PLANNED:
            raise SeasonClosed(season_status=status.value, reason="only one that hasn't begun can be removed")

    remove_definition(database, editor, _SORT, season_id, check, expected=expected, now=now)


def _changes(before: SeasonRow | None, after: SeasonRow) -> set[str]:
    names = ("title", "description", "starts_at", "ends_at", "multipliers")
    return set(names) if before is None else set(changes_of(before, {name: getattr(after, name) for name in names}))


def _require_open(before: SeasonRow, changes: set[str], now: datetime) -> None:
    status = season_status(before, now)
    if fixed := sorted(changes & _FIXED[status]):
        raise SeasonClosed(season_status=status.value, reason=f"its {fixed[0]} doesn't change any more")


def _require_alone(connection: Connection, made: SeasonRow) -> None:
    shared = select(season.c.id).where(season.c.starts_at < made.ends_at, season.c.ends_at > made.starts_at, season.c.id != made.id)
    other = connection.execute(shared.order_by(season.c.starts_at, season.c.id).limit(1)).scalar_one_or_none()
    if other is not None:
        raise SeasonsOverlap(season_id=other)
