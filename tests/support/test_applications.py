"""The fixtures for whole applications: in process and as a server, on the test's own database and clock."""

from fastapi import FastAPI
import httpx2
import pytest
from starlette.testclient import TestClient

from laurels.core.clock import FixedClock
from laurels.core.settings import Settings
from support.applications import MakeApp


def test_client_and_app_are_on_the_tests_database(client: TestClient, app: FastAPI, settings: Settings, clock: FixedClock) -> None:
    assert app.state.context.settings == settings
    assert app.state.context.clock is clock
    assert client.get("/no-such-page").status_code == 404


def test_server_answers_over_a_socket(server: str) -> None:
    assert httpx2.get(f"{server}/no-such-page").status_code == 404


def test_make_app_changes_settings_and_knows_no_others(make_app: MakeApp) -> None:
    assert make_app(community_name="Harbour").state.context.settings.community_name == "Harbour"
    with pytest.raises(TypeError, match="comunity"):
        make_app(comunity="Harbour")
