"""Who runs a program beside the community's admins, and who may join one that is joined by invitation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from laurels.core.database import Database
from laurels.core.errors import Denied, Missing
from laurels.identity.audit_log import record_action
from laurels.identity.editing import Editor
from laurels.identity.queries import get_member
from laurels.identity.rules import require_active
from laurels.products.loyalty.actions.changes import require_open, require_room
from laurels.products.loyalty.bounds import MAX_ADMINS, MAX_INVITATIONS
from laurels.products.loyalty.queries.access import find_program, require_program_admin, subject_of
from laurels.products.loyalty.tables import Program, program_admin, program_invitation
from laurels.web.caller import Role


def add_admin(database: Database, editor: Editor, program_id: UUID, member_id: UUID, *, now: datetime) -> bool:
    """Have a member run a program: for the community's admins. Gives whether that is new.

    Raises:
        Missing: there is no such program or member.
        Denied: somebody else asks.
        Archived: the program doesn't change any more.
        MemberInactive: the member is suspended or deleted.
        TooMany: the program has too many admins.
    """
    with database.write.begin() as connection:
        found = _named_by_community(connection, editor, program_id)
        require_open(found)
        return insert_admin(connection, editor, program_id, member_id, now=now)


def insert_admin(connection: Connection, editor: Editor, program_id: UUID, member_id: UUID, *, now: datetime) -> bool:
    """The same inside a transaction, where the editor and the program were checked.

    Raises:
        Missing: there is no such member.
        MemberInactive: the member is suspended or deleted.
        TooMany: the program has too many admins.
    """
    return _add(connection, editor, program_admin, program_id, member_id, limit=MAX_ADMINS, what="admins", now=now)


def remove_admin(database: Database, editor: Editor, program_id: UUID, member_id: UUID, *, now: datetime) -> None:
    """Have a member no longer run a program: for the community's admins.

    Raises:
        Missing: there is no such program, or that member doesn't run it.
        Denied: somebody else asks.
    """
    with database.write.begin() as connection:
        _named_by_community(connection, editor, program_id)
        _remove(connection, editor, program_admin, program_id, member_id, what="admin", now=now)


def invite(database: Database, editor: Editor, program_id: UUID, member_id: UUID, *, now: datetime) -> bool:
    """Let a member join a program that is joined by invitation. Gives whether that is new.

    Raises:
        Missing, Denied: see `require_program_admin`; or there is no such member.
        Archived: the program doesn't change any more.
        MemberInactive: the member is suspended or deleted.
        TooMany: too many are invited.
    """
    with database.write.begin() as connection:
        require_open(_run_by(connection, editor, program_id))
        return _add(connection, editor, program_invitation, program_id, member_id, limit=MAX_INVITATIONS, what="invitations", now=now)


def withdraw_invitation(database: Database, editor: Editor, program_id: UUID, member_id: UUID, *, now: datetime) -> None:
    """Take an invitation back; who has joined stays a member.

    Raises:
        Missing, Denied: see `require_program_admin`; or that member isn't invited.
    """
    with database.write.begin() as connection:
        _run_by(connection, editor, program_id)
        _remove(connection, editor, program_invitation, program_id, member_id, what="invitation", now=now)


def _named_by_community(connection: Connection, editor: Editor, program_id: UUID) -> Program:
    if editor.caller is not None and not editor.caller.role.covers(Role.ADMIN):
        raise Denied(needs=Role.ADMIN.value)
    return _run_by(connection, editor, program_id)


def _run_by(connection: Connection, editor: Editor, program_id: UUID) -> Program:
    if editor.caller is not None:
        return require_program_admin(connection, editor.caller, program_id)
    found = find_program(connection, program_id)
    if found is None:
        raise Missing(what="program")
    return found


def _add(
    connection: Connection, editor: Editor, table: Table, program_id: UUID, member_id: UUID, *, limit: int, what: str, now: datetime
) -> bool:
    require_active(get_member(connection, member_id))
    if connection.execute(select(table.c.member).where(table.c.program == program_id, table.c.member == member_id)).first() is not None:
        return False
    # Two that come at once may pass the limit by one: it is against heaps, not exact.
    require_room(connection, table, table.c.program == program_id, limit=limit, what=what)
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    added = dialect.insert(table).values(program=program_id, member=member_id, created_at=now).on_conflict_do_nothing()
    if not connection.execute(added.returning(table.c.member)).all():
        return False
    _record(connection, editor, f"{table.name}.added", program_id, member_id, now=now)
    return True


def _remove(connection: Connection, editor: Editor, table: Table, program_id: UUID, member_id: UUID, *, what: str, now: datetime) -> None:
    gone = delete(table).where(table.c.program == program_id, table.c.member == member_id)
    if not connection.execute(gone).rowcount:
        raise Missing(what=what)
    _record(connection, editor, f"{table.name}.removed", program_id, member_id, now=now)


def _record(connection: Connection, editor: Editor, action: str, program_id: UUID, member_id: UUID, *, now: datetime) -> None:
    record_action(
        connection,
        actor_id=editor.member_id,
        action=action,
        subject=subject_of(program_id),
        before={},
        after={"member": str(member_id)},
        now=now,
        address_hash=editor.address_hash,
    )
