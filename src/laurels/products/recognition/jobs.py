"""Recognition's jobs. Each finds for itself what is left to do, so that running late, twice or on two machines harms nothing."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
import logging
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, select, update

from laurels.core.database import among
from laurels.core.errors import DomainError, Unavailable
from laurels.core.windows import month_of
from laurels.identity.tables import member
from laurels.jobs import JobContext
from laurels.jobs.backoff import retry_after
from laurels.ledger.outbox import Told
from laurels.ledger.reader import purses_behind
from laurels.ledger.writer import Proposal
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.actions import UNAVAILABLE, issue
from laurels.products.recognition.decisions import OpenMonth, SettleRedemption
from laurels.products.recognition.errors import RedemptionSettledAlready
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.queries import due_redemptions
from laurels.products.recognition.tables import Redemption, redemption
from laurels.vouchers import IssuerUnavailable, Order, Vouchers

log = logging.getLogger(__name__)

PAGE = 500
"""Purses looked up at once."""

DUE_AT_ONCE = 50
"""Redemptions taken at once."""

LEASE = timedelta(minutes=2)
"""How long a worker has a redemption to itself: longer than an issuer may take to answer."""

FIRST_RETRY = timedelta(minutes=1)
LAST_RETRY = timedelta(hours=1)
MAX_TRIES = 30
"""Tries of an issuer that can't be reached, over about a day; then the credits go back."""


def open_months(job: JobContext) -> int:
    """Turn every active member's allowance to the current month; gives how many were turned.

    The first touch would do the same at any later time: this makes it visible
    to lists and boards. A purse that was turned meanwhile stays as it is.
    """
    policy = policy_of(job.settings)
    turned = 0
    proposals = (Proposal(OpenMonth(who, policy), job.now, "system/rollover") for who in _members_behind(job))
    for outcome in job.writer.post_all(proposals):
        if isinstance(outcome, Unavailable) or (isinstance(outcome, Exception) and not isinstance(outcome, DomainError)):
            raise outcome
        turned += not isinstance(outcome, Exception)  # a refusal: the member was suspended meanwhile
    return turned


def issue_vouchers(job: JobContext, vouchers: Vouchers) -> int:
    """Try to issue what is due; gives how many redemptions ended.

    Each is taken with a lease first, so that two workers don't ask for the same
    at once. An issuer that can't be reached is asked again later, after
    `MAX_TRIES` no more: then the credits go back.
    """
    ended = 0
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            due = due_redemptions(connection, job.clock.now(), limit=DUE_AT_ONCE)
        taken = [one for one in due if _take(job, one)]
        ended += sum(_try_to_issue(job, vouchers, one) for one in taken)
        if len(due) < DUE_AT_ONCE:
            break
    return ended


def issue_requested(job: JobContext, told: Sequence[Told], vouchers: Vouchers) -> None:
    """A redemption was requested: issue what is due, at once. The schedule takes up what fails."""
    if told and not vouchers.issuer.is_local:
        issue_vouchers(job, vouchers)


def _members_behind(job: JobContext) -> Iterator[UUID]:
    month = month_of(job.now, policy_of(job.settings).zone)
    after: UUID | None = None
    while not job.is_stopping():
        with job.database.read.connect() as connection:
            behind = purses_behind(connection, BOOK, "allowance", month, limit=PAGE, after=after)
            active = _active(connection, behind)
        yield from active
        if len(behind) < PAGE:
            return
        after = behind[-1]


def _active(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    wanted = select(member.c.id).where(among(connection.dialect, member.c.id, ids), member.c.status == "active")
    return list(connection.scalars(wanted.order_by(member.c.id)))


def _take(job: JobContext, due: Redemption) -> bool:
    """Lease a redemption; False where another worker was quicker or it is settled."""
    now = job.clock.now()
    is_as_seen = and_(redemption.c.id == due.id, redemption.c.status == "PENDING", redemption.c.next_try_at == due.next_try_at)
    return _change(job, is_as_seen, next_try_at=now + LEASE, tries=due.tries + 1)


def _try_to_issue(job: JobContext, vouchers: Vouchers, taken: Redemption) -> bool:
    tries = taken.tries + 1
    try:
        settlement = issue(vouchers, Order(taken.id, taken.value_minor, taken.currency), member=taken.member, credits=taken.credits)
    except IssuerUnavailable as hindrance:
        log.warning("redemption %s: try %d failed: %s", taken.id, tries, hindrance)
        if tries < MAX_TRIES:
            retry_at = job.clock.now() + retry_after(tries, first=FIRST_RETRY, last=LAST_RETRY)
            _change(job, and_(redemption.c.id == taken.id, redemption.c.status == "PENDING"), next_try_at=retry_at)
            return False
        settlement = SettleRedemption(taken.id, taken.member, taken.credits, issued_by=vouchers.issuer.name, failure=UNAVAILABLE)
    try:
        job.writer.post_now(Proposal(settlement, job.clock.now(), "system/vouchers"))
    except RedemptionSettledAlready:
        log.info("redemption %s was settled meanwhile", taken.id)
        return False
    return True


def _change(job: JobContext, which: Any, **values: datetime | int) -> bool:
    with job.database.write.begin() as connection:
        return connection.execute(update(redemption).where(which).values(**values)).rowcount == 1
