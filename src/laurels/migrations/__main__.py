"""Draw a migration from the models: `python -m laurels.migrations "what changes"`.

It brings a scratch database to the newest revision and writes down how the
models differ from that. Read what it wrote: it sees no renames and moves no data.
"""

from pathlib import Path
import sys
import tempfile

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from laurels.core.database import open_database
from laurels.core.migrate import latest_revision, make_config, upgrade
from laurels.migrations import all_tables


def draw_migration(about: str) -> None:
    """Write the next file in `versions`.

    Raises:
        SystemExit: nothing differs, or it isn't said what changes.
    """
    if not about.strip():
        raise SystemExit('say what changes: make migration ABOUT="..."')
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'scratch.db'}"
        upgrade(url)
        database = open_database(url, pool_size=1)
        with database.read.connect() as connection:
            if not compare_metadata(MigrationContext.configure(connection), all_tables()):
                raise SystemExit("the models have nothing that the migrations lack")
            config = make_config(connection)
            config.attributes["metadata"] = all_tables()
            command.revision(config, message=about, rev_id=f"{int(latest_revision() or 0) + 1:04d}", autogenerate=True)
        database.dispose()


if __name__ == "__main__":
    draw_migration(" ".join(sys.argv[1:]))
