"""/me: what I have, sent and was left with."""

from typing import Annotated

from fastapi import APIRouter, Query

from laurels.core.errors import Invalid
from laurels.core.windows import Month, month_end
from laurels.products.recognition import queries
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.schemas import LineAnswer, PurseAnswer, QuotaAnswer, SnapshotAnswer
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.documented import documented
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, read_cursor, write_cursor
from laurels.web.schemas import Month as MonthText

router = APIRouter(prefix="/me")


@router.get("/purse")
def read_my_purse(caller: Signed, context: Ctx) -> PurseAnswer:
    """What I have to give and to redeem, now: as if my month had been opened."""
    policy = policy_of(context.settings)
    with context.database.read.connect() as connection:
        purses = queries.read_purses(connection, caller.member_id, policy=policy, at=context.clock.now())
    return PurseAnswer(
        month_bucket=purses.month,
        allowance=purses.allowance,
        credits_sent=purses.sent,
        limit_amount=purses.limit,
        sendable=purses.sendable,
        received=purses.received,
        redeeming=purses.redeeming,
        owed=purses.owed,
        carries=purses.carries,
        reset_at=month_end(Month(purses.month), policy.zone),
    )


@router.get("/purse/statement", responses=documented(CursorInvalid))
def read_my_statement(
    caller: Signed,
    context: Ctx,
    purse: Annotated[queries.PurseName | None, Query(description="Only this purse.")] = None,
    limit: PageSize = 50,
    cursor: Cursor = None,
) -> Page[LineAnswer]:
    """Every credit that came or went, newest first, as recorded. A month that nothing has touched yet has no line."""
    before = read_cursor(cursor, int, int)
    with context.database.read.connect() as connection:
        found = queries.list_statement(
            connection,
            caller.member_id,
            policy=policy_of(context.settings),
            limit=limit,
            purses=[purse] if purse else ("allowance", "received"),
            before=(before[0], before[1]) if before else None,
        )
    items = [
        LineAnswer(
            kind=line.kind,
            purse=line.purse,
            source_ref=line.source_ref,
            credits_delta=line.credits_delta,
            running_balance=line.running_balance,
            month_bucket=line.month_bucket,
            created_at=line.created_at,
        )
        for line in found.items
    ]
    return Page(items=items, next_cursor=write_cursor(*found.following) if found.following else None)


@router.get("/quotas", responses=documented(Invalid))
def read_my_quota(
    caller: Signed, context: Ctx, month: Annotated[MonthText | None, Query(description="By default the current one.")] = None
) -> QuotaAnswer:
    """What I sent in a month, what I might have, and what had been carried into it."""
    policy = policy_of(context.settings)
    with context.database.read.connect() as connection:
        quota = queries.read_quota(connection, caller.member_id, Month(month) if month else None, policy=policy, at=context.clock.now())
    return QuotaAnswer(
        month_bucket=quota.month,
        credits_sent=quota.sent,
        limit_amount=quota.limit,
        carry_forward_applied=quota.carried > 0,
        carry_forward_credits=quota.carried,
        reset_at=month_end(Month(quota.month), policy.zone),
    )


@router.get("/snapshots", responses=documented(CursorInvalid))
def list_my_snapshots(caller: Signed, context: Ctx, limit: PageSize = 24, cursor: Cursor = None) -> Page[SnapshotAnswer]:
    """How my months ended, newest first."""
    before = read_cursor(cursor, str)
    with context.database.read.connect() as connection:
        found = queries.list_snapshots(
            connection,
            caller.member_id,
            policy=policy_of(context.settings),
            at=context.clock.now(),
            limit=limit,
            before=Month(before[0]) if before else None,
        )
    items = [
        SnapshotAnswer(month_bucket=one.month, balance_end=one.balance_end, carry_forward_amount=one.carry_forward_amount)
        for one in found.items
    ]
    return Page(items=items, next_cursor=write_cursor(*found.following) if found.following else None)
