"""Fresh databases in milliseconds: the schema is made once a run and then copied.

SQLite copies a file, PostgreSQL a template database.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
import os
from pathlib import Path
import shutil

from sqlalchemy import URL, Engine, create_engine, make_url, text

from laurels.core.database import open_database
from laurels.migrations import all_tables
from support.postgres import server_url
from support.run import open_folder, taking_turns

_numbers = count(1)


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database that has the whole schema and no rows."""
    if kind == "sqlite":
        path = folder / f"laurels-{next(_numbers)}.db"
        shutil.copyfile(_sqlite_template(), path)
        yield f"sqlite:///{path}"
    else:
        with _postgres_database(template=_postgres_template()) as url:
            yield url


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database with nothing in it: for migrations."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / f'empty-{next(_numbers)}.db'}"
    else:
        with _postgres_database(template="template0") as url:
            yield url


def drop_leftovers() -> None:
    """Drop what this run made on a server that lives on."""
    engine = _administrator()
    with engine.connect() as connection:
        ours = text("SELECT datname FROM pg_database WHERE datname LIKE :prefix")
        for name in connection.scalars(ours, {"prefix": f"{_prefix()}%"}).all():
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    engine.dispose()


def _sqlite_template() -> Path:
    with taking_turns("sqlite") as note:
        template = note.with_suffix(".db")
        if not note.exists():
            database = open_database(f"sqlite:///{template}")
            all_tables().create_all(database.write)
            database.dispose()  # the last connection folds the WAL into the file
            note.touch()
        return template


def _postgres_template() -> str:
    name = f"{_prefix()}_template"
    with taking_turns("postgres-template") as note:
        if not note.exists():
            _create(name, "template0")
            database = open_database(_url(name))
            all_tables().create_all(database.write)
            database.dispose()
            note.touch()
        return name


@contextmanager
def _postgres_database(template: str) -> Iterator[str]:
    name = f"{_prefix()}_{os.getpid()}_{next(_numbers)}"
    _create(name, template)
    try:
        yield _url(name)
    finally:
        with _connected() as engine, engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


def _create(name: str, template: str) -> None:
    with _connected() as engine, engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))


@contextmanager
def _connected() -> Iterator[Engine]:
    engine = _administrator()
    try:
        yield engine
    finally:
        engine.dispose()


def _administrator() -> Engine:
    return create_engine(server_url(), isolation_level="AUTOCOMMIT")


def _url(name: str) -> str:
    return _rendered(server_url().set(database=name))


def _rendered(url: URL) -> str:
    return make_url(url).render_as_string(hide_password=False)


def _prefix() -> str:
    return open_folder().name.replace("-", "_").lower()
