"""The fixtures themselves: a database is fresh, and is the one that was asked for."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from laurels.core.database import Database
from laurels.core.settings import Settings
from laurels.migrations import all_tables
from support.databases import empty_database, fresh_database


def test_database_has_the_whole_schema_and_is_of_the_kind_asked_for(database: Database, database_kind: str) -> None:
    assert database.write.dialect.name == database_kind
    assert set(inspect(database.read).get_table_names()) == set(all_tables().tables)


def test_settings_name_the_same_database(settings: Settings, database_url: str) -> None:
    assert settings.resolved_database_url == database_url


def test_each_database_is_fresh(database_kind: str, tmp_path: Path) -> None:
    with fresh_database(database_kind, tmp_path) as first, fresh_database(database_kind, tmp_path) as second:
        engines = [create_engine(first), create_engine(second)]
        with engines[0].begin() as connection:
            connection.execute(text("CREATE TABLE left_behind (id integer)"))
        found = ["left_behind" in inspect(engine).get_table_names() for engine in engines]
        for engine in engines:
            engine.dispose()
    assert found == [True, False]


def test_empty_database_has_no_tables(database_kind: str, tmp_path: Path) -> None:
    with empty_database(database_kind, tmp_path) as url:
        engine = create_engine(url)
        assert inspect(engine).get_table_names() == []
        engine.dispose()


def test_a_database_that_is_handed_on_has_no_rows_and_counts_from_one(tmp_path: Path) -> None:
    insert = text("INSERT INTO book (name, sequence, hash) VALUES ('left', 0, '') RETURNING id")
    seen = []
    for _ in range(2):
        with fresh_database("postgresql", tmp_path) as url:
            engine = create_engine(url)
            with engine.begin() as connection:
                seen.append((url, connection.scalar(insert)))
            engine.dispose()
    assert seen[0] == seen[1]
    assert seen[0][1] == 1


@pytest.mark.parametrize(
    "change", ["ALTER TABLE posting DROP CONSTRAINT ck_posting_amount_positive", "CREATE SCHEMA x CREATE TABLE t (i int)"]
)
def test_a_database_whose_schema_was_changed_is_not_handed_on(tmp_path: Path, change: str) -> None:
    urls = []
    for _ in range(2):
        with fresh_database("postgresql", tmp_path) as url:
            urls.append(url)
            engine = create_engine(url)
            with engine.begin() as connection:
                connection.execute(text(change))
            engine.dispose()
    assert urls[0] != urls[1]
