"""New versions of a program's terms; no version ever changes."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, insert, select

from laurels.core.database import Database
from laurels.core.errors import Invalid
from laurels.identity.editing import Editor, Saved, require_near
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions.changes import hold_program, note, raise_version, require_open
from laurels.products.loyalty.bounds import MAX_VERSIONS
from laurels.products.loyalty.errors import TooMany
from laurels.products.loyalty.queries.configuration import forget
from laurels.products.loyalty.rules.terms import Terms
from laurels.products.loyalty.tables import ProgramTerms, program_terms
from laurels.web.etags import PreconditionFailed


def add_terms(
    database: Database,
    editor: Editor,
    program_id: UUID,
    terms: Terms,
    *,
    valid_from: datetime | None,
    now: datetime,
    request: RequestKey | None = None,
    after_version: int | None = None,
) -> Saved:
    """Add a version that holds from an instant on: now, where none is given. Purchases before it go by the versions before.

    Args:
        after_version: the last version that the editor knew of, where it matters: two who edit at once don't undo each other.

    Raises:
        Missing, Denied: see `hold_program`.
        Archived: the program doesn't change any more.
        Invalid: `valid_from` has passed, or lies too far ahead.
        TooMany: there are too many versions.
        PreconditionFailed: there is a later version than `after_version`.
    """
    begins = valid_from or now
    with database.write.begin() as connection:
        held = hold_program(connection, editor, program_id)
        number = _last_version(connection, program_id) + 1
        after = {"version": number, "valid_from": begins}
        noted = note(
            connection, editor, held, about=program_id, action="program.terms_added", after=after, now=now, number=number, request=request
        )
        if not noted.is_replay:
            require_open(held)
            if after_version is not None and number - 1 != after_version:
                raise PreconditionFailed()
            if begins < now:
                raise Invalid(field="valid_from", reason="send an instant that hasn't passed, or none for now")
            require_near(begins, now, field="valid_from")
            if number > MAX_VERSIONS:
                raise TooMany(what="versions of its terms", limit=MAX_VERSIONS)
            insert_terms(connection, program_id, terms, version=number, valid_from=begins, by=editor.member_id, now=now)
            raise_version(connection, held, now)
    forget(database, program_id)
    return Saved(noted.answer.id, noted.answer.number, noted.is_replay)


def insert_terms(
    connection: Connection, program_id: UUID, terms: Terms, *, version: int, valid_from: datetime | None, by: UUID | None, now: datetime
) -> None:
    """Write a version as it is."""
    row = ProgramTerms(program_id, version, valid_from, terms.model_dump_json(), by, now)
    connection.execute(insert(program_terms).values(asdict(row)))


def _last_version(connection: Connection, program_id: UUID) -> int:
    last: int = connection.execute(select(func.max(program_terms.c.version)).where(program_terms.c.program == program_id)).scalar_one()
    return last
