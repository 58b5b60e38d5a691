"""Keys of a class: made by who may ask there, ended by who made them or by a manager."""

from datetime import datetime
from uuid import UUID

from laurels.core.database import Database
from laurels.identity.editing import Editor
from laurels.identity.parts import Identity
from laurels.identity.service_keys import CreatedKey, create_key, revoke_key
from laurels.products.study.errors import ClassClosed
from laurels.products.study.queries.access import read_standing
from laurels.products.study.queries.keys import CHAT_SCOPE, get_class_key, subject_of
from laurels.products.study.rules.permissions import Permission
from laurels.web.caller import Caller

MAX_CLASS_KEYS = 1_000
"""Live keys of a class."""

MAX_OWN_KEYS = 5
"""Those of them that one member made."""


def create_class_key(
    database: Database,
    identity: Identity,
    caller: Caller,
    editor: Editor,
    class_id: UUID,
    *,
    name: str,
    expires_at: datetime | None,
) -> CreatedKey:
    """Make a key by which a program asks as the caller: for a thread that may block.

    Raises:
        Missing: there is no such class, or they aren't in it.
        Denied: they may not ask there.
        ClassClosed: the class is archived.
        Invalid: it is to end in the past.
        TooManyKeys: they have as many as they may, or the class has.
    """
    with database.read.connect() as connection:
        standing = read_standing(connection, class_id, caller.member_id, Permission.CHAT)
    if not standing.room.is_active:
        raise ClassClosed()
    return create_key(
        identity,
        subject=subject_of(class_id),
        name=name,
        scopes=[CHAT_SCOPE],
        by=caller.member_id,
        expires_at=expires_at,
        address_hash=editor.address_hash,
        most=MAX_CLASS_KEYS,
        most_by_one=MAX_OWN_KEYS,
    )


def revoke_class_key(database: Database, identity: Identity, caller: Caller, editor: Editor, class_id: UUID, key_id: UUID) -> None:
    """End a key for good: the caller's own, or as a manager anybody's. For a thread that may block.

    Raises:
        Missing: there is no such class or key, or none that they may know of.
    """
    with database.read.connect() as connection:
        get_class_key(connection, read_standing(connection, class_id, caller.member_id), key_id)
    revoke_key(identity, subject=subject_of(class_id), key_id=key_id, by=caller.member_id, address_hash=editor.address_hash)
