"""The command line, run in this process on the test's own database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from laurels.cli import app
from laurels.core.migrate import upgrade

Laurels = Callable[..., Any]
"""Runs a command; gives its `exit_code`, `stdout` and `stderr`."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Laurels]:
    """`run_on(url)("ledger", "verify")`: a command on a database; gives its exit code and output."""

    def on(url: str) -> Laurels:
        monkeypatch.setenv("LAURELS_HOME", str(home))
        monkeypatch.setenv("LAURELS_DATABASE_URL", url)
        monkeypatch.setenv("LAURELS_SECRET_KEY", "s" * 64)
        monkeypatch.chdir(home.parent)  # no .env of a checkout

        def laurels(*words: str) -> Any:
            return CliRunner().invoke(app, list(words), prog_name="laurels", catch_exceptions=False)

        return laurels

    return on


@pytest.fixture
def database_url(empty_database_url: str) -> str:
    """A database as the migrations leave it: commands look at its revision, which the suite's quicker copies lack."""
    upgrade(empty_database_url)
    return empty_database_url


@pytest.fixture
def laurels(run_on: Callable[[str], Laurels], database_url: str) -> Laurels:
    """A command on a migrated database."""
    return run_on(database_url)


@pytest.fixture
def laurels_on_empty(run_on: Callable[[str], Laurels], empty_database_url: str) -> Laurels:
    """A command on a database with nothing in it."""
    return run_on(empty_database_url)
