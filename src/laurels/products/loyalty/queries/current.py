"""Reading by a program's settings as they are now, though they are kept in memory."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.products.loyalty.errors import ProgramChanged
from laurels.products.loyalty.queries.access import find_program
from laurels.products.loyalty.queries.configuration import Configuration, configuration_of, forget

T = TypeVar("T")

MAX_CHANGES = 5
"""How often settings may change while something is being read or decided."""


def require_current(database: Database, configuration: Configuration) -> None:
    """Check that settings that were read before are those of now: for what isn't compared in the ledger, as a refusal isn't.

    Raises:
        ProgramChanged: they are stale.
    """
    program = configuration.program
    with database.read.connect() as connection:
        found = find_program(connection, program.id)
    if found is None or found.version != program.version:
        raise ProgramChanged(program.id)


def read_current(database: Database, program_id: UUID, read: Callable[[Connection, Configuration], T]) -> T:
    """Read, and read again where the settings turn out to be stale (`ProgramChanged`).

    All of it is read as of one moment: a purse and its lots must agree.

    Raises:
        Missing: there is no such program.
        Unavailable: they change all the time.
    """
    for _ in range(MAX_CHANGES):
        configuration = configuration_of(database, program_id)
        try:
            with database.read.connect() as connection:
                if not database.is_sqlite:
                    connection.execution_options(isolation_level="REPEATABLE READ")
                return read(connection, configuration)
        except ProgramChanged:
            forget(database, program_id)
    raise Unavailable()
