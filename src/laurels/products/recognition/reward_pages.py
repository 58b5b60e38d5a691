"""What received credits turn into: vouchers, and the statement of every credit."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.ledger.writer import RequestKey
from laurels.products.recognition import actions, queries
from laurels.products.recognition.accounts import BOOK
from laurels.products.recognition.forms import credits_in
from laurels.products.recognition.policy import main_units, policy_of
from laurels.products.recognition.queries import LineKind
from laurels.vouchers import VoucherParts, Vouchers
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.flash import flash
from laurels.web.forms import text_of
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.problems import status_of

router = APIRouter(include_in_schema=False)

VOUCHERS_SHOWN = 10
LINES_SHOWN = 8
LINES_PER_PAGE = 50

LINE_LABELS = {
    LineKind.RECOGNITION_IN: N_("Thanks received"),
    LineKind.RECOGNITION_OUT: N_("Thanks given"),
    LineKind.REDEMPTION: N_("Voucher"),
    LineKind.RESET: N_("New month's credits"),
    LineKind.CARRY_FORWARD: N_("Carried over"),
    LineKind.CARRY_FORWARD_CAP: N_("Lapsed: more than carries over"),
    LineKind.REVERSAL: N_("Taken back"),
}


@router.get("/rewards")
def show_rewards(request: Request, context: Ctx, caller: Signed, vouchers: VoucherParts, cursor: Cursor = None) -> Response:
    """What there is to redeem, the vouchers so far, and the newest lines of the statement."""
    return _draw_rewards(request, context, caller, vouchers, cursor=cursor)


@router.get("/rewards/redeem")
def confirm_redemption(request: Request, context: Ctx, caller: Signed, vouchers: VoucherParts, credits: str = "") -> Response:
    """What a redemption would give, before anything happens."""
    amount = credits_in(credits, least=1)
    with context.database.read.connect() as connection:
        purse = queries.read_purses(connection, caller.member_id, policy=policy_of(context.settings), at=context.clock.now())
    if amount is None or amount > purse.received:
        wrong = N_("Type a whole number from 1.") if amount is None else N_("You have fewer credits to redeem.")
        errors = {"credits": context.pages.translate(request, wrong)}
        return _draw_rewards(request, context, caller, vouchers, errors=errors, typed=credits[:20], status=422)
    return _draw_confirmation(request, context, caller, amount, received=purse.received)


@router.post("/rewards/redeem", dependencies=[limited("redeem", per_minute=5, book=BOOK)])
async def redeem(
    request: Request, context: Ctx, caller: Signed, vouchers: VoucherParts, key: Annotated[RequestKey | None, keyed("redeem")]
) -> Response:
    """Turn received credits into a voucher."""
    amount = credits_in(text_of(await request.form(), "credits", 20), least=1)
    if amount is None:
        return see_other("/rewards")
    try:
        requested = await actions.redeem(context, vouchers, caller, amount, request=key)
    except DomainError as refusal:
        errors = {"form": context.pages.explain(request, refusal)}
        return await run_in_threadpool(
            _draw_rewards, request, context, caller, vouchers, errors=errors, typed=str(amount), status=status_of(type(refusal))
        )
    response = see_other("/rewards")
    is_issued = requested.voucher.status == "ISSUED"
    said = N_("Here is your voucher. Its code is below.") if is_issued else N_("Done. Your voucher is on its way.")
    flash(response, context.pages.translate(request, said), request=request)
    return response


@router.get("/rewards/vouchers")
def show_vouchers(request: Request, context: Ctx, caller: Signed, vouchers: VoucherParts) -> Response:
    """The list of vouchers alone: fetched again while one is pending."""
    values = _read_vouchers(context, caller, vouchers, cursor=None)
    return context.pages.render_partial(request, "recognition/partials/vouchers.html", caller=caller, **values)


@router.get("/statement")
def show_statement(request: Request, context: Ctx, caller: Signed, cursor: Cursor = None) -> Response:
    """Every credit that came or went, newest first."""
    place = read_cursor(cursor, int, int)
    with context.database.read.connect() as connection:
        policy = policy_of(context.settings)
        listed = queries.list_statement(connection, caller.member_id, policy=policy, limit=LINES_PER_PAGE, before=place)
    return context.pages.render(
        request,
        "recognition/pages/statement.html",
        caller=caller,
        lines=listed.items,
        line_labels=LINE_LABELS,
        next_href=f"/statement?cursor={write_cursor(*listed.following)}" if listed.following else "",
        first_href="/statement" if cursor else "",
    )


def _draw_rewards(
    request: Request,
    context: Context,
    caller: Caller,
    vouchers: Vouchers,
    *,
    cursor: str | None = None,
    errors: dict[str, str] | None = None,
    typed: str = "",
    status: int = 200,
) -> Response:
    policy, now = policy_of(context.settings), context.clock.now()
    with context.database.read.connect() as connection:
        purse = queries.read_purses(connection, caller.member_id, policy=policy, at=now)
        lines = queries.list_statement(connection, caller.member_id, policy=policy, limit=LINES_SHOWN).items
        stock = queries.read_stock(connection) if policy.stock_limited else None
    return context.pages.render(
        request,
        "recognition/pages/rewards.html",
        caller=caller,
        status_code=status,
        topics="me",
        purse=purse,
        worth=main_units(policy.voucher_minor(purse.received), policy.currency),
        credit_value=main_units(policy.voucher_value_minor, policy.currency),
        currency=policy.currency,
        stock=stock,
        lines=lines,
        line_labels=LINE_LABELS,
        errors=errors or {},
        typed=typed,
        **_read_vouchers(context, caller, vouchers, cursor=cursor),
    )


def _read_vouchers(context: Context, caller: Caller, vouchers: Vouchers, *, cursor: str | None) -> dict[str, Any]:
    place = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        listed = queries.list_vouchers(connection, caller.member_id, seal=vouchers.seal, limit=VOUCHERS_SHOWN, before=place)
    return {
        "redemptions": listed.items,
        "is_pending": any(voucher.status == "PENDING" for voucher in listed.items),
        "more_href": f"/rewards?cursor={write_cursor(*listed.following)}" if listed.following else "",
    }


def _draw_confirmation(request: Request, context: Context, caller: Caller, amount: int, *, received: int) -> Response:
    policy = policy_of(context.settings)
    return context.pages.render(
        request,
        "recognition/pages/redeem.html",
        caller=caller,
        credits=amount,
        worth=main_units(policy.voucher_minor(amount), policy.currency),
        currency=policy.currency,
        left=received - amount,
    )
