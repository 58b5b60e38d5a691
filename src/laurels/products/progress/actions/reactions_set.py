"""What things that happen elsewhere in the community award, as staff set it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from laurels.core.database import Database
from laurels.identity.editing import Editor
from laurels.products.progress.actions.changes import Sort, change_definition
from laurels.products.progress.queries.definitions import REACTIONS
from laurels.products.progress.tables import ReactionRow
from laurels.web.etags import Expected


def _anything(connection: Connection, before: ReactionRow | None, after: ReactionRow, now: datetime) -> None:
    """A reaction that is well formed can be."""


_SORT: Sort[ReactionRow] = Sort(REACTIONS, _anything)


def change_reaction(
    database: Database, editor: Editor, trigger: str, wanted: Mapping[str, Any], *, expected: Expected, now: datetime
) -> ReactionRow:
    """Change what a trigger awards; with 0 points it awards nothing. What it awarded stays.

    Args:
        wanted: of `activity_type`, `points`, `description`.

    Raises:
        DomainError: see `change_definition`.
    """
    return change_definition(database, editor, _SORT, trigger, wanted, expected=expected, now=now)
