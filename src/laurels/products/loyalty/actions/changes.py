"""How a program's settings are changed: plain rows, written while the program's book is held.

    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        noted = note(connection, editor, held, about=made_id, action="reward.added", ...)
        if not noted.is_replay:
            require_open(held)
            connection.execute(insert(reward)...)
            raise_version(connection, held, now)

No decision of the program runs meanwhile, and the next one sees the new
version of the program, by which it knows that what it was made of is stale.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, select, update

from laurels.core.errors import Invalid, Missing
from laurels.identity.audit_log import State, new_action
from laurels.identity.tables import StaffAction
from laurels.ledger.writer import Posted, Proposal, RequestKey, hold_book, post_within
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.bounds import MAX_AHEAD_DAYS
from laurels.products.loyalty.decisions.settings import Changed, ChangeSettings
from laurels.products.loyalty.errors import Archived, TooMany
from laurels.products.loyalty.queries.access import find_program, require_program_admin, subject_of
from laurels.products.loyalty.rules.purchases import EARLIEST
from laurels.products.loyalty.tables import Program, program
from laurels.web.caller import Caller

_WORDS = frozenset({"name", "description", "unit_name", "voucher_pattern", "categories"})
"""What people wrote: the log of changes tells that it changed, and not to what."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes settings, and from where.

    Attributes:
        caller: the member; None for the command line, which may do all.
        address_hash: a keyed hash of where the request came from.
    """

    caller: Caller | None = None
    address_hash: str = ""

    @property
    def member_id(self) -> UUID | None:
        """The member's id; None for the command line."""
        return None if self.caller is None else self.caller.member_id

    @property
    def actor(self) -> str:
        """Whose entries these are, as the ledger tells it."""
        return "system" if self.caller is None else self.caller.actor


OPERATOR = Editor()
"""Whoever runs the command line."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a change made.

    Attributes:
        id: the new program's, campaign's or reward's.
        number: the version of new terms; else 0.
        is_replay: whether an earlier request with this key made it.
    """

    id: UUID
    number: int
    is_replay: bool


def hold_program(connection: Connection, editor: Editor, program_id: UUID) -> Program:
    """The program as it is, for whoever may change it; until the transaction ends nobody else changes it or decides in it.

    Raises:
        Missing: there is none that they may know of.
        Denied: they may see it, and not change it.
    """
    if editor.caller is not None:
        require_program_admin(connection, editor.caller, program_id)
    elif find_program(connection, program_id) is None:
        raise Missing(what="program")
    hold_book(connection, book_of(program_id))
    held = find_program(connection, program_id)  # as it is now: until the book was ours it could change
    assert held is not None, "programs are never deleted"
    return held


def require_open(held: Program) -> None:
    """Check that a program may still change.

    Raises:
        Archived: it may not.
    """
    if held.status == "archived":
        raise Archived()


def note(
    connection: Connection,
    editor: Editor,
    held: Program,
    *,
    about: UUID,
    action: str,
    after: Mapping[str, Any],
    now: datetime,
    before: Mapping[str, Any] | None = None,
    number: int = 0,
    request: RequestKey | None = None,
) -> Posted[Changed]:
    """Put a change on record, in the program's book and the log of changes; tells whether its request was done before.

    Raises:
        KeyReused: the key came with another request.
    """
    audit = audit_row(editor, held.id, action=action, before=before or {}, after={"id": str(about), **after}, now=now)
    decision = ChangeSettings(book_of(held.id), about, audit, number)
    return post_within(connection, Proposal(decision, now, editor.actor, request), now)


def audit_row(
    editor: Editor, program_id: UUID, *, action: str, after: Mapping[str, Any], now: datetime, before: Mapping[str, Any] | None = None
) -> StaffAction:
    """The row of the log of changes: numbers and statuses as they were and are, of words only that they changed."""
    return new_action(
        actor_id=editor.member_id,
        action=action,
        subject=subject_of(program_id),
        before=_told(before or {}),
        after=_told(after),
        now=now,
        address_hash=editor.address_hash,
    )


def raise_version(connection: Connection, held: Program, now: datetime, **values: Any) -> None:
    """Change a program's row, and count its version up: what was decided by the old settings is then seen to be stale."""
    connection.execute(update(program).where(program.c.id == held.id).values(version=held.version + 1, updated_at=now, **values))


def changes_of(row: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Of the wanted values, those that differ from a row's."""
    return {name: value for name, value in wanted.items() if getattr(row, name) != value}


def require_room(connection: Connection, table: Table, *conditions: Any, limit: int, what: str) -> None:
    """Check that a list isn't full.

    Raises:
        TooMany: it is.
    """
    if connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one() >= limit:
        raise TooMany(what=what, limit=limit)


def require_near(at: datetime | None, now: datetime, *, field: str) -> None:
    """Check that an instant isn't out of all proportion.

    Raises:
        Invalid: it lies too far ahead, or in another age.
    """
    if at is not None and not EARLIEST <= at <= now + timedelta(days=MAX_AHEAD_DAYS):
        raise Invalid(field=field, reason=f"send an instant since {EARLIEST.year} and at most {MAX_AHEAD_DAYS} days ahead")


def _told(values: Mapping[str, Any]) -> State:
    return {name: "changed" if name in _WORDS else _scalar(value) for name, value in values.items()}


def _scalar(value: Any) -> str | int | bool | None:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool) else str(value)
