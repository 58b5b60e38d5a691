"""Changes of members: one transaction each."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from laurels.core.database import MAX_ID_LIST
from laurels.core.errors import Missing
from laurels.core.ids import new_id
from laurels.identity.audit_log import record_action
from laurels.identity.errors import LastAdmin
from laurels.identity.names import require_names_free
from laurels.identity.parts import Identity
from laurels.identity.passwords import check_password
from laurels.identity.queries import count_active_admins, find_member_by_name, get_member, members_by_student_id
from laurels.identity.rules import student_order
from laurels.identity.sessions import end_sessions
from laurels.identity.tables import Member, member, member_password
from laurels.identity.words import index_members, reindex_member
from laurels.web.caller import NotSignedIn

AI_TIER = "standard"
"""The only one so far."""


@dataclass(frozen=True, slots=True)
class NewMember:
    """What a member begins with, cleaned by `fields`.

    Attributes:
        password_hash: None for one who can't sign in yet.
        display_name: empty for one made from the other names.
        time_zone: empty for the community's.
    """

    student_id: str
    username: str | None = None
    email: str | None = None
    full_name: str = ""
    display_name: str = ""
    role: str = "member"
    locale: str = "en"
    time_zone: str = ""
    password_hash: str | None = None

    def with_password(self, password_hash: str | None) -> "NewMember":
        """The same member, with a password."""
        return replace(self, password_hash=password_hash)


def create_member(
    identity: Identity,
    *,
    student_id: str,
    email: str | None = None,
    username: str | None = None,
    password: str | None = None,
    role: str = "member",
    full_name: str = "",
    display_name: str = "",
) -> Member:
    """Create a member for the command line, seeds and tests; takes the fields as `fields` cleans them.

    Without a password they can't sign in until staff set one. Blocks while the password is hashed.

    Raises:
        Invalid: the password is too weak.
        NameTaken: another has the student id, username or email.
    """
    password_hash = None
    if password is not None:
        check_password(password, student_id, username, email)
        password_hash = identity.passwords.hash_now(password)
    new = NewMember(student_id, username, email, full_name, display_name, role, password_hash=password_hash)
    with identity.database.write.begin() as connection:
        created = add_member(connection, identity, new)
        record_creation(connection, created, actor_id=None)
    return created


def record_creation(connection: Connection, created: Member, *, actor_id: UUID | None, address_hash: str = "") -> None:
    """Write to the audit log that staff, or the command line (`actor_id` None), created a member."""
    subject, role = f"member/{created.id}", {"role": created.role}
    record_action(
        connection,
        actor_id=actor_id,
        action="member.created",
        subject=subject,
        before={},
        after=role,
        now=created.created_at,
        address_hash=address_hash,
    )


def add_member(connection: Connection, identity: Identity, new: NewMember) -> Member:
    """Write a new member, with their password and the words that they are found by.

    Raises:
        NameTaken: another has the student id, username or email.
    """
    require_names_free(connection, student_id=new.student_id, username=new.username, email=new.email)
    created = _member(replace(new, time_zone=new.time_zone or identity.settings.time_zone), now=identity.now())
    try:
        with connection.begin_nested():
            connection.execute(insert(member).values(asdict(created)))
    except IntegrityError:
        # Somebody took the name between the look and the insert; if nobody did, it's a mistake of ours and goes up.
        require_names_free(connection, student_id=new.student_id, username=new.username, email=new.email)
        raise
    if new.password_hash is not None:
        connection.execute(insert(member_password).values(member_id=created.id, hash=new.password_hash, changed_at=created.created_at))
    index_members(connection, [created])
    return created


def ensure_members(connection: Connection, student_ids: Iterable[str], *, now: datetime, time_zone: str = "UTC") -> dict[str, UUID]:
    """The ids behind student ids, creating who is missing; in sets, in the caller's transaction, for imports.

    Created members have no password and can't sign in until staff set one. Run
    by two processes at once, each student id still gets one member.
    """
    asked = list(dict.fromkeys(student_ids))
    known: dict[str, UUID] = {}
    for start in range(0, len(asked), MAX_ID_LIST):
        known |= _ensure_page(connection, asked[start : start + MAX_ID_LIST], now=now, time_zone=time_zone)
    return known


def promote_member(identity: Identity, name: str, role: str) -> Member:
    """Give a member, found by email, username or student id, another role: for the command line.

    Raises:
        Missing: nobody has this name.
        LastAdmin: there would be no admin left.
    """
    with identity.database.write.begin() as connection:
        found = find_member_by_name(connection, name)
        if found is None:
            raise Missing(what="member")
        before = lock_member(connection, found.id, with_admins=True)
        return change_member(connection, identity, before, {"role": role}, actor_id=None)


def lock_member(connection: Connection, member_id: UUID, *, with_admins: bool = False) -> Member:
    """A member who stays as they are until this transaction ends; with the admins, where one may cease to be one.

    Two admins who demote each other at once would else both see the other left.
    Locks are taken in the order of ids, so that nobody waits in a circle. (On
    SQLite the write transaction itself is the lock; FOR UPDATE compiles to nothing.)

    Raises:
        Missing: there is none.
    """
    locked = (member.c.id == member_id) | (member.c.role == "admin") if with_admins else member.c.id == member_id
    connection.execute(select(member.c.id).where(locked).order_by(member.c.id).with_for_update(key_share=True))
    return get_member(connection, member_id)


def lock_active_member(connection: Connection, member_id: UUID) -> Member:
    """The caller's own row, locked: for what they change of themselves.

    Raises:
        NotSignedIn: they aren't active any more; a deleted account takes nothing personal back.
    """
    locked = lock_member(connection, member_id)
    if locked.status != "active":
        raise NotSignedIn()
    return locked


def change_member(
    connection: Connection, identity: Identity, before: Member, changes: dict[str, str], *, actor_id: UUID | None, address_hash: str = ""
) -> Member:
    """Apply a staff change to a locked member, with its audit rows. Suspending ends their sessions.

    `changes` may name status, role, student_id, username, email, full_name and
    display_name. The log has statuses and roles; of names it says only that they changed.

    Raises:
        NameTaken: another has the student id, username or email.
        LastAdmin: there would be no active admin left.
    """
    changed = {name: value for name, value in changes.items() if getattr(before, name) != value}
    if not changed:
        return before
    require_names_free(
        connection, student_id=changed.get("student_id"), username=changed.get("username"), email=changed.get("email"), but=before.id
    )
    after = _store(connection, identity, before, changed)
    if before.role == "admin" and before.status == "active" and (after.role, after.status) != ("admin", "active"):
        require_an_admin(connection)
    if after.status == "suspended":
        end_sessions(connection, after.id)
    for action, was, now_is in _actions(before, after, changed):
        record_action(
            connection,
            actor_id=actor_id,
            action=action,
            subject=f"member/{after.id}",
            before=was,
            after=now_is,
            now=after.updated_at,
            address_hash=address_hash,
        )
    return after


def require_an_admin(connection: Connection) -> None:
    """Check that an active admin is left; the change that took one away is rolled back otherwise.

    Raises:
        LastAdmin: none is.
    """
    if count_active_admins(connection) == 0:
        raise LastAdmin()


def change_profile(identity: Identity, member_id: UUID, changes: dict[str, str]) -> Member:
    """Change what members may change of themselves: username, names, language, zone, AI tier.

    Raises:
        NotSignedIn: they deleted their account, or were suspended, while this was on its way.
        NameTaken: another has the username.
    """
    with identity.database.write.begin() as connection:
        before = lock_active_member(connection, member_id)
        changed = {name: value for name, value in changes.items() if getattr(before, name) != value}
        require_names_free(connection, username=changed.get("username"), but=member_id)
        return _store(connection, identity, before, changed) if changed else before


def store_password(connection: Connection, member_id: UUID, password_hash: str, *, identity: Identity) -> None:
    """Set a member's password, their first one too."""
    now = identity.now()
    changed = update(member_password).where(member_password.c.member_id == member_id).values(hash=password_hash, changed_at=now)
    if connection.execute(changed).rowcount == 0:
        connection.execute(insert(member_password).values(member_id=member_id, hash=password_hash, changed_at=now))


def delete_member(identity: Identity, member_id: UUID) -> None:
    """Delete an account: all that is personal goes, here and in every room that registered a part.

    The row stays under its opaque id, so that the ledger's entries keep their
    owner; the student id and the username are free again.

    Raises:
        LastAdmin: there would be no active admin left.
    """
    with identity.database.write.begin() as connection:
        before = lock_member(connection, member_id, with_admins=True)
        if before.status == "deleted":
            return
        identity.personal.erase(connection, member_id)
        end_sessions(connection, member_id)
        connection.execute(delete(member_password).where(member_password.c.member_id == member_id))
        nobody = f"deleted-{member_id.hex}"
        gone: dict[str, str | None] = {"status": "deleted", "student_id": nobody, "student_order": student_order(nobody), "role": "member"}
        gone |= {"username": None, "email": None, "full_name": "", "display_name": "", "locale": "en", "time_zone": "UTC"}
        _store(connection, identity, before, gone)
        if before.role == "admin" and before.status == "active":
            require_an_admin(connection)


def _store(connection: Connection, identity: Identity, before: Member, changed: dict[str, str] | dict[str, str | None]) -> Member:
    after = replace(before, updated_at=identity.now(), **changed)
    after = replace(after, student_order=student_order(after.student_id))
    try:
        with connection.begin_nested():
            connection.execute(update(member).where(member.c.id == before.id).values(asdict(after)))
    except IntegrityError:
        require_names_free(connection, student_id=after.student_id, username=after.username, email=after.email, but=before.id)
        raise
    reindex_member(connection, after)
    return after


def _member(new: NewMember, *, now: datetime) -> Member:
    return Member(
        id=new_id(),
        student_id=new.student_id,
        student_order=student_order(new.student_id),
        username=new.username,
        email=new.email,
        full_name=new.full_name,
        display_name=new.display_name or new.full_name[:60] or new.username or new.student_id[:60],
        status="active",
        role=new.role,
        preferred_ai_tier=AI_TIER,
        locale=new.locale,
        time_zone=new.time_zone,
        created_at=now,
        updated_at=now,
    )


def _ensure_page(connection: Connection, student_ids: Sequence[str], *, now: datetime, time_zone: str) -> dict[str, UUID]:
    known = members_by_student_id(connection, student_ids)
    missing = [_member(NewMember(student_id, time_zone=time_zone), now=now) for student_id in student_ids if student_id not in known]
    if not missing:
        return known
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    # Another process may create one in between: then its row stands, and is read below.
    connection.execute(dialect.insert(member).on_conflict_do_nothing(), [asdict(new) for new in missing])
    settled = members_by_student_id(connection, student_ids)
    index_members(connection, [new for new in missing if settled[new.student_id] == new.id])
    return settled


def _actions(before: Member, after: Member, changed: dict[str, str]) -> list[tuple[str, dict[str, str], dict[str, str]]]:
    told = []
    if "status" in changed:
        action = "member.suspended" if after.status == "suspended" else "member.restored"
        told.append((action, {"status": before.status}, {"status": after.status}))
    if "role" in changed:
        told.append(("member.role_changed", {"role": before.role}, {"role": after.role}))
    names = sorted(changed.keys() - {"status", "role"})
    if names:
        told.append(("member.corrected", {}, {"fields": ",".join(names)}))
    return told
