"""What loyalty keeps about a member: for their export, and erased when they go."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, literal, select, update

from laurels.core.database import among
from laurels.ledger.writer import hold_book
from laurels.products.loyalty.accounts import book_of
from laurels.products.loyalty.queries.events import names_of
from laurels.products.loyalty.tables import burn, membership, program, program_admin, program_invitation, purchase, purchase_return

MAX_EXPORTED = 10_000
"""Most rows of a kind in one export, newest first."""

NOBODYS = ("accepted", "waiting", "refused")
"""Statuses of events that may not be known to be anybody's: only what the shop said names the member."""


def export_loyalty(connection: Connection, member_id: UUID) -> dict[str, Any]:
    """A member's memberships, and their purchases, returns and burns in all programs. Codes of vouchers stay with the vouchers."""
    of, bought, back, burned = membership.c, purchase.c, purchase_return.c, burn.c
    joined = select(of.program, program.c.name, of.status, of.tier, of.joined_at, of.left_at).join(program, program.c.id == of.program)
    purchases = select(bought.program, bought.transaction_id, bought.member_ref, bought.amount, bought.occurred_at, bought.lines)
    purchases = purchases.add_columns(bought.details, bought.status, bought.points, bought.returned_amount, bought.returned_points)
    returns = select(back.program, back.return_id, back.transaction_id, back.amount, back.occurred_at, back.status)
    returns = returns.add_columns(back.points, back.taken, back.owed)
    burns = select(burned.id, burned.program, burned.reward, burned.points, burned.value_minor, burned.status)
    burns = burns.add_columns(burned.created_at, burned.fulfilled_at, burned.cancelled_at)
    parts: dict[str, Select[Any]] = {
        "memberships": joined.where(of.member == member_id).order_by(of.joined_at.desc(), of.program),
        "purchases": _theirs(purchases, purchase, member_id).order_by(bought.occurred_at.desc(), bought.id.desc()),
        "returns": _theirs(returns, purchase_return, member_id).order_by(back.occurred_at.desc(), back.id.desc()),
        "burns": _theirs(burns, burn, member_id).order_by(burned.created_at.desc(), burned.id.desc()),
    }
    return {name: [dict(row) for row in connection.execute(wanted.limit(MAX_EXPORTED)).mappings()] for name, wanted in parts.items()}


def erase_loyalty(connection: Connection, member_id: UUID) -> None:
    """Take out of a member's purchases and returns what names them or tells more than the ledger needs, and what they may run or join.

    What a shop called them becomes their opaque id, what it noted is emptied;
    ids, amounts, categories and points stay with the ledger. The books of the
    programs concerned are held meanwhile: an event that is being decided would
    else bring their name after it was taken out.
    """
    called = names_of(connection, member_id)
    joined = connection.execute(select(membership.c.program).where(membership.c.member == member_id)).scalars()
    programs = sorted({*joined, *_programs_naming(connection, called)})
    for program_id in programs:
        hold_book(connection, book_of(program_id))
    for table in (purchase, purchase_return):
        told = {"member_ref": str(member_id), **({"details": None} if table is purchase else {})}
        theirs = table.c.program.in_(programs) & (table.c.member == member_id) & table.c.member_ref.is_not(None)
        for these in (theirs, *_naming(connection, table, called)):
            connection.execute(update(table).where(these).values(told))
    for rights in (program_admin, program_invitation):
        connection.execute(delete(rights).where(rights.c.member == member_id))


def _programs_naming(connection: Connection, called: list[str]) -> set[UUID]:
    """Programs with events that name somebody and aren't known to be theirs."""
    return {
        program_id
        for table in (purchase, purchase_return)
        for naming in _naming(connection, table, called)
        for program_id in connection.execute(select(table.c.program).where(naming)).scalars()
    }


def _naming(connection: Connection, table: Table, called: list[str]) -> list[ColumnElement[bool]]:
    """Events that name somebody and aren't known to be theirs, by status: each written out, for partial indexes to be used."""
    named = among(connection.dialect, table.c.member_ref, called)
    return [named & (table.c.status == literal(status, literal_execute=True)) for status in NOBODYS]


def _theirs(wanted: Select[Any], table: Table, member_id: UUID) -> Select[Any]:
    """Of a table's rows a member's own, found by program: as the indexes have it."""
    programs = select(membership.c.program).where(membership.c.member == member_id)
    return wanted.where(table.c.program.in_(programs), table.c.member == member_id)
