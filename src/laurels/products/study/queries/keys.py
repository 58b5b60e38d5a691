"""Keys of a class: programs that ask as the member who made them, within that member's limits."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from laurels.core.errors import Missing
from laurels.identity.service_keys import get_key, list_keys
from laurels.identity.tables import ServiceKey
from laurels.products.study.decisions.guards import Standing
from laurels.products.study.rules.permissions import Permission

CHAT_SCOPE = "chat"
"""What such a key may do: ask."""


def subject_of(class_id: UUID) -> str:
    """What a class's keys are for, as identity knows it."""
    return f"class/{class_id}"


def class_of(subject: str) -> UUID | None:
    """The class whose key it is, by what the key is for; None where it is another thing's."""
    kind, _, named = subject.partition("/")
    try:
        return UUID(named) if kind == "class" else None
    except ValueError:
        return None


def list_class_keys(connection: Connection, standing: Standing, *, limit: int, before_id: UUID | None = None) -> Sequence[ServiceKey]:
    """A member's own keys of a class, a manager sees all: the newest first, revoked ones too."""
    by = None if standing.may(Permission.MANAGE) else standing.mine.member
    return list_keys(connection, subject_of(standing.room.id), limit=limit, before_id=before_id, by=by)


def get_class_key(connection: Connection, standing: Standing, key_id: UUID) -> ServiceKey:
    """A key of a class that somebody may see, as `list_class_keys` does.

    Raises:
        Missing: there is none.
    """
    key = get_key(connection, key_id)
    is_theirs = standing.may(Permission.MANAGE) or key.created_by == standing.mine.member
    if key.subject != subject_of(standing.room.id) or not is_theirs:
        raise Missing(what="service key")
    return key
