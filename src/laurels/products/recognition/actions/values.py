"""The list of what a recognition can be for: edited by staff, in plain transactions, because no book's state matters."""

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from laurels.core.errors import Missing
from laurels.identity.audit_log import record_action
from laurels.products.recognition.errors import TooManyValues
from laurels.products.recognition.rules import MAX_VALUES
from laurels.products.recognition.tables import RecognitionValue, recognition_value
from laurels.web.caller import Caller
from laurels.web.context import Context


def save_value(
    context: Context, caller: Caller, name: str, *, position: int | None, is_active: bool, address_hash: str
) -> tuple[RecognitionValue, bool]:
    """Add a value or change one; gives it, and whether it is new. Without a position it stays where it is, or comes last.

    Raises:
        TooManyValues: the list is full.
    """
    with context.database.write.begin() as connection:
        before = _find(connection, name)
        if before is None and _count(connection) >= MAX_VALUES:
            raise TooManyValues(limit=MAX_VALUES)
        if position is None:
            position = before.position if before else _last_position(connection) + 1
        saved = RecognitionValue(name, position, is_active)
        _upsert(connection, saved)
        record_action(
            connection,
            actor_id=caller.member_id,
            action="value.changed" if before else "value.added",
            subject=f"value/{name}",
            before=_state(before) if before else {},
            after=_state(saved),
            now=context.clock.now(),
            address_hash=address_hash,
        )
    return saved, before is None


def remove_value(context: Context, caller: Caller, name: str, *, address_hash: str) -> None:
    """Take a value off the list; recognitions that have it keep it.

    Raises:
        Missing: there is none.
    """
    with context.database.write.begin() as connection:
        before = _find(connection, name)
        if before is None:
            raise Missing(what="value")
        connection.execute(delete(recognition_value).where(recognition_value.c.name == name))
        record_action(
            connection,
            actor_id=caller.member_id,
            action="value.removed",
            subject=f"value/{name}",
            before=_state(before),
            after={},
            now=context.clock.now(),
            address_hash=address_hash,
        )


def _find(connection: Connection, name: str) -> RecognitionValue | None:
    row = connection.execute(select(recognition_value).where(recognition_value.c.name == name).with_for_update()).one_or_none()
    return None if row is None else RecognitionValue(*row)


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(recognition_value)).scalar_one()


def _last_position(connection: Connection) -> int:
    last: int = connection.execute(select(func.coalesce(func.max(recognition_value.c.position), 0))).scalar_one()
    return last


def _upsert(connection: Connection, value: RecognitionValue) -> None:
    # Two of the staff may add the same name at once: the later one wins, as if they had come one after the other.
    changed = {"position": value.position, "is_active": value.is_active}
    insert = sqlite.insert(recognition_value) if connection.dialect.name == "sqlite" else postgresql.insert(recognition_value)
    connection.execute(insert.values(name=value.name, **changed).on_conflict_do_update(index_elements=["name"], set_=changed))


def _state(value: RecognitionValue) -> dict[str, str | int | bool | None]:
    return {"position": value.position, "is_active": value.is_active}
