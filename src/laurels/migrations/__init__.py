"""The schema's history, one file a step in `versions`; run by `laurels.core.migrate`.

A migration runs on SQLite and PostgreSQL, says nothing of today's classes, and
is never edited once released: expand, backfill, contract. `make migration
ABOUT="what changes"` draws one from the models; tests hold the two together.
"""

from importlib import import_module
import pkgutil

from sqlalchemy import MetaData

from laurels.core.database import metadata


def all_tables() -> MetaData:
    """The metadata with every room's tables in it: imports each module of Laurels that is named `tables`."""
    rooms = import_module("laurels")
    for module in pkgutil.walk_packages(rooms.__path__, "laurels."):
        if module.name.endswith(".tables"):
            import_module(module.name)
    return metadata
