"""What points buy: a program's catalogue, free amounts at its rate, and a member's burns. One burn is in `burn_pages`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError, Missing
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions import burning
from laurels.products.loyalty.actions.burning import Wish, free_price
from laurels.products.loyalty.errors import RewardSoldOut, RewardUnavailable
from laurels.products.loyalty.forms import BurnForm
from laurels.products.loyalty.queries import configuration_of, get_reward, get_visible_program
from laurels.products.loyalty.queries.burns import list_burns
from laurels.products.loyalty.queries.current import read_current
from laurels.products.loyalty.queries.mine import list_offers, offers_of, read_place
from laurels.products.loyalty.queries.points import Balance, read_balance
from laurels.products.loyalty.tries import TRIES_PER_MINUTE, book_in_path
from laurels.products.loyalty.wording import BURN_LABELS, BURN_TONES
from laurels.vouchers import VoucherParts
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pages import see_other
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.problems import status_of

router = APIRouter(prefix="/programs/{program_id}", include_in_schema=False)

OFFERS_SHOWN = 24
BURNS_SHOWN = 5
BURNS_PER_PAGE = 25

Values = dict[str, Any]


@router.get("/rewards")
def show_rewards(request: Request, context: Ctx, caller: Signed, program_id: UUID, cursor: Cursor = None) -> Response:
    """What there is to have for points, and the member's latest burns."""
    return _draw_rewards(request, context, caller, program_id, cursor=cursor)


@router.get("/burn")
def confirm_wish(request: Request, context: Ctx, caller: Signed, program_id: UUID) -> Response:
    """What a burn would take and give, before anything happens."""
    wish = BurnForm.of(request.query_params)
    if not wish.is_whole:
        return _refuse(request, context, caller, program_id, wish, N_("Type a whole number from 1."))
    balance = _read_balance(context, caller, program_id)
    if balance is None:
        return see_other(f"/programs/{program_id}")
    try:
        values = _wished(context, caller, balance, wish)
    except Missing:
        raise
    except DomainError as refusal:
        return _refuse(request, context, caller, program_id, wish, context.pages.explain(request, refusal))
    if values["cost"] > balance.active:
        return _refuse(request, context, caller, program_id, wish, N_("You have fewer points to spend."))
    return context.pages.render(request, "loyalty/pages/burn.html", caller=caller, balance=balance, program=balance.program, **values)


@router.post("/burn", dependencies=[limited("burn", per_minute=TRIES_PER_MINUTE, book=book_in_path)])
async def burn(
    request: Request,
    context: Ctx,
    caller: Signed,
    vouchers: VoucherParts,
    program_id: UUID,
    key: Annotated[RequestKey | None, keyed("burn")],
) -> Response:
    """Spend points at once, or reserve what they are for."""
    form = BurnForm.of(await request.form())
    if not form.is_whole:
        return see_other(f"/programs/{program_id}/rewards")
    await run_in_threadpool(_require_visible, context, caller, program_id)
    wish = Wish(caller.member_id, form.reward, form.points or 0, at_once=form.at_once)
    try:
        posted = await burning.burn_points(context, vouchers.seal, caller, program_id, wish, request=key)
    except Missing:
        raise
    except DomainError as refusal:
        told = {"form": context.pages.explain(request, refusal)}
        status = status_of(type(refusal))
        return await run_in_threadpool(_draw_rewards, request, context, caller, program_id, errors=told, typed=form.typed, status=status)
    said = N_("It is yours.") if form.at_once else N_("Reserved. Confirm it to have it.")
    return context.pages.lead(request, f"/programs/{program_id}/burns/{posted.answer.burn}", said)


@router.get("/burns")
def show_burns(request: Request, context: Ctx, caller: Signed, program_id: UUID, cursor: Cursor = None) -> Response:
    """Everything that a member spent points on, newest first."""
    place = read_cursor(cursor, datetime, UUID)
    with context.database.read.connect() as connection:
        program = get_visible_program(connection, caller, program_id)
        before = (place[0], place[1]) if place else None
        burns = list_burns(connection, program_id, caller.member_id, limit=BURNS_PER_PAGE + 1, before=before)
    last = burns[BURNS_PER_PAGE - 1].row if len(burns) > BURNS_PER_PAGE else None
    base = f"/programs/{program_id}/burns"
    return context.pages.render(
        request,
        "loyalty/pages/burns.html",
        caller=caller,
        program=program,
        burns=burns[:BURNS_PER_PAGE],
        burn_labels=BURN_LABELS,
        burn_tones=BURN_TONES,
        next_href=f"{base}?cursor={write_cursor(last.created_at, last.id)}" if last else "",
        first_href=base if cursor else "",
    )


def _draw_rewards(
    request: Request,
    context: Context,
    caller: Caller,
    program_id: UUID,
    *,
    cursor: str | None = None,
    errors: dict[str, str] | None = None,
    typed: str = "",
    status: int = 200,
) -> Response:
    place, now = read_cursor(cursor, int, UUID), context.clock.now()
    balance = _read_balance(context, caller, program_id)
    if balance is None:
        return see_other(f"/programs/{program_id}")
    with context.database.read.connect() as connection:
        after = (place[0], place[1]) if place else None
        offers = list_offers(connection, program_id, caller.member_id, at=now, limit=OFFERS_SHOWN + 1, after=after)
        burns = list_burns(connection, program_id, caller.member_id, limit=BURNS_SHOWN + 1)
    last = offers[OFFERS_SHOWN - 1].shown.row if len(offers) > OFFERS_SHOWN else None
    base = f"/programs/{program_id}/rewards"
    program = balance.program
    rate = (program.burn_points, program.burn_minor) if program.burn_points and program.burn_minor else None
    return context.pages.render(
        request,
        "loyalty/pages/rewards.html",
        caller=caller,
        status_code=status,
        balance=balance,
        program=program,
        offers=offers[:OFFERS_SHOWN],
        burns=burns[:BURNS_SHOWN],
        has_more_burns=len(burns) > BURNS_SHOWN,
        rate=rate,
        worth=balance.active * rate[1] // rate[0] if rate else 0,
        errors=errors or {},
        typed=typed,
        burn_labels=BURN_LABELS,
        burn_tones=BURN_TONES,
        next_href=f"{base}?cursor={write_cursor(last.cost, last.id)}" if last else "",
        first_href=base if cursor else "",
    )


def _refuse(request: Request, context: Context, caller: Caller, program_id: UUID, wish: BurnForm, said: str) -> Response:
    """The catalogue again, with what is wrong with a wish: beside the points where it is of points."""
    errors = {"form" if wish.reward else "points": context.pages.translate(request, said)}
    return _draw_rewards(request, context, caller, program_id, errors=errors, typed=wish.typed, status=422)


def _wished(context: Context, caller: Caller, balance: Balance, wish: BurnForm) -> Values:
    """What a wish comes to: the reward, or the worth of a free amount, and what it costs.

    Raises:
        Missing: there is no such reward.
        RewardSoldOut, RewardUnavailable: it can't be had now.
        NoBurnRate, WorthNothing: points can't be burned freely, or so few of them.
    """
    if wish.reward is not None:
        with context.database.read.connect() as connection:
            [offer] = offers_of(connection, [get_reward(connection, balance.program.id, wish.reward)], caller.member_id)
        if offer.is_sold_out:
            raise RewardSoldOut()
        if not offer.shown.row.is_on_sale(context.clock.now()):
            raise RewardUnavailable()
        return {"offer": offer, "cost": offer.shown.row.cost, "worth": None}
    price = free_price(configuration_of(context.database, balance.program.id), wish.points or 0)
    return {"offer": None, "cost": price.points, "worth": price.value_minor}


def _read_balance(context: Context, caller: Caller, program_id: UUID) -> Balance | None:
    """A member's points; None where they don't belong to the program."""
    with context.database.read.connect() as connection:
        get_visible_program(connection, caller, program_id)
        place = read_place(connection, program_id, caller.member_id)
    if not place.is_member:
        return None
    now = context.clock.now()
    return read_current(
        context.database, program_id, lambda connection, settings: read_balance(connection, settings, caller.member_id, at=now)
    )


def _require_visible(context: Context, caller: Caller, program_id: UUID) -> None:
    with context.database.read.connect() as connection:
        get_visible_program(connection, caller, program_id)
