"""Fresh databases in milliseconds: the schema is made once a run and then copied.

SQLite copies a file. PostgreSQL copies a template database, and a test that
left its copy as it was, but for rows, hands it on emptied: that is ten times
quicker than another copy.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
import os
from pathlib import Path
import shutil

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from laurels.core.database import open_database
from laurels.migrations import all_tables
from support.postgres import server_url
from support.run import open_folder, taking_turns

_numbers = count(1)
_handed_on: list[str] = []
_kept: dict[str, Connection] = {}

SHAPE = """
    SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
        SELECT concat('class', oid, relnatts) FROM pg_class WHERE relname NOT LIKE 'pg_%'
        UNION ALL SELECT concat('constraint', oid, convalidated) FROM pg_constraint
        UNION ALL SELECT concat('trigger', oid, tgenabled) FROM pg_trigger WHERE NOT tgisinternal OR tgenabled <> 'O'
        UNION ALL SELECT concat('attribute', attrelid, '.', attname, attnotnull, atttypid) FROM pg_attribute
            WHERE attnum > 0 AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
        UNION ALL SELECT concat('function', oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS parts (part)
"""
"""What a database looks like, rows apart: a test that drops a constraint to forge a row mustn't hand that on.

By numbers, which copies of a template share: what is dropped and made again has another.
"""

FILLED = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
"""
"""The tables with a file that isn't empty. TRUNCATE leaves an empty one."""


@contextmanager
def fresh_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database that has the whole schema and no rows."""
    if kind == "sqlite":
        path = folder / f"laurels-{next(_numbers)}.db"
        shutil.copyfile(_sqlite_template(), path)
        yield f"sqlite:///{path}"
    else:
        with _handed_on_database() as url:
            yield url


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a database with nothing in it: for migrations."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / f'empty-{next(_numbers)}.db'}"
    else:
        name = _create("template0")
        try:
            yield _url(name)
        finally:
            _drop(name)


def drop_leftovers() -> None:
    """Drop what this run made on a server that lives on."""
    with _connected() as connection:
        ours = text("SELECT datname FROM pg_database WHERE datname LIKE :prefix")
        names = connection.scalars(ours, {"prefix": f"{_prefix()}%"}).all()
    for name in names:
        _drop(name)


def _sqlite_template() -> Path:
    with taking_turns("sqlite") as note:
        template = note.with_suffix(".db")
        if not note.exists():
            database = open_database(f"sqlite:///{template}")
            all_tables().create_all(database.write)
            database.dispose()  # the last connection folds the WAL into the file
            note.touch()
        return template


@contextmanager
def _handed_on_database() -> Iterator[str]:
    template, shape = _postgres_template()
    name = _handed_on.pop() if _handed_on else _create(template)
    try:
        yield _url(name)
    finally:
        if _empty(name, shape):
            _handed_on.append(name)
        else:
            _drop(name)


def _postgres_template() -> tuple[str, str]:
    """Its name and shape."""
    with taking_turns("postgres-template") as note:
        if not note.exists():
            name = _create("template0")
            database = open_database(_url(name))
            all_tables().create_all(database.write)
            database.dispose()
            with _connected(name) as connection:
                note.write_text(f"{name} {connection.scalar(text(SHAPE))}")
        name, shape = note.read_text().split()
        return name, shape


def _empty(name: str, shape: str) -> bool:
    """Take all rows out of a database that nobody uses any more; whether it is as new then."""
    connection = _kept_connection(name)
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    connection.execute(text(others))
    if connection.scalar(text(SHAPE)) != shape:
        return False
    if filled := connection.scalars(text(FILLED)).all():
        connection.execute(text(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE"))
    return True


def _kept_connection(name: str) -> Connection:
    """The connection that empties a database time after time: a new one would have to learn the whole schema first."""
    known = _kept.get(name)
    try:
        if known is not None:
            known.scalar(text("SELECT 1"))
            return known
    except DBAPIError:  # a test ended every connection but its own
        known.close()
    _kept[name] = create_engine(_url(name), isolation_level="AUTOCOMMIT", poolclass=NullPool).connect()
    return _kept[name]


def _create(template: str) -> str:
    name = f"{_prefix()}_{os.getpid()}_{next(_numbers)}"
    with _connected() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    return name


def _drop(name: str) -> None:
    if kept := _kept.pop(name, None):
        kept.close()
    with _connected() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))


@contextmanager
def _connected(name: str | None = None) -> Iterator[Connection]:
    url = server_url() if name is None else server_url().set(database=name)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _url(name: str) -> str:
    return server_url().set(database=name).render_as_string(hide_password=False)


def _prefix() -> str:
    return open_folder().name.replace("-", "_").lower()
