"""/redemptions and /vouchers: credits into vouchers."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.identity.parts import origin_of
from laurels.ledger import InsufficientBalance
from laurels.ledger.writer import RequestKey
from laurels.products.recognition import actions, queries
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.errors import OutOfStock
from laurels.products.recognition.policy import policy_of
from laurels.products.recognition.schemas import (
    RedemptionAnswer,
    RedemptionBody,
    StockAnswer,
    StockBody,
    plain_number,
)
from laurels.vouchers import VoucherParts
from laurels.web.caller import Signed, StaffOnly
from laurels.web.context import Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, CursorInvalid, Page, PageSize, read_cursor, write_cursor
from laurels.web.paths import API_PREFIX

router = APIRouter()

REDEMPTIONS_PER_MINUTE = 5


@router.post(
    "/redemptions",
    status_code=201,
    dependencies=[limited("redeem", per_minute=REDEMPTIONS_PER_MINUTE, book=BOOK)],
    responses=created("redemption_id", "read_redemption") | documented(MemberInactive, InsufficientBalance, OutOfStock),
)
async def redeem_credits(
    body: RedemptionBody,
    caller: Signed,
    context: Ctx,
    vouchers: VoucherParts,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("redeem")],
) -> RedemptionAnswer:
    """Redeem received credits for a voucher.

    The built-in issuer answers at once (ISSUED, with the code). An issuer
    outside leaves it PENDING: ask again at `Location`. A replay answers with
    the redemption as it then stands.
    """
    requested = await actions.redeem(context, vouchers, caller, body.credits, request=key)
    tell_replay(request, requested.posted)
    response.headers["Location"] = f"{API_PREFIX}/redemptions/{requested.voucher.id}"
    return _redemption(requested.voucher)


@router.get("/redemptions", responses=documented(CursorInvalid))
def list_my_redemptions(
    caller: Signed, context: Ctx, vouchers: VoucherParts, limit: PageSize = 20, cursor: Cursor = None
) -> Page[RedemptionAnswer]:
    """My redemptions with their codes, newest first."""
    before = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        found = queries.list_vouchers(
            connection, caller.member_id, seal=vouchers.seal, limit=limit, before=(before[0], before[1]) if before else None
        )
    return Page(items=[_redemption(one) for one in found.items], next_cursor=write_cursor(*found.following) if found.following else None)


@router.get("/redemptions/{redemption_id}", responses=documented(Missing))
def read_redemption(redemption_id: OpaqueId, caller: Signed, context: Ctx, vouchers: VoucherParts) -> RedemptionAnswer:
    """One of my redemptions; for staff anybody's, without its code."""
    wanted = known_id(redemption_id, what="redemption")
    with context.database.read.connect() as connection:
        return _redemption(queries.get_voucher(connection, caller, wanted, seal=vouchers.seal))


@router.get("/vouchers/stock")
def read_voucher_stock(caller: StaffOnly, context: Ctx) -> StockAnswer:
    """How many vouchers may still be issued: for staff."""
    with context.database.read.connect() as connection:
        stock = queries.read_stock(connection)
    return StockAnswer(stock=stock, is_limited=policy_of(context.settings).stock_limited)


@router.post("/vouchers/stock", responses=documented(InsufficientBalance))
async def change_voucher_stock(
    body: StockBody, caller: StaffOnly, context: Ctx, request: Request, key: Annotated[RequestKey | None, keyed("stock")]
) -> StockAnswer:
    """Add vouchers to the stock, or take unsold ones out: for staff."""
    posted = await actions.change_stock(context, caller, body.added, address_hash=origin_of(request).address_hash, request=key)
    tell_replay(request, posted)
    return StockAnswer(stock=posted.answer.stock, is_limited=policy_of(context.settings).stock_limited)


def _redemption(found: queries.Voucher) -> RedemptionAnswer:
    return RedemptionAnswer(
        redemption_id=found.id,
        student_id=found.student_id,
        credits_redeemed=found.credits,
        voucher_value=plain_number(found.voucher_value),
        voucher_value_minor=found.value_minor,
        currency=found.currency,
        status=found.status,
        voucher_code=found.voucher_code,
        failure=found.failure,
        created_at=found.created_at,
        fulfilled_at=found.fulfilled_at,
        issued_by=found.issued_by,
    )
