"""Whose points somebody asks for."""

from uuid import UUID

from sqlalchemy import Connection

from laurels.core.errors import Denied, Invalid, Missing
from laurels.products.loyalty.queries.access import get_visible_program, is_program_admin
from laurels.products.loyalty.queries.events import find_members
from laurels.web.caller import AnyCaller, Caller
from laurels.web.language import N_


def whose_points(connection: Connection, caller: AnyCaller, program_id: UUID, named: str | None) -> UUID:
    """The member whose points a caller may see: their own; for the program's admins and keys, whomever they name.

    Args:
        named: a student id, or a member's id.

    Raises:
        Missing: there is no such program, or nobody of that name, as far as the caller may know.
        ScopeMissing: it is the key's program, and the key may not read.
        Denied: a member names somebody else.
        Invalid: a key names nobody.
    """
    get_visible_program(connection, caller, program_id)
    if isinstance(caller, Caller):
        if named is None or named in (caller.student_id, str(caller.member_id)):
            return caller.member_id
        if not is_program_admin(connection, caller, program_id):
            raise Denied(needs="an admin of this program")
    if named is None:
        raise Invalid(field="member", reason=N_("Say whose points: send a student id, or a member's id."))
    found = find_members(connection, program_id, [named]).get(named)
    if found is None:
        raise Missing(what="membership")
    return found.member
