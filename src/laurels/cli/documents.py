"""openapi: the API's description."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr
import typer

from laurels.cli.opening import read_settings
from laurels.cli.showing import say
from laurels.main import create_app


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command(epilog="Example: **laurels openapi > openapi.json**")(openapi)


def openapi() -> None:
    """Write the OpenAPI document to standard output. No database is needed."""
    with TemporaryDirectory() as folder:
        # Composing makes a key and a folder where there are none: a description should leave nothing behind.
        changes = {"home": Path(folder), "database_url": f"sqlite:///{folder}/none.db", "secret_key": SecretStr("only for the description")}
        settings = read_settings().model_copy(update=changes)
        document = create_app(settings).openapi()
    say(json.dumps(document, ensure_ascii=False, indent=2))
