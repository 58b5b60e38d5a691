"""Who may see a program, and who may change it."""

from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from laurels.core.errors import Denied, Missing
from laurels.products.loyalty.tables import Program, membership, program, program_admin, program_invitation
from laurels.web.caller import AnyCaller, Caller, Role, require_scope

SHOWN_STATUSES = ("active", "paused")
"""What members may know of before they belong to it."""

SCOPES = ("earn", "burn", "read")
"""What a program's service keys may be for."""


def subject_of(program_id: UUID) -> str:
    """What a program's service keys are for; also what the log of changes calls it."""
    return f"program/{program_id}"


def find_program(connection: Connection, program_id: UUID) -> Program | None:
    """A program by its id, whoever asks."""
    row = connection.execute(select(program).where(program.c.id == program_id)).one_or_none()
    return None if row is None else Program(*row)


def is_program_admin(connection: Connection, caller: Caller, program_id: UUID) -> bool:
    """Whether a caller may change a program: an admin of the community, or one of its own."""
    if caller.role.covers(Role.ADMIN):
        return True
    table = program_admin
    return (
        connection.execute(select(table.c.member).where(table.c.program == program_id, table.c.member == caller.member_id)).first()
        is not None
    )


def require_program_admin(connection: Connection, caller: Caller, program_id: UUID) -> Program:
    """The program, for whoever may change it.

    Raises:
        Missing: there is none that the caller may know of.
        Denied: they may see it, and not change it.
    """
    found = find_program(connection, program_id)
    if found is None:
        raise Missing(what="program")
    if is_program_admin(connection, caller, program_id):
        return found
    if not _is_shown(connection, caller, found):
        raise Missing(what="program")
    raise Denied(needs="an admin of this program")


def get_visible_program(connection: Connection, caller: AnyCaller, program_id: UUID) -> Program:
    """The program, for whoever may see it: its admins; members, while it is active or paused or where they belong; its keys.

    Raises:
        Missing: there is none that the caller may know of.
        ScopeMissing: it is the key's program, and the key may not read.
    """
    require_scope(caller, subject_of(program_id), "read", what="program")
    found = find_program(connection, program_id)
    if found is None:
        raise Missing(what="program")
    if isinstance(caller, Caller) and not (is_program_admin(connection, caller, program_id) or _is_shown(connection, caller, found)):
        raise Missing(what="program")
    return found


def visible_to(caller: Caller) -> ColumnElement[bool]:
    """The programs that a member's list shows: those they run or belong to, and those that they could join."""
    if caller.role.covers(Role.ADMIN):
        return program.c.id.is_not(None)
    who = caller.member_id
    runs = program.c.id.in_(select(program_admin.c.program).where(program_admin.c.member == who))
    belongs = program.c.id.in_(select(membership.c.program).where(membership.c.member == who))
    is_invited = program.c.id.in_(select(program_invitation.c.program).where(program_invitation.c.member == who))
    may_join = and_(program.c.status.in_(SHOWN_STATUSES), or_(program.c.joining == "open", is_invited))
    return or_(runs, and_(belongs, program.c.status != "draft"), may_join)


def _is_shown(connection: Connection, caller: Caller, found: Program) -> bool:
    """Whether a member who doesn't run a program may know of it."""
    if found.status in SHOWN_STATUSES:
        return True
    who = select(membership.c.member).where(membership.c.program == found.id, membership.c.member == caller.member_id)
    return found.status == "archived" and connection.execute(who).first() is not None
