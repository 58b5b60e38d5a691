"""What the ledger's tests add: the toy product's tables."""

from collections.abc import Iterator

import pytest

from laurels.core.database import Database
from laurels.ledger.writer import Writer
from ledger.toy import toy_tables, writing


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
