"""`.env.example` as it should be, from the settings themselves. Run this file to write it."""

from decimal import Decimal
from pathlib import Path
import sys
import textwrap

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo

from laurels.core.settings import Settings

HEAD = """\
# Settings of Laurels, with their defaults. Copy this file to .env and uncomment what you change.
# Variables of the environment win over .env. Durations and limits name their unit.
"""


def render_example() -> str:
    """The file's text: for each setting what it does, its other name if any, and its default, commented out."""
    return HEAD + "".join(f"\n{_paragraph(name, field)}" for name, field in Settings.model_fields.items())


def _paragraph(name: str, field: FieldInfo) -> str:
    told = textwrap.wrap(str(field.description), 110)
    variable = f"LAURELS_{name.upper()}"
    if isinstance(field.validation_alias, AliasChoices):
        others = [str(choice) for choice in field.validation_alias.choices if choice != variable]
        told.append(f"Also read from {', '.join(others)}.")
    return "".join(f"# {line}\n" for line in told) + f"# {variable}={_written(field.default)}\n"


def _written(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value) if isinstance(value, str | int | Decimal | Path) else repr(value)


if __name__ == "__main__":
    path = Path(__file__).parents[2] / ".env.example"
    path.write_text(render_example())
    sys.stdout.write(f"wrote {path.name}\n")
