"""Rules that ship: tiers and levels are data, in a JSON file each; the rest is what `Rules` says by itself."""

from functools import cache
from pathlib import Path

from laurels.products.progress.rules.document import Rules

PRESETS = ("thrive", "garden")
"""Their names."""
DEFAULT_PRESET = "thrive"
"""What counts until staff choose."""

_FOLDER = Path(__file__).parent


@cache
def preset(name: str) -> Rules:
    """The rules of a preset; read from the disk once.

    Raises:
        LookupError: no preset has that name.
    """
    if name not in PRESETS:
        raise LookupError(f"no preset is called {name!r}")
    return Rules.model_validate_json((_FOLDER / f"{name}.json").read_bytes())
