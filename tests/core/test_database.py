"""Databases that are none, and what is left of what was erased."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError

from laurels.core.database import Database, fold_log, open_database

URLS = (
    "mysql://host/name",
    "sqlite://",
    "sqlite:///",
    "sqlite:///:memory:",
    "postgresql+nothing://host/name",
    "postgresql+pg8000://host/name",
)


@pytest.mark.parametrize("url", URLS)
def test_url_of_no_database_that_this_runs_on_is_refused(url: str) -> None:
    with pytest.raises(ArgumentError):
        open_database(url)


def test_nothing_erased_is_left_once_the_log_is_folded(tmp_path: Path) -> None:
    """The log keeps pages as they were, and a build of SQLite without secure_delete keeps them in the file, too."""
    database = open_database(f"sqlite:///{tmp_path / 'words.db'}")
    with database.write.begin() as connection:
        connection.execute(text("CREATE TABLE said (words TEXT)"))
        connection.execute(text("INSERT INTO said VALUES ('not for ever'), ('stays')"))
    with database.write.begin() as connection:
        connection.execute(text("UPDATE said SET words = '' WHERE words = 'not for ever'"))
    assert left(tmp_path, b"not for ever")
    assert fold_log(database)
    assert not left(tmp_path, b"not for ever") and left(tmp_path, b"stays")
    database.dispose()


def test_log_that_is_being_read_is_left_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("laurels.core.database.FOLDING_WAITS_MILLISECONDS", 10)
    database = open_database(f"sqlite:///{tmp_path / 'words.db'}")
    with database.write.begin() as connection:
        connection.execute(text("CREATE TABLE said (words TEXT)"))
    with database.read.connect() as reading:
        reading.execute(text("SELECT * FROM said")).all()
        with database.write.begin() as connection:
            connection.execute(text("INSERT INTO said VALUES ('later')"))
        assert not fold_log(database)
    assert fold_log(database)
    with database.write.connect() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == 30_000
    database.dispose()


def test_folding_is_sqlites_affair(database: Database) -> None:
    assert fold_log(database)


def test_quick_reads_stay_prepared_while_others_come_and_go(database: Database) -> None:
    if database.is_sqlite:
        assert database.quick is database.read
        return
    asked = text("SELECT CAST(:number AS integer) + 1")
    for number in range(10):
        with database.quick.connect() as connection:
            assert connection.execute(asked, {"number": number}).scalar_one() == number + 1
        with database.read.connect() as connection:
            connection.execute(asked, {"number": number})
    with database.quick.connect() as connection:
        prepared = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%+ 1'").scalar_one()
        opened = [connection.exec_driver_sql("SELECT transaction_timestamp()").scalar_one() for _ in range(2)]
    assert prepared == 1
    assert opened[0] < opened[1], "no transaction is around them"


def left(folder: Path, words: bytes) -> bool:
    """Whether any file of the database still has these words."""
    return any(words in path.read_bytes() for path in folder.glob("words.db*"))
