"""Fixtures that every test may ask for. See CONTRIBUTING.md for how tests are run."""

from collections.abc import Iterator
from datetime import UTC, datetime
import os
from pathlib import Path
import signal
import sqlite3
from typing import Any

from fastapi import FastAPI
from playwright.sync_api import Browser
import pytest
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.core.settings import Settings
from support import run
from support.applications import MakeApp, make_app_with
from support.browsers import open_browser
from support.databases import drop_leftovers, empty_database, fresh_database
from support.members import MemberMaker, SignIn, sign_in_with
from support.postgres import server_version, stop_server
from support.servers import serving
from support.tracing import tracing_for
from support.workers import Scheduling

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""What the tests' clock says unless told otherwise: a Friday, in the middle of nothing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--databases", default=",".join(run.DATABASES), help="Comma-separated: the databases that tests run on (sqlite,postgresql)."
    )


def pytest_configure(config: pytest.Config) -> None:
    run.forget_settings()
    if not hasattr(config, "workerinput"):
        files = run.open_folder() / "files"
        files.mkdir(exist_ok=True)
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(files))  # where tmp_path is
        # `timeout` and CI stop a run by SIGTERM: end it like Ctrl-C, so that the server is stopped too.
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput") or run.FOLDER_VARIABLE not in os.environ:
        return
    if run.SERVER_VARIABLE in os.environ:
        drop_leftovers()
    else:
        stop_server()
    run.remove_folder()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with tracing_for(item.nodeid):
        return (yield)


def pytest_report_header(config: pytest.Config) -> str:
    names = {"sqlite": f"SQLite {sqlite3.sqlite_version}", "postgresql": _postgres_name()}
    return "databases: " + ", ".join(names[kind] for kind in _databases(config))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = _databases(metafunc.config)
        if metafunc.definition.get_closest_marker("any_database"):
            kinds = kinds[:1]
        metafunc.parametrize("database_kind", kinds, indirect=True, scope="session")


def _databases(config: pytest.Config) -> list[str]:
    chosen = [name.strip() for name in config.getoption("--databases").split(",")]
    if unknown := set(chosen) - set(run.DATABASES):
        raise pytest.UsageError(f"--databases knows {', '.join(run.DATABASES)}, not {', '.join(sorted(unknown))}")
    return chosen


def _postgres_name() -> str:
    if run.SERVER_VARIABLE in os.environ:
        return f"PostgreSQL {server_version()} (the one that {run.SERVER_VARIABLE} names)"
    return "PostgreSQL 18 (started for this run)"


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`: a test that asks for a database runs once on each."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with the whole schema: for other processes."""
    with fresh_database(database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def empty_database_url(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with nothing in it."""
    with empty_database(database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with the whole schema and no rows."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands at 2026-11-20 10:00 UTC until told."""
    return FixedClock(NOW)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Default settings on the test's own database and folder; rate limits are off."""
    values: dict[str, Any] = {
        "home": tmp_path / "home",
        "database_url": database_url,
        "secret_key": "s" * 64,
        "rate_limits": False,
        "worker": "outside",
    }
    return Settings(_env_file=None, **values)


@pytest.fixture
def make_member(database: Database, clock: FixedClock) -> MemberMaker:
    """`make_member("7", role="staff", password="...")` writes a member and gives its row."""
    return MemberMaker(database, clock)


@pytest.fixture
def sign_in(database: Database, settings: Settings, clock: FixedClock) -> SignIn:
    """`sign_in(member)` begins a session and gives its `headers` (API) and `cookies` (pages)."""
    return sign_in_with(database, settings, clock)


@pytest.fixture
def make_app(settings: Settings, clock: FixedClock) -> MakeApp:
    """`make_app(rate_limits=True)`: an application on the test's database with settings changed."""
    return make_app_with(settings, clock)


@pytest.fixture
def app(make_app: MakeApp) -> FastAPI:
    """The whole application on the test's database and clock; `client` or `server` runs it."""
    return make_app()


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """Requests in process, one after another; the application's lifespan runs around the test."""
    with TestClient(app, follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def server(app: FastAPI) -> Iterator[str]:
    """The address of a real server that runs the application: for parallel requests, streams and browsers."""
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, for the tests of one file; see `server` for what it may look at."""
    with open_browser() as opened:
        yield opened
