"""jobs set-aside and jobs retry."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner

from laurels.cli.app import app
from laurels.core.clock import Clock
from laurels.core.database import open_database
from laurels.core.ids import new_id
from laurels.core.migrate import upgrade
from laurels.ledger.outbox import list_set_aside
from laurels.ledger.tables import book, outbox_claim


@pytest.fixture
def url(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which the reader `post` gave up on entry 7."""
    url = f"sqlite:///{tmp_path / 'laurels.db'}"
    monkeypatch.setenv("LAURELS_DATABASE_URL", url)
    upgrade(url)
    database = open_database(url)
    with database.write.begin() as connection:
        number = connection.execute(insert(book).values(name="recognition", sequence=9, hash="0" * 64)).inserted_primary_key[0]
        connection.execute(
            insert(outbox_claim).values(
                id=new_id(),
                reader="post",
                book=number,
                after_sequence=6,
                after_position=0,
                to_sequence=7,
                to_position=0,
                holder=new_id(),
                lease_until=clock.now(),
                tries=12,
                error="ConnectError",
                set_aside_at=clock.now(),
            )
        )
    database.dispose()
    return url


def test_set_aside_facts_are_shown_with_their_reason(url: str) -> None:
    shown = json.loads(CliRunner().invoke(app, ["jobs", "set-aside", "--json"]).stdout)
    assert [(one["reader"], one["book"], one["sequence"], one["tries"], one["error"]) for one in shown] == [
        ("post", "recognition", 7, 12, "ConnectError")
    ]
    assert "ConnectError" in CliRunner().invoke(app, ["jobs", "set-aside"]).stdout


def test_retry_gives_a_readers_facts_their_tries_again(url: str) -> None:
    assert CliRunner().invoke(app, ["jobs", "retry", "another"]).stdout.splitlines()[-1] == "again=0"
    assert CliRunner().invoke(app, ["jobs", "retry", "post"]).stdout.splitlines()[-1] == "again=1"
    database = open_database(url)
    with database.read.connect() as connection:
        assert list_set_aside(connection) == []
    database.dispose()
    assert "Nothing was set aside." in CliRunner().invoke(app, ["jobs", "set-aside"]).output
