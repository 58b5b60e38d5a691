"""How a list of what staff set is added to and changed: the same way for topics, goals, quests, badges, seasons and reactions.

A kind's own module says what its rows may be. Nothing here is deleted:
activities of the past keep the names of what they were done for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from uuid import UUID, uuid5

import orjson
from sqlalchemy import Connection, delete, func, insert, select, update

from laurels.core.database import Database
from laurels.core.rows import table_of
from laurels.identity.editing import Change, Editor, Saved, changes_of, put_on_record
from laurels.ledger.writer import RequestKey
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.opening import hold_settings, raise_version
from laurels.products.progress.errors import ListFull, NameTaken, UnknownTopic
from laurels.products.progress.queries.configuration import forget
from laurels.products.progress.queries.definitions import Kind, get_definition
from laurels.products.progress.rules import ActivityType
from laurels.products.progress.tables import progress_topic
from laurels.web.etags import Expected

R = TypeVar("R")

_NAMESPACE = UUID("6f6c1d2e-5a0b-4a57-9d0c-2f1f6b7f0c11")
"""Of the ids by which the ledger knows what has a name and no id."""

_UNTOLD = frozenset({"version", "created_at", "updated_at"})
"""Columns that the log of changes doesn't repeat."""


@dataclass(frozen=True, slots=True)
class Sort(Generic[R]):
    """A kind of what staff set, and what its rows may be.

    Attributes:
        check: refuses a row: it gets the row before (None for a new one), the row after, and the time.
        most_active: as many as may be active; None: none can be put aside.
        plural: several of them, in a refusal.
    """

    kind: Kind[R]
    check: Callable[[Connection, R | None, R, datetime], None]
    plural: str = ""
    most_active: int | None = None


def add_definition(
    database: Database,
    editor: Editor,
    sort: Sort[R],
    make: Callable[[Connection], R],
    *,
    now: datetime,
    request: RequestKey | None = None,
) -> Saved:
    """Add to a list.

    Args:
        make: gives the row, at version 1.

    Raises:
        Denied: the editor isn't of the staff.
        NameTaken: another has its lasting name.
        ListFull: there are too many.
        DomainError: what the kind's check refuses.
    """
    kind = sort.kind
    with database.write.begin() as connection:
        held = hold_settings(connection, editor, now)
        made = make(connection)
        change = _change(kind, made, "added", after={name: value for name, value in _columns(made).items() if name not in _UNTOLD})
        noted = put_on_record(connection, editor, change, now=now, request=request)
        if not noted.is_replay:
            _require_new(connection, kind, made)
            _require_room(connection, sort, is_active=getattr(made, "is_active", True), is_new=True)
            sort.check(connection, None, made, now)
            connection.execute(insert(table_of(kind.row)).values(_columns(made)))
            raise_version(connection, held, now)
    forget(database)
    return Saved(noted.answer.id, 1, noted.is_replay)


def change_definition(
    database: Database, editor: Editor, sort: Sort[R], key: Any, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> R:
    """Change one of a list, or put it aside and take it back by `is_active`.

    Args:
        key: its lasting name, or its id.
        wanted: values by the names of the row's fields.

    Raises:
        Denied: the editor isn't of the staff.
        Missing: there is none.
        PreconditionFailed: it was changed since.
        ListFull: it is to be active again, and as many as can be are.
        DomainError: what the kind's check refuses.
    """
    kind = sort.kind
    with database.write.begin() as connection:
        held = hold_settings(connection, editor, now)
        before = get_definition(connection, kind, key)
        version = _version(before)
        expected.check(version)
        changes = changes_of(before, wanted)
        if not changes:
            return before
        changed: R = replace(cast(Any, before), **changes, version=version + 1, updated_at=now)
        if changes.get("is_active"):
            _require_room(connection, sort, is_active=True)
        sort.check(connection, before, changed, now)
        _write(connection, kind, key, changed)
        was = {name: getattr(before, name) for name in changes}
        put_on_record(connection, editor, _change(kind, changed, "changed", before=was, after=changes), now=now)
        raise_version(connection, held, now)
    forget(database)
    return changed


def remove_definition(
    database: Database, editor: Editor, sort: Sort[R], key: Any, check: Callable[[R], None], *, expected: Expected, now: datetime
) -> None:
    """Remove one of a list that nothing refers to yet.

    Args:
        check: refuses to remove a row.

    Raises:
        Denied, Missing, PreconditionFailed: see `change_definition`.
        DomainError: what `check` refuses.
    """
    kind = sort.kind
    with database.write.begin() as connection:
        held = hold_settings(connection, editor, now)
        before = get_definition(connection, kind, key)
        expected.check(_version(before))
        check(before)
        table = table_of(kind.row)
        connection.execute(delete(table).where(table.c[kind.key] == key))
        put_on_record(connection, editor, _change(kind, before, "removed", after={}), now=now)
        raise_version(connection, held, now)
    forget(database)


def next_position(connection: Connection, kind: Kind[Any]) -> int:
    """The place after all others."""
    last: int = connection.execute(select(func.coalesce(func.max(table_of(kind.row).c.position), 0))).scalar_one()
    return last + 1


def require_topics(connection: Connection, *topics: str | None) -> None:
    """Check that topics can be named; None is none.

    Raises:
        UnknownTopic: one isn't in the list, or was put aside.
    """
    known = set(connection.execute(select(progress_topic.c.slug).where(progress_topic.c.is_active)).scalars())
    for topic in topics:
        if topic is not None and topic not in known:
            raise UnknownTopic(topic=topic)


def types_json(activity_types: Sequence[ActivityType]) -> str:
    """Types of activities as a row keeps them."""
    return orjson.dumps(sorted(each.value for each in activity_types)).decode()


def _write(connection: Connection, kind: Kind[R], key: Any, changed: R) -> None:
    table = table_of(kind.row)
    written = connection.execute(update(table).where(table.c[kind.key] == key).values(_columns(changed)))
    if not written.rowcount:  # one that came with an upgrade
        connection.execute(insert(table).values(_columns(changed)))


def _version(row: Any) -> int:
    version: int = row.version
    return version


def _columns(row: Any) -> dict[str, Any]:
    return asdict(row)


def _change(kind: Kind[R], row: R, done: str, *, after: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> Change:
    key = getattr(row, kind.key)
    about = key if isinstance(key, UUID) else uuid5(_NAMESPACE, f"{kind.noun}/{key}")
    return Change(BOOK, f"{kind.noun}/{key}", about, f"{kind.noun}.{done}", before or {}, after)


def _require_new(connection: Connection, kind: Kind[R], made: R) -> None:
    table, key = table_of(kind.row), getattr(made, kind.key)
    if connection.execute(select(table.c[kind.key]).where(table.c[kind.key] == key)).one_or_none() is not None:
        raise NameTaken(what=kind.noun, name=str(key))


def _require_room(connection: Connection, sort: Sort[R], *, is_active: bool, is_new: bool = False) -> None:
    table = table_of(sort.kind.row)
    counted = select(func.count()).select_from(table)
    if is_new and connection.execute(counted).scalar_one() >= sort.kind.most:
        raise ListFull(what=sort.plural, limit=sort.kind.most)
    if not is_active or sort.most_active is None:
        return
    if connection.execute(counted.where(table.c.is_active)).scalar_one() >= sort.most_active:
        raise ListFull(what=f"active {sort.plural}", limit=sort.most_active)
