"""A served community, for requests to be about."""

from collections.abc import Iterator

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
import pytest

from api.town import Town
from laurels.core.database import Database
from laurels.core.migrate import make_config
from support.members import MemberMaker, SignIn


@pytest.fixture
def town(server: str, database: Database, make_member: MemberMaker, sign_in: SignIn) -> Iterator[Town]:
    """The community that `server` serves."""
    mark_as_migrated(database)
    opened = Town(server, make_member, sign_in)
    yield opened
    opened.close()


def mark_as_migrated(database: Database) -> None:
    """Write the revision into a database whose tables were made without migrations, so that it is ready to serve."""
    with database.write.begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory.from_config(make_config()), "head")
