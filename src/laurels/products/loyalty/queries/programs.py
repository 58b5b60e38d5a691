"""Programs and the versions of their terms."""

from uuid import UUID

from sqlalchemy import Connection, select, tuple_

from laurels.core.errors import Missing
from laurels.products.loyalty.queries.access import visible_to
from laurels.products.loyalty.tables import Program, ProgramTerms, membership, program, program_admin, program_terms
from laurels.web.caller import Caller


def list_programs(
    connection: Connection,
    caller: Caller,
    *,
    limit: int,
    after: tuple[str, UUID] | None = None,
    status: str | None = None,
    only_joined: bool = False,
    only_run: bool = False,
) -> list[Program]:
    """The programs that a member may know of, by name; `after` is the (name, id) of the last one of the page before.

    Args:
        only_joined: those that they are a member of now.
        only_run: those that name them as an admin.
    """
    wanted = select(program).where(visible_to(caller))
    who = caller.member_id
    if status is not None:
        wanted = wanted.where(program.c.status == status)
    if only_joined:
        joined = select(membership.c.program).where(membership.c.member == who, membership.c.status == "active")
        wanted = wanted.where(program.c.id.in_(joined))
    if only_run:
        wanted = wanted.where(program.c.id.in_(select(program_admin.c.program).where(program_admin.c.member == who)))
    if after is not None:
        wanted = wanted.where(tuple_(program.c.name, program.c.id) > tuple_(*after, types=[program.c.name.type, program.c.id.type]))
    return [Program(*row) for row in connection.execute(wanted.order_by(program.c.name, program.c.id).limit(limit))]


def list_all_programs(connection: Connection, *, limit: int) -> list[Program]:
    """Every program by name, for the command line."""
    return [Program(*row) for row in connection.execute(select(program).order_by(program.c.name, program.c.id).limit(limit))]


def list_terms(connection: Connection, program_id: UUID, *, limit: int, before: int | None = None) -> list[ProgramTerms]:
    """The versions of a program's terms, the last one first; `before` is the number of the last one of the page before."""
    wanted = select(program_terms).where(program_terms.c.program == program_id)
    if before is not None:
        wanted = wanted.where(program_terms.c.version < before)
    return [ProgramTerms(*row) for row in connection.execute(wanted.order_by(program_terms.c.version.desc()).limit(limit))]


def get_terms(connection: Connection, program_id: UUID, version: int) -> ProgramTerms:
    """One version of a program's terms.

    Raises:
        Missing: there is no such version.
    """
    wanted = select(program_terms).where(program_terms.c.program == program_id, program_terms.c.version == version)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        raise Missing(what="version")
    return ProgramTerms(*row)
