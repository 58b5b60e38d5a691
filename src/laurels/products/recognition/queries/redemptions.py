"""Vouchers: on their way, issued, failed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
import logging
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, func, select

from laurels.core.database import among
from laurels.core.errors import Missing
from laurels.core.seal import Seal, SealBroken
from laurels.identity.tables import member
from laurels.ledger.reader import balances
from laurels.products.recognition.accounts import STOCK
from laurels.products.recognition.policy import main_units
from laurels.products.recognition.queries.listed import Listed, older_than
from laurels.products.recognition.rules import RedemptionStatus
from laurels.products.recognition.tables import Redemption, redemption
from laurels.web.caller import Caller, Role

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Voucher:
    """A redemption as its owner sees it; staff see all but the code.

    Attributes:
        value_minor: its worth in the currency's minor unit.
        voucher_code: once issued, for its owner only.
        failure: why it failed: `refused` or `unavailable`.
    """

    id: UUID
    member_id: UUID
    student_id: str
    credits: int
    value_minor: int
    currency: str
    status: RedemptionStatus
    voucher_code: str | None
    issued_by: str | None
    failure: str | None
    created_at: datetime
    fulfilled_at: datetime | None

    @property
    def voucher_value(self) -> Decimal:
        """Its worth in the currency's main unit, exactly."""
        return main_units(self.value_minor, self.currency)


def list_vouchers(
    connection: Connection, owner: UUID, *, seal: Seal, limit: int, before: tuple[datetime, UUID] | None = None
) -> Listed[Voucher]:
    """A member's own redemptions with their codes, newest first."""
    wanted = _with_owner().where(redemption.c.member == owner)
    if before is not None:
        wanted = wanted.where(older_than(redemption, before))
    rows = connection.execute(wanted.order_by(redemption.c.created_at.desc(), redemption.c.id.desc()).limit(limit + 1)).all()
    items = [_voucher(row, seal) for row in rows[:limit]]
    return Listed(items, (items[-1].created_at, items[-1].id) if len(rows) > limit else None)


def get_voucher(connection: Connection, viewer: Caller, redemption_id: UUID, *, seal: Seal) -> Voucher:
    """A redemption: one's own, or for staff anybody's without its code.

    Raises:
        Missing: there is none, or it is somebody else's.
    """
    row = connection.execute(_with_owner().where(redemption.c.id == redemption_id)).one_or_none()
    if row is None or (row.member != viewer.member_id and not viewer.role.covers(Role.STAFF)):
        raise Missing(what="redemption")
    return _voucher(row, seal if row.member == viewer.member_id else None)


def count_vouchers(connection: Connection) -> dict[str, int]:
    """How many redemptions there are of each status, of all members: for staff."""
    counted = dict.fromkeys(("PENDING", "ISSUED", "FAILED"), 0)
    for status, count in connection.execute(select(redemption.c.status, func.count()).group_by(redemption.c.status)):
        counted[status] = count
    return counted


def read_stock(connection: Connection) -> int:
    """How many vouchers may still be issued, where they are counted."""
    return balances(connection, [STOCK])[STOCK]


def due_redemptions(connection: Connection, now: datetime, *, limit: int) -> list[Redemption]:
    """Pending redemptions that a worker may try to issue now, the longest due first."""
    due = select(redemption).where(redemption.c.status == "PENDING", redemption.c.next_try_at <= now)
    return [Redemption(*row) for row in connection.execute(due.order_by(redemption.c.next_try_at, redemption.c.id).limit(limit))]


def redemptions_by_id(connection: Connection, ids: Collection[UUID]) -> dict[UUID, Redemption]:
    """Those of these redemptions that there are."""
    wanted = select(redemption).where(among(connection.dialect, redemption.c.id, ids))
    return {row.id: Redemption(*row) for row in connection.execute(wanted)}


def _with_owner() -> Select[*tuple[Any, ...]]:
    return select(*redemption.c, member.c.student_id).join(member, member.c.id == redemption.c.member)


def _voucher(row: Row[*tuple[Any, ...]], seal: Seal | None) -> Voucher:
    return Voucher(
        id=row.id,
        member_id=row.member,
        student_id=row.student_id,
        credits=row.credits,
        value_minor=row.value_minor,
        currency=row.currency,
        status=row.status,
        voucher_code=_open(seal, row.id, row.code_sealed),
        issued_by=row.issued_by,
        failure=row.failure,
        created_at=row.created_at,
        fulfilled_at=row.fulfilled_at,
    )


def _open(seal: Seal | None, redemption_id: UUID, sealed: str | None) -> str | None:
    if seal is None or sealed is None:
        return None
    try:
        return seal.open(redemption_id, sealed)
    except SealBroken:
        # One code under an older key must not hide the others; the operator can put the key back.
        log.exception("a voucher's code can't be read")
        return None
