"""Which model the settings name, and what a process without one is spared."""

import subprocess
import sys

from fastapi import FastAPI
from pydantic import SecretStr, ValidationError
import pytest
from starlette.testclient import TestClient

from laurels.core.settings import Settings
from laurels.model import ModelPart, Role, open_model
from laurels.model.asking import Message
from support.applications import MakeApp
from support.openai_server import OpenAIServer


def test_without_key_and_address_there_is_none() -> None:
    assert open_model(Settings(_env_file=None)) is None


@pytest.mark.parametrize("given", [{"openai_api_key": SecretStr("sk-1")}, {"openai_base_url": "http://localhost:11434/v1"}])
def test_key_or_address_names_one(given: dict[str, object]) -> None:
    model = open_model(Settings(_env_file=None, model="llama3.2", model_max_tokens=90, **given))  # type: ignore[arg-type]
    assert model is not None
    assert (model.name, model.max_tokens) == ("llama3.2", 90)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("openai_base_url", "localhost:11434"),
        ("openai_base_url", "ftp://example.org/v1"),
        ("openai_base_url", "http://user:word@example.org/v1"),
        ("openai_base_url", "http://example.org/v1?key=word"),
        ("openai_base_url", "http:///v1"),
        ("openai_api_key", "sk-1 sk-2"),
        ("openai_api_key", "sk-1\n"),
        ("openai_api_key", "sk-ñ"),
        ("model", ""),
        ("model", "gpt 4o"),
        ("model_timeout_seconds", "0"),
        ("model_max_tokens", "1"),
    ],
)
def test_settings_that_cant_be_used_are_refused_without_quoting_secrets(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(_env_file=None, **{name: value})  # type: ignore[arg-type]
    (wrong,) = caught.value.errors(include_input=False, include_url=False)
    assert "word" not in wrong["msg"]
    assert "sk-" not in wrong["msg"]


def test_aliases_of_other_programs_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1234/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    settings = Settings(_env_file=None)
    assert (settings.openai_base_url, settings.openai_api_key.get_secret_value()) == ("http://localhost:1234/v1", "sk-1")


def test_process_without_a_model_doesnt_load_the_package() -> None:
    """That nothing else of the application loads it is a contract of rooms; this is about what opening does."""
    code = (
        "import sys, laurels.model\n"
        "from laurels.core.settings import Settings\n"
        "assert laurels.model.open_model(Settings(_env_file=None)) is None\n"
        "print([name for name in ('openai', 'httpx2', 'jiter') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "[]\n"


@pytest.mark.any_database
def test_application_holds_the_model_and_closes_it(make_app: MakeApp, openai_server: OpenAIServer) -> None:
    app = make_app(**openai_server.settings)
    _add_route(app)
    with TestClient(app) as client:
        assert client.get("/ask").json() == "Hello there."
    with pytest.raises(RuntimeError, match="closed"), TestClient(FastAPI()) as outside:
        outside.portal.call(app.state.model.complete, [Message(Role.USER, "Hi")])  # type: ignore[union-attr]


@pytest.mark.any_database
def test_application_without_one_says_so(make_app: MakeApp) -> None:
    app = make_app()
    _add_route(app)
    with TestClient(app) as client:
        assert client.get("/ask").json() is None


def _add_route(app: FastAPI) -> None:
    @app.get("/ask")
    async def ask(model: ModelPart) -> str | None:
        return (await model.complete([Message(Role.USER, "Hi")])).text if model else None
