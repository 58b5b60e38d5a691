"""Alembic runs this for each command, on the connection that `laurels.core.migrate` opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our own types as the plain ones below them, so that a migration outlives today's classes."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_item=render_item,
    render_as_batch=True,  # SQLite alters little in place: Alembic copies the table there
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
