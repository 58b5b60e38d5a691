"""Who runs a program, who is invited, and who is a member."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Select, Table, select, tuple_

from laurels.identity.tables import member
from laurels.identity.words import matching
from laurels.ledger.reader import balances
from laurels.products.loyalty.accounts import owed, points
from laurels.products.loyalty.bounds import MAX_ADMINS
from laurels.products.loyalty.tables import Membership, membership, program_admin, program_invitation


@dataclass(frozen=True, slots=True)
class Listed:
    """A member on a program's list of admins or invitations, and since when."""

    id: UUID
    student_id: str
    display_name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class ProgramMember:
    """A member of a program.

    Attributes:
        student_order: what lists go by.
        balance: points, pending ones too.
        owed: points that returns could not take back yet.
    """

    student_id: str
    student_order: str
    display_name: str
    membership: Membership
    balance: int
    owed: int


def list_admins(connection: Connection, program_id: UUID) -> list[Listed]:
    """Who runs a program beside the community's admins, the first named first."""
    wanted = _listed(program_admin, program_id).order_by(program_admin.c.created_at, member.c.id).limit(MAX_ADMINS + 1)
    return [Listed(*row) for row in connection.execute(wanted)]


def list_invitations(connection: Connection, program_id: UUID, *, limit: int, before: tuple[datetime, UUID] | None = None) -> list[Listed]:
    """Who may join by invitation, the last invited first; `before` is the (since, id) of the last one of the page before."""
    table = program_invitation
    wanted = _listed(table, program_id)
    if before is not None:
        place = tuple_(*before, types=[table.c.created_at.type, member.c.id.type])
        wanted = wanted.where(tuple_(table.c.created_at, member.c.id) < place)
    return [Listed(*row) for row in connection.execute(wanted.order_by(table.c.created_at.desc(), member.c.id.desc()).limit(limit))]


def list_program_members(
    connection: Connection, program_id: UUID, *, limit: int, question: str = "", after: str | None = None, with_former: bool = False
) -> list[ProgramMember]:
    """Who belongs to a program, in the order of their student ids; `after` is the `student_order` of the last one of the page before.

    Args:
        question: beginnings of words of display name, username or student id.
        with_former: those who left, too.
    """
    wanted = select(member.c.student_id, member.c.student_order, member.c.display_name, *membership.c)
    wanted = wanted.join(membership, membership.c.member == member.c.id).where(membership.c.program == program_id)
    if not with_former:
        wanted = wanted.where(membership.c.status == "active")
    if question and (words := matching(question, with_private=False)) is not None:
        wanted = wanted.where(member.c.id.in_(words.order_by(None)))
    if after is not None:
        wanted = wanted.where(member.c.student_order > after)
    rows = connection.execute(wanted.order_by(member.c.student_order).limit(limit)).all()
    belonging = [Membership(*row[3:]) for row in rows]
    purses = [(points(program_id, one.member), owed(program_id, one.member)) for one in belonging]
    held = balances(connection, [account for pair in purses for account in pair])
    return [
        ProgramMember(row.student_id, row.student_order, row.display_name, one, balance=held[purse], owed=held[debt])
        for row, one, (purse, debt) in zip(rows, belonging, purses, strict=True)
    ]


def _listed(table: Table, program_id: UUID) -> Select[UUID, str, str, datetime]:
    wanted = select(member.c.id, member.c.student_id, member.c.display_name, table.c.created_at)
    return wanted.join(table, table.c.member == member.c.id).where(table.c.program == program_id)
