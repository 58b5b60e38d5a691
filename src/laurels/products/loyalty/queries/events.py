"""Purchases and returns: looked up for deciding, and for those who ask what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select

from laurels.core.database import among
from laurels.core.errors import Missing
from laurels.identity.tables import member
from laurels.products.loyalty.tables import PurchaseRow, ReturnRow, membership, program, purchase, purchase_return


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom a shop named.

    Attributes:
        is_joined: whether they are a member of the program now.
        is_former: whether they were, and left.
    """

    member: UUID
    is_joined: bool
    is_former: bool = False


def find_members(connection: Connection, program_id: UUID, refs: Iterable[str]) -> dict[str, Known]:
    """Who is meant by what shops send: a student id, or a member's id. Nobody is left out of the answer, unknown ones are."""
    listed = sorted(set(refs))
    ids: dict[UUID, list[str]] = {}
    for ref in listed:
        if (identifier := _as_id(ref)) is not None:
            ids.setdefault(identifier, []).append(ref)
    theirs = and_(membership.c.member == member.c.id, membership.c.program == program_id)
    named = or_(among(connection.dialect, member.c.student_id, listed), among(connection.dialect, member.c.id, list(ids)))
    statement = select(member.c.id, member.c.student_id, membership.c.status).outerjoin(membership, theirs).where(named)
    found: dict[str, Known] = {}
    wanted = set(listed)
    for found_id, student_id, status in connection.execute(statement):
        known = Known(found_id, is_joined=status == "active", is_former=status == "left")
        if student_id in wanted:
            found[student_id] = known
        for ref in ids.get(found_id, ()):  # the same person may be named both ways; a student id goes first
            found.setdefault(ref, known)
    return found


def is_member_id(ref: str) -> bool:
    """Whether what a shop sent is written as a member's id, so that it is no student id."""
    return _as_id(ref) is not None


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


def accepted_events(connection: Connection, program_id: UUID, batches: Sequence[UUID], *, limit: int) -> list[PurchaseRow | ReturnRow]:
    """Events of a program's batches that are yet to be decided, in the order they were sent."""
    events: list[PurchaseRow | ReturnRow] = []
    for table, kind in ((purchase, PurchaseRow), (purchase_return, ReturnRow)):
        of_these = and_(among(connection.dialect, table.c.batch, list(batches)), table.c.program == program_id)
        found = connection.execute(
            select(table)
            .where(of_these, table.c.status == "accepted")
            .order_by(table.c.accepted_at, table.c.batch, table.c.place)
            .limit(limit)
        )
        events += (kind(*row) for row in found)
    return events[:limit]


def left_behind(connection: Connection, before: datetime, *, limit: int) -> list[tuple[UUID, UUID]]:
    """Batches accepted before an instant of which something is undecided still, with their programs; but for those that pause."""
    found: list[tuple[UUID, UUID]] = []
    for table in (purchase, purchase_return):
        statement = (
            select(table.c.program, table.c.batch)
            .join(program, program.c.id == table.c.program)
            .where(table.c.status == "accepted", table.c.accepted_at < before, program.c.status != "paused")
            .group_by(table.c.program, table.c.batch)
            .order_by(func.min(table.c.accepted_at), table.c.batch)
            .limit(limit)
        )
        found += ((row.program, row.batch) for row in connection.execute(statement))
    return found


def names_of(connection: Connection, member_id: UUID) -> list[str]:
    """What shops may call a member: by student id, or by their own id as it is commonly written, some write it in capitals."""
    written = [str(member_id), member_id.hex]
    student_id = connection.execute(select(member.c.student_id).where(member.c.id == member_id)).scalar()
    return [*([] if student_id is None else [student_id]), *written, *(one.upper() for one in written)]


def waiting_events(connection: Connection, program_id: UUID, refs: Sequence[str]) -> list[PurchaseRow | ReturnRow]:
    """Events that wait for somebody to join: who is named by one of these; by time."""
    events: list[PurchaseRow | ReturnRow] = []
    for table, kind in ((purchase, PurchaseRow), (purchase_return, ReturnRow)):
        theirs = among(connection.dialect, table.c.member_ref, list(refs))
        found = connection.execute(select(table).where(table.c.program == program_id, table.c.status == "waiting", theirs))
        events += (kind(*row) for row in found)
    return sorted(events, key=lambda event: (event.occurred_at, event.id))


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
