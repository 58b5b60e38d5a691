"""Bring a database's schema to where this version of Laurels needs it.

The migrations themselves live in `laurels.migrations`, inside the package, so
that an installed Laurels carries them; this module only runs them.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text

from laurels.core.database import open_database

MIGRATIONS = "laurels:migrations"
"""Where Alembic finds them: a package and a folder in it."""

UPGRADE_LOCK = 0x6C61_7572
"""Key of the PostgreSQL advisory lock that lets one process migrate at a time."""


def upgrade(url: str, *, revision: str = "head") -> str | None:
    """Run every migration that a database lacks, in one transaction; gives the revision that it is at then.

    May be called by several processes at once and again at any time: the first
    works, the others wait and find nothing to do.
    """
    return _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, *, revision: str) -> str | None:
    """Undo migrations down to a revision (`base`: all of them, and all data with them); gives the revision then."""
    return _run(url, lambda config: command.downgrade(config, revision))


def current_revision(connection: Connection) -> str | None:
    """The revision that a database is at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def latest_revision() -> str | None:
    """The newest revision that this version of Laurels knows."""
    return ScriptDirectory.from_config(make_config()).get_current_head()


def is_current(connection: Connection) -> bool:
    """Whether a database has the schema that this version of Laurels needs."""
    return current_revision(connection) == latest_revision()


def make_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file; migrations run on the connection given."""
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def _run(url: str, step: Callable[[Config], None]) -> str | None:
    database = open_database(url, pool_size=1)
    if database.is_sqlite:
        # A changed table is copied, dropped and renamed: with foreign keys on, dropping would take other rows along.
        event.listen(database.write, "connect", _disable_foreign_keys)
    try:
        with database.write.begin() as connection:
            if database.write.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            step(make_config(connection))
            if database.is_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"the migration would leave {len(broken)} rows that refer to nothing, the first in {broken[0][0]}")
            return current_revision(connection)
    finally:
        database.dispose()


def _disable_foreign_keys(connection: Any, _: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
