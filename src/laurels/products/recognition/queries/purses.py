"""What a member has, has sent and was left with: true now, through the same rules that post."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from laurels.core.errors import Invalid
from laurels.core.windows import Month, month_of
from laurels.ledger.reader import balances, preview
from laurels.products.recognition.accounts import standing
from laurels.products.recognition.decisions import Purses, Quota, ReadMonths, ReadPurses, ReadQuota
from laurels.products.recognition.queries.listed import Listed
from laurels.products.recognition.rules import Policy
from laurels.products.recognition.tables import CreditSnapshot, credit_snapshot
from laurels.web.language import N_


def read_purses(connection: Connection, member_id: UUID, *, policy: Policy, at: datetime) -> Purses:
    """A member's purses at an instant, as if their month had been opened."""
    return preview(connection, ReadPurses(member_id, month_of(at, policy.zone), policy), at)


def read_quota(connection: Connection, member_id: UUID, month: Month | None, *, policy: Policy, at: datetime) -> Quota:
    """What a member sent in a month, by default the current one.

    Raises:
        Invalid: the month hasn't begun.
    """
    current = month_of(at, policy.zone)
    if month is not None and month > current:
        raise Invalid(field="month", reason=N_("This month hasn't begun. Send the current one or one before it."))
    return preview(connection, ReadQuota(member_id, month or current, policy), at)


def list_snapshots(
    connection: Connection, member_id: UUID, *, policy: Policy, at: datetime, limit: int, before: Month | None = None
) -> Listed[CreditSnapshot]:
    """How a member's months ended, newest first, those included that nothing has closed yet."""
    closed = preview(connection, ReadMonths(member_id, policy), at).snapshots
    kept = select(credit_snapshot).where(credit_snapshot.c.member == member_id)
    if before is not None:
        kept = kept.where(credit_snapshot.c.month < before)
    rows = connection.execute(kept.order_by(credit_snapshot.c.month.desc()).limit(limit + 1))
    found = [one for one in reversed(closed) if before is None or one.month < before] + [CreditSnapshot(*row) for row in rows]
    return Listed(found[:limit], (found[limit - 1].month,) if len(found) > limit else None)


def received_by_month(connection: Connection, member_id: UUID, months: Sequence[Month]) -> dict[Month, int]:
    """Credits received in each of these months, reversed ones not counted."""
    held = balances(connection, [standing(member_id, month) for month in months])
    return {month: held[standing(member_id, month)] for month in months}
