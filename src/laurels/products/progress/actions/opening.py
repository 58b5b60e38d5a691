"""What staff set, held for a change: until their first one no row of it exists, and what ships counts.

    with database.write.begin() as connection:
        held = hold_settings(connection, editor, now)
        ...
        raise_version(connection, held, now)
    forget(database)

No decision of progress runs meanwhile, and the next one sees the new version,
by which it knows that what it was made by is stale.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from laurels.core.errors import Denied
from laurels.core.rows import table_of
from laurels.identity.editing import Editor
from laurels.ledger.writer import hold_book
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.queries.shipped import FIRST_VERSION, shipped_badges, shipped_goals, shipped_reactions, shipped_rules
from laurels.products.progress.tables import CONFIG, ProgressConfig, progress_config
from laurels.web.caller import Role


def hold_settings(connection: Connection, editor: Editor, now: datetime) -> ProgressConfig:
    """The version of what staff set; until the transaction ends nobody else changes it or decides by it.

    Where they set nothing yet, what ships is written down first, as version 1.

    Raises:
        Denied: the editor isn't of the staff.
    """
    if editor.caller is not None and not editor.caller.role.covers(Role.STAFF):
        raise Denied(needs=Role.STAFF.value)
    hold_book(connection, BOOK)
    row = connection.execute(select(progress_config).where(progress_config.c.id == CONFIG)).one_or_none()
    return ProgressConfig(*row) if row is not None else _open(connection, now)


def raise_version(connection: Connection, held: ProgressConfig, now: datetime, **values: Any) -> None:
    """Count the version up: what was decided by the old settings is then seen to be stale.

    Args:
        values: of `progress_config`, what else changes.
    """
    changed = update(progress_config).where(progress_config.c.id == CONFIG)
    connection.execute(changed.values(version=held.version + 1, updated_at=now, **values))


def _open(connection: Connection, now: datetime) -> ProgressConfig:
    opened = ProgressConfig(CONFIG, FIRST_VERSION, FIRST_VERSION, now)
    shipped: list[Sequence[Any]] = [[opened], [shipped_rules(now)], shipped_goals(now), shipped_badges(now), shipped_reactions(now)]
    for rows in shipped:
        connection.execute(insert(table_of(type(rows[0]))), [asdict(row) for row in rows])
    return opened
