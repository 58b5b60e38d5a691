"""Service keys: how programs, such as a shop's backend, call without a member.

A key is made for a subject (`program/<id>`) with scopes in the product's own
words. Identity knows what neither means: products check both, by
`laurels.web.caller.require_scope`, and say who may make keys.

    created = create_key(identity, subject=f"program/{program_id}", name="till", scopes=["earn"], by=caller.member_id)
    created.token  # shown once: nobody can read it back
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
import re
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, update

from laurels.core.errors import Invalid, Missing
from laurels.core.ids import new_id
from laurels.identity.audit_log import State, record_action
from laurels.identity.errors import TooManyKeys
from laurels.identity.parts import Identity
from laurels.identity.tables import ServiceKey, service_key
from laurels.identity.tokens import hash_of_service_key, issue_service_key

MAX_KEYS = 50
"""Keys of one subject that are neither revoked nor expired; and those of a page of the list."""

MAX_SCOPES = 10
MAX_SUBJECT = 100
MAX_NAME = 60
SCOPE_PATTERN = "[a-z][a-z0-9-]{0,31}"

_SUBJECT = re.compile(r"[a-z][a-z0-9-]*(/[A-Za-z0-9-]+)?")
_SCOPE = re.compile(SCOPE_PATTERN)


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key and its text, which is told this once and kept nowhere."""

    key: ServiceKey
    token: str = field(repr=False)


def create_key(
    identity: Identity,
    *,
    subject: str,
    name: str,
    scopes: Iterable[str],
    by: UUID | None,
    expires_at: datetime | None = None,
    known_scopes: Collection[str] | None = None,
    address_hash: str = "",
    most: int | None = None,
    most_by_one: int | None = None,
) -> CreatedKey:
    """Make a key for a subject, with its audit row, in a transaction of its own; it opens doors at once.

    Args:
        subject: what it is for: `program/<id>`, `progress`.
        name: to tell it from others: one line, cleaned.
        by: the admin; None for the command line.
        expires_at: from when it opens nothing; None for never.
        known_scopes: the words that the product knows; None takes any.
        address_hash: where the admin's request came from.
        most: live keys that the subject may have; None: `MAX_KEYS`.
        most_by_one: those of them that `by` may have made; None: as many as the subject may have.

    Raises:
        Invalid: a field can't be taken.
        TooManyKeys: the subject has as many live ones already as it may, or whoever makes it has.
    """
    words = _checked_scopes(scopes, known_scopes)
    if len(subject) > MAX_SUBJECT or not _SUBJECT.fullmatch(subject):
        raise Invalid(field="subject", reason="send what the key is for, such as program/<id>")
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid(field="name", reason=f"send 1 to {MAX_NAME} characters")
    most = MAX_KEYS if most is None else most
    now = identity.now()
    if expires_at is not None and expires_at <= now:
        raise Invalid(field="expires_at", reason="send an instant in the future, or leave it out")
    key_id = new_id()
    token = issue_service_key(key_id)
    key = ServiceKey(
        id=key_id,
        subject=subject,
        name=name,
        scopes=" ".join(words),
        secret_hash=hash_of_service_key(identity.keys, token),
        created_by=by,
        created_at=now,
        last_used_at=None,
        expires_at=expires_at,
        revoked_at=None,
    )
    with identity.database.write.begin() as connection:
        # Two that come at once may pass by one: the limit is against heaps, not exact.
        if _count_live(connection, subject, now=now) >= most:
            raise TooManyKeys(limit=most)
        if most_by_one is not None and _count_live(connection, subject, now=now, by=by) >= most_by_one:
            raise TooManyKeys(limit=most_by_one)
        connection.execute(insert(service_key).values(asdict(key)))
        after: State = {"subject": subject, "scopes": key.scopes, "expires_at": expires_at.isoformat() if expires_at else None}
        _record(connection, key, "service_key.created", by=by, before={}, after=after, now=now, address_hash=address_hash)
    return CreatedKey(key, token)


def revoke_key(identity: Identity, *, subject: str, key_id: UUID, by: UUID | None, address_hash: str = "") -> ServiceKey:
    """End a key of a subject for good: it opens nothing from the next request on, in every process. Twice is once.

    Raises:
        Missing: the subject has no such key.
    """
    now = identity.now()
    is_it = (service_key.c.id == key_id) & (service_key.c.subject == subject)
    revocation = update(service_key).where(is_it, service_key.c.revoked_at.is_(None)).values(revoked_at=now).returning(*service_key.c)
    with identity.database.write.begin() as connection:
        row = connection.execute(revocation).one_or_none()
        if row is None:
            known = get_key(connection, key_id)
            if known.subject != subject:
                raise Missing(what="service key")
            return known
        key = ServiceKey(*row)
        after: State = {"subject": subject, "revoked": True}
        _record(connection, key, "service_key.revoked", by=by, before={"revoked": False}, after=after, now=now, address_hash=address_hash)
    return key


def end_keys_of(connection: Connection, creator: UUID, *, subjects: str, now: datetime) -> None:
    """End the keys that somebody made for subjects of a kind, and forget what they called them: when their account is deleted.

    Args:
        subjects: what the subjects begin with: `class` for `class/<id>`.
    """
    theirs = update(service_key).where(service_key.c.created_by == creator, service_key.c.subject.like(f"{subjects}/%"))
    connection.execute(theirs.where(service_key.c.revoked_at.is_(None)).values(revoked_at=now))
    connection.execute(theirs.values(name=""))


def get_key(connection: Connection, key_id: UUID) -> ServiceKey:
    """A key by id, revoked ones too.

    Raises:
        Missing: there is none.
    """
    row = connection.execute(select(service_key).where(service_key.c.id == key_id)).one_or_none()
    if row is None:
        raise Missing(what="service key")
    return ServiceKey(*row)


def list_keys(
    connection: Connection, subject: str | None, *, limit: int = MAX_KEYS, before_id: UUID | None = None, by: UUID | None = None
) -> list[ServiceKey]:
    """The keys of a subject, or (None) of all, newest first, revoked and expired ones too; `before_id` is the last of the page before.

    Args:
        by: only those that this member made.
    """
    wanted = select(service_key)
    if by is not None:
        wanted = wanted.where(service_key.c.created_by == by)
    if subject is not None:
        wanted = wanted.where(service_key.c.subject == subject)
    if before_id is not None:
        wanted = wanted.where(service_key.c.id < before_id)
    return [ServiceKey(*row) for row in connection.execute(wanted.order_by(service_key.c.id.desc()).limit(limit))]


def _checked_scopes(scopes: Iterable[str], known: Collection[str] | None) -> list[str]:
    """The words, each once, in order."""
    words = sorted(set(scopes))
    if not 1 <= len(words) <= MAX_SCOPES:
        raise Invalid(field="scopes", reason=f"send 1 to {MAX_SCOPES} words")
    if known is not None and not set(words) <= set(known):
        raise Invalid(field="scopes", reason=f"send one or more of {', '.join(sorted(known))}")
    if not all(_SCOPE.fullmatch(word) for word in words):
        raise Invalid(field="scopes", reason="send words such as earn, of small letters, digits and dashes")
    return words


def _count_live(connection: Connection, subject: str, *, now: datetime, by: UUID | None = None) -> int:
    is_live = service_key.c.revoked_at.is_(None) & (service_key.c.expires_at.is_(None) | (service_key.c.expires_at > now))
    wanted = select(func.count()).select_from(service_key).where(service_key.c.subject == subject, is_live)
    if by is not None:
        wanted = wanted.where(service_key.c.created_by == by)
    return connection.execute(wanted).scalar_one()


def _record(
    connection: Connection, key: ServiceKey, action: str, *, by: UUID | None, before: State, after: State, now: datetime, address_hash: str
) -> None:
    record_action(
        connection,
        actor_id=by,
        action=action,
        subject=f"service_key/{key.id}",
        before=before,
        after=after,
        now=now,
        address_hash=address_hash,
    )
