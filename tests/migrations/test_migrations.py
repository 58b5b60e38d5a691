"""The migrations lead to exactly the schema that the models describe, on both databases, and back."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import re
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect, text

from laurels.core.database import Database, open_database
from laurels.core.migrate import current_revision, downgrade, is_current, latest_revision, upgrade
from laurels.migrations import versions
from laurels.migrations.__main__ import draw_migration

VERSIONS = Path(versions.__file__).parent

POSTGRES_CATALOGUE = """
    SELECT 'table', relname, '', relkind::text || coalesce(reloptions::text, '')
      FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'column', attrelid::regclass::text, attname,
           format_type(atttypid, atttypmod) || ' ' || attnotnull::text || ' ' || attidentity::text || ' ' || attcollation::text
           || ' ' || coalesce(pg_get_expr(adbin, adrelid), '') || ' ' || coalesce(col_description(attrelid, attnum), '')
      FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


def test_migrated_schema_is_the_models_schema(database: Database, empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.connect() as migrated, database.read.connect() as modelled:
        found, wanted = catalogue(migrated), catalogue(modelled)
    engine.dispose()
    assert found, "a schema was read at all"
    assert found ^ wanted == set()


def test_downgrade_leaves_nothing_and_upgrade_works_again(empty_database_url: str) -> None:
    assert upgrade(empty_database_url) == latest_revision()
    assert downgrade(empty_database_url, revision="base") is None
    engine = create_engine(empty_database_url)
    assert set(inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()
    assert upgrade(empty_database_url) == latest_revision()


def test_is_current_only_after_upgrade(empty_database_url: str) -> None:
    assert ask_current(empty_database_url) is False
    upgrade(empty_database_url)
    assert ask_current(empty_database_url) is True


def test_upgrade_by_several_at_once_runs_each_migration_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        revisions = list(threads.map(upgrade, [empty_database_url] * 4))
    assert revisions == [latest_revision()] * 4


def test_upgrade_twice_keeps_what_is_there(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO book (name, sequence, hash) VALUES ('kept', 0, '')"))
    upgrade(empty_database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM book")) == "kept"
    engine.dispose()


def test_boards_keep_what_accounts_held_before_their_index_had_a_column_of_its_own(empty_database_url: str) -> None:
    upgrade(empty_database_url, revision="0004")
    engine = create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO book (id, name, sequence, hash) VALUES (7, 'kept', 0, '')"))
        told = text(
            'INSERT INTO account (id, book, asset, owner, purpose, "window", nature, board, balance)'
            " VALUES (:id, 7, 'meter', 'member/1', 'standing', '', 'meter', :board, 5)"
        )
        connection.execute(told, [{"id": f"{number:032}", "board": bool(number)} for number in range(2)])
    for revision, held in (("0005", [None, 5]), ("0004", None), ("0005", [None, 5])):
        (upgrade if held else downgrade)(empty_database_url, revision=revision)
        with engine.connect() as connection:
            if held:
                assert list(connection.scalars(text("SELECT board_balance FROM account ORDER BY id"))) == held
            assert list(connection.scalars(text("SELECT balance FROM account ORDER BY id"))) == [5, 5]
    engine.dispose()


def test_upgrade_to_an_unknown_revision_changes_nothing(empty_database_url: str) -> None:
    with pytest.raises(Exception, match="9999"):
        upgrade(empty_database_url, revision="9999")
    assert ask_current(empty_database_url) is False


def ask_current(url: str) -> bool:
    database = open_database(url)
    with database.read.connect() as connection:
        current = is_current(connection)
        assert current == (current_revision(connection) == latest_revision())
    database.dispose()
    return current


def catalogue(connection: Connection) -> set[tuple[Any, ...]]:
    """All that the database itself says of its schema, but for Alembic's own table and the order of columns."""
    rows: set[tuple[Any, ...]]
    if connection.dialect.name == "sqlite":
        read = connection.execute(text("SELECT type, tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        rows = {(kind, table, name, *sorted_parts(sql)) for kind, table, name, sql in read}
    else:
        rows = {tuple(row) for row in connection.execute(text(POSTGRES_CATALOGUE))}
    return {row for row in rows if not any("alembic_version" in str(part) for part in row)}


def sorted_parts(statement: str) -> list[str]:
    """A CREATE statement's parts in alphabetical order: SQLite writes a column that is added on the last one's line."""
    parts = re.split(r"\n|,\s+(?![^()]*\))", statement)
    return sorted(part for one in parts if (part := re.sub(r"\s+", " ", one).strip(" ,\t")))


@pytest.mark.parametrize(("about", "told"), [("  ", "say what changes"), ("add nothing", "nothing that the migrations lack")])
def test_no_migration_is_drawn_without_a_reason(about: str, told: str) -> None:
    before = sorted(VERSIONS.iterdir())
    with pytest.raises(SystemExit, match=told):
        draw_migration(about)
    assert sorted(VERSIONS.iterdir()) == before
