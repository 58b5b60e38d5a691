"""Purchases and returns: looked up for deciding, and for those who ask what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select

from laurels.core.database import among
from laurels.core.errors import Missing
from laurels.identity.tables import member
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow, membership, purchase, purchase_return


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom a shop named.

    Attributes:
        is_joined: whether they are a member of the program now.
    """

    member: UUID
    is_joined: bool


def find_members(connection: Connection, program_id: UUID, refs: Iterable[str]) -> dict[str, Known]:
    """Who is meant by what shops send: a student id, or a member's id. Nobody is left out of the answer, unknown ones are."""
    listed = sorted(set(refs))
    ids = {identifier: ref for ref in listed if (identifier := _as_id(ref)) is not None}
    joined = and_(membership.c.member == member.c.id, membership.c.program == program_id, membership.c.status == "active")
    named = or_(among(connection.dialect, member.c.student_id, listed), among(connection.dialect, member.c.id, list(ids)))
    statement = select(member.c.id, member.c.student_id, membership.c.member).outerjoin(membership, joined).where(named)
    found: dict[str, Known] = {}
    wanted = set(listed)
    for identifier, student_id, of_program in connection.execute(statement):
        known = Known(identifier, of_program is not None)
        if student_id in wanted:
            found[student_id] = known
        elif identifier in ids:
            found.setdefault(ids[identifier], known)
    return found


def _as_id(ref: str) -> UUID | None:
    try:
        return UUID(ref) if len(ref) in (32, 36) else None
    except ValueError:
        return None


def purchases_by_id(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, PurchaseRow]:
    """Purchases, by id; those that aren't there are left out."""
    listed = sorted(set(ids))
    found = connection.execute(select(purchase).where(among(connection.dialect, purchase.c.id, listed)))
    return {row.id: PurchaseRow(*row) for row in found}


def returns_by_id(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, ReturnRow]:
    """Returns, by id; those that aren't there are left out."""
    listed = sorted(set(ids))
    found = connection.execute(select(purchase_return).where(among(connection.dialect, purchase_return.c.id, listed)))
    return {row.id: ReturnRow(*row) for row in found}


def waiting_returns(connection: Connection, purchases: Sequence[UUID]) -> list[ReturnRow]:
    """Returns that wait for one of these purchases, oldest first."""
    of_these = among(connection.dialect, purchase_return.c.purchase, list(purchases))
    found = connection.execute(
        select(purchase_return)
        .where(of_these, purchase_return.c.status == "waiting")
        .order_by(purchase_return.c.accepted_at, purchase_return.c.place)
    )
    return [ReturnRow(*row) for row in found]


def accepted_events(connection: Connection, batches: Sequence[UUID], *, limit: int) -> list[PurchaseRow | ReturnRow]:
    """Events of these batches that are yet to be decided, in the order they were sent."""
    events: list[PurchaseRow | ReturnRow] = []
    for table, kind in ((purchase, PurchaseRow), (purchase_return, ReturnRow)):
        of_these = among(connection.dialect, table.c.batch, list(batches))
        found = connection.execute(
            select(table).where(of_these, table.c.status == "accepted").order_by(table.c.accepted_at, table.c.place).limit(limit)
        )
        events += (kind(*row) for row in found)
    return events[:limit]


def left_behind(connection: Connection, before: datetime, *, limit: int) -> list[UUID]:
    """Batches accepted before an instant of which something is undecided still."""
    found: list[UUID] = []
    for table in (purchase, purchase_return):
        statement = (
            select(table.c.batch, func.min(table.c.accepted_at))
            .where(table.c.status == "accepted", table.c.batch.is_not(None), table.c.accepted_at < before)
            .group_by(table.c.batch)
            .order_by(func.min(table.c.accepted_at))
            .limit(limit)
        )
        found += [row.batch for row in connection.execute(statement)]
    return found


def waiting_events(connection: Connection, program_id: UUID, refs: Sequence[str], *, limit: int) -> list[PurchaseRow | ReturnRow]:
    """Events that wait for somebody to join: who is named by one of these."""
    events: list[PurchaseRow | ReturnRow] = []
    for table, kind in ((purchase, PurchaseRow), (purchase_return, ReturnRow)):
        theirs = among(connection.dialect, table.c.member_ref, list(refs))
        found = connection.execute(
            select(table)
            .where(table.c.program == program_id, table.c.status == "waiting", theirs)
            .order_by(table.c.occurred_at, table.c.id)
            .limit(limit)
        )
        events += (kind(*row) for row in found)
    return events[:limit]


def get_purchase(connection: Connection, program_id: UUID, event_id: UUID) -> PurchaseRow:
    """A program's purchase.

    Raises:
        Missing: the program has none with this id.
    """
    found = connection.execute(select(purchase).where(purchase.c.id == event_id, purchase.c.program == program_id)).one_or_none()
    if found is None:
        raise Missing(what="purchase")
    return PurchaseRow(*found)


def get_return(connection: Connection, program_id: UUID, event_id: UUID) -> ReturnRow:
    """A program's return.

    Raises:
        Missing: the program has none with this id.
    """
    table = purchase_return
    found = connection.execute(select(table).where(table.c.id == event_id, table.c.program == program_id)).one_or_none()
    if found is None:
        raise Missing(what="return")
    return ReturnRow(*found)
