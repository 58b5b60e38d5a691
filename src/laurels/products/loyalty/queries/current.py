"""Reading by a program's settings as they are now, though they are kept in memory."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from laurels.core.database import Database
from laurels.core.errors import Unavailable
from laurels.products.loyalty.errors import ProgramChanged
from laurels.products.loyalty.queries.configuration import Configuration, configuration_of, forget

T = TypeVar("T")

MAX_CHANGES = 5
"""How often settings may change while something is being read or decided."""


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
