from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.database import Database, open_database
from laurels.core.migrate import upgrade
from laurels.ledger.writer import Writer
from laurels.web.app import build_app
from web.conftest import MakeContext


def test_alive_without_a_database(web: TestClient) -> None:
    assert web.get("/healthz").json() == {"status": "alive"}


def test_ready_when_all_is(make_context: MakeContext, empty_database_url: str, clock: FixedClock) -> None:
    upgrade(empty_database_url)
    database = open_database(empty_database_url)
    writer = Writer(database, clock)
    app = build_app(make_context(database=database, writer=writer))
    writer.start()
    try:
        assert TestClient(app).get("/readyz").json() == {"status": "ready"}
    finally:
        writer.stop()
    _not_ready(app, database=True, schema=True, writer=False)


def test_not_ready_without_the_schema(make_context: MakeContext, empty_database_url: str, clock: FixedClock) -> None:
    app = build_app(make_context(database=open_database(empty_database_url)))
    _not_ready(app, database=True, schema=False, writer=False)


def test_not_ready_without_the_database(make_context: MakeContext, tmp_path: Path) -> None:
    gone: Database = open_database(f"sqlite:///{tmp_path}/no/such/folder/laurels.db")
    _not_ready(build_app(make_context(database=gone)), database=False, schema=False, writer=False)


def _not_ready(app: FastAPI, **parts: bool) -> None:
    answer = TestClient(app).get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert {name: answer.json()[name] for name in parts} == parts
