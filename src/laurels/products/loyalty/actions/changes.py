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
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Table, func, select, update

from laurels.core.errors import Missing
from laurels.identity.editing import Change, Changed, Editor, put_on_record
from laurels.ledger.writer import Posted, RequestKey, hold_book
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.errors import Archived, TooMany
from laurels.products.loyalty.queries.access import find_program, require_program_admin, subject_of
from laurels.products.loyalty.tables import Program, program


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
    change = Change(book_of(held.id), subject_of(held.id), about, action, before or {}, {"id": str(about), **after}, number)
    return put_on_record(connection, editor, change, now=now, request=request)


def raise_version(connection: Connection, held: Program, now: datetime, **values: Any) -> None:
    """Change a program's row, and count its version up: what was decided by the old settings is then seen to be stale."""
    connection.execute(update(program).where(program.c.id == held.id).values(version=held.version + 1, updated_at=now, **values))


def require_room(connection: Connection, table: Table, *conditions: Any, limit: int, what: str) -> None:
    """Check that a list isn't full.

    Raises:
        TooMany: it is.
    """
    if connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one() >= limit:
        raise TooMany(what=what, limit=limit)
