"""Paid messages, as their writers see them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from laurels.core.errors import Missing
from laurels.products.pot.tables import PotMessage, pot_message


def get_message(connection: Connection, message_id: UUID) -> PotMessage:
    """A message, whoever wrote it.

    Raises:
        Missing: there is none.
    """
    row = connection.execute(select(pot_message).where(pot_message.c.id == message_id)).one_or_none()
    if row is None:
        raise Missing(what="message")
    return PotMessage(*row)


def get_own_message(connection: Connection, member_id: UUID, message_id: UUID) -> PotMessage:
    """A member's message.

    Raises:
        Missing: there is none, or another member wrote it.
    """
    found = get_message(connection, message_id)
    if found.member != member_id:
        raise Missing(what="message")
    return found


def list_history(
    connection: Connection, member_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None
) -> tuple[list[PotMessage], bool]:
    """A member's messages with their replies, newest first, and whether there are more."""
    columns = pot_message.c
    wanted = select(pot_message).where(columns.member == member_id)
    if before is not None:
        wanted = wanted.where(tuple_(columns.created_at, columns.id) < tuple_(*before, types=[columns.created_at.type, columns.id.type]))
    rows = connection.execute(wanted.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit + 1))
    found = [PotMessage(*row) for row in rows]
    return found[:limit], len(found) > limit
