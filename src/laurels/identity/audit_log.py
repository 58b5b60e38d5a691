"""The log of what staff changed, written in the transaction of the change."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
import json
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Connection, insert, select

from laurels.core.ids import new_id
from laurels.identity.tables import StaffAction, staff_action

State: TypeAlias = Mapping[str, str | int | bool | None]
"""What was or is, as far as it changed: ids, numbers and statuses. Words and names don't belong here."""


def record_action(
    connection: Connection,
    *,
    actor_id: UUID | None,
    action: str,
    subject: str,
    before: State,
    after: State,
    now: datetime,
    address_hash: str = "",
) -> None:
    """Write who changed what, when, and from where (a keyed hash of the address; none for the command line, whose `actor_id` is None).

    `action` is a noun and a past participle (`recognition.reversed`),
    `subject` says what it was done to (`recognition/<id>`).
    """
    row = new_action(actor_id=actor_id, action=action, subject=subject, before=before, after=after, now=now, address_hash=address_hash)
    connection.execute(insert(staff_action).values(asdict(row)))


def new_action(
    *, actor_id: UUID | None, action: str, subject: str, before: State, after: State, now: datetime, address_hash: str = ""
) -> StaffAction:
    """The log's row alone: for a decision that records it with its entry."""
    return StaffAction(
        id=new_id(),
        recorded_at=now,
        actor_id=actor_id,
        action=action,
        subject=subject,
        before=_json(before),
        after=_json(after),
        address_hash=address_hash,
    )


def changed_from(action: StaffAction, before: State) -> StaffAction:
    """The same row with what was: for a decision, which alone knows that for sure."""
    return replace(action, before=_json(before))


def list_actions(
    connection: Connection, *, limit: int, before_id: UUID | None = None, actor_id: UUID | None = None, subject: str | None = None
) -> list[StaffAction]:
    """The log, newest first; `before_id` is the last one of the page before."""
    wanted = select(staff_action)
    if before_id is not None:
        wanted = wanted.where(staff_action.c.id < before_id)
    if actor_id is not None:
        wanted = wanted.where(staff_action.c.actor_id == actor_id)
    if subject is not None:
        wanted = wanted.where(staff_action.c.subject == subject)
    return [StaffAction(*row) for row in connection.execute(wanted.order_by(staff_action.c.id.desc()).limit(limit))]


def _json(state: State) -> str:
    return json.dumps(dict(state), sort_keys=True, separators=(",", ":"))
