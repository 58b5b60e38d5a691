"""What the ledger's tests add: the toy product's tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from laurels.core.database import Database, open_database
from laurels.ledger.writer import Writer
from ledger.toy import toy_tables, writing
from support.databases import fresh_database


@pytest.fixture
def toys(database: Database) -> Database:
    """A fresh database that has the toy product's tables too."""
    toy_tables.create_all(database.write)
    return database


@pytest.fixture
def writer(toys: Database) -> Iterator[Writer]:
    """A writer that runs."""
    with writing(toys) as running:
        yield running


@pytest.fixture
def sqlite_toys(tmp_path: Path) -> Iterator[tuple[Database, str]]:
    """A fresh SQLite database with the toy's tables, and its URL: for what only SQLite does."""
    with _toys_of("sqlite", tmp_path) as made:
        yield made


@pytest.fixture
def postgresql_toys(tmp_path: Path) -> Iterator[tuple[Database, str]]:
    """The same on PostgreSQL."""
    with _toys_of("postgresql", tmp_path) as made:
        yield made


@contextmanager
def _toys_of(kind: str, folder: Path) -> Iterator[tuple[Database, str]]:
    with fresh_database(kind, folder) as url:
        opened = open_database(url)
        toy_tables.create_all(opened.write)
        yield opened, url
        opened.dispose()
