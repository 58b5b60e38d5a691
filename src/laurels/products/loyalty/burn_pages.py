"""One burn of a member: confirmed or cancelled while it is reserved; afterwards its voucher's code is here."""

from collections.abc import Callable, Coroutine
from math import ceil
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError, Missing
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions import burning
from laurels.products.loyalty.queries import get_visible_program
from laurels.products.loyalty.queries.burns import ShownBurn
from laurels.products.loyalty.wording import BURN_LABELS, BURN_TONES
from laurels.vouchers import VoucherParts, Vouchers
from laurels.web.caller import Caller, Signed
from laurels.web.context import Context, Ctx
from laurels.web.idempotency import keyed
from laurels.web.language import N_
from laurels.web.pages import is_partial
from laurels.web.problems import status_of

router = APIRouter(prefix="/programs/{program_id}/burns/{burn_id}", include_in_schema=False)


@router.get("")
def show_burn(request: Request, context: Ctx, caller: Signed, vouchers: VoucherParts, program_id: UUID, burn_id: UUID) -> Response:
    """One burn: to be confirmed or cancelled, or what it gave. A script asks for its state alone."""
    return _draw_burn(request, context, caller, vouchers, _own(context, caller, program_id, burn_id))


@router.post("/confirm")
async def confirm(
    request: Request,
    context: Ctx,
    caller: Signed,
    vouchers: VoucherParts,
    program_id: UUID,
    burn_id: UUID,
    key: Annotated[RequestKey | None, keyed("confirm")],
) -> Response:
    """Spend what was reserved."""

    async def settle(shown: ShownBurn) -> None:
        await burning.confirm_burn(context, vouchers.seal, caller, shown, request=key)

    return await _settle(request, context, caller, vouchers, program_id, burn_id, settle, N_("It is yours."))


@router.post("/cancel")
async def cancel(
    request: Request,
    context: Ctx,
    caller: Signed,
    vouchers: VoucherParts,
    program_id: UUID,
    burn_id: UUID,
    key: Annotated[RequestKey | None, keyed("cancel")],
) -> Response:
    """Give back what was reserved."""

    async def settle(shown: ShownBurn) -> None:
        await burning.cancel_burn(context, caller, shown, request=key)

    return await _settle(request, context, caller, vouchers, program_id, burn_id, settle, N_("Cancelled. Your points are back."))


async def _settle(
    request: Request,
    context: Context,
    caller: Caller,
    vouchers: Vouchers,
    program_id: UUID,
    burn_id: UUID,
    settle: Callable[[ShownBurn], Coroutine[Any, Any, None]],
    said: str,
) -> Response:
    shown = await run_in_threadpool(_own, context, caller, program_id, burn_id)
    try:
        await settle(shown)
    except DomainError as refusal:
        now_shown = await run_in_threadpool(_own, context, caller, program_id, burn_id)
        return await run_in_threadpool(_draw_burn, request, context, caller, vouchers, now_shown, refusal)
    return context.pages.lead(request, f"/programs/{program_id}/burns/{burn_id}", said)


def _draw_burn(
    request: Request, context: Context, caller: Caller, vouchers: Vouchers, shown: ShownBurn, refusal: DomainError | None = None
) -> Response:
    row, now = shown.row, context.clock.now()
    with context.database.read.connect() as connection:
        program = get_visible_program(connection, caller, row.program)
    values: dict[str, Any] = {
        "program": program,
        "burn": row,
        "reward_name": shown.reward_name,
        "code": vouchers.seal.open(row.id, row.code_sealed) if row.code_sealed else None,
        "minutes_left": ceil((row.confirm_by - now).total_seconds() / 60) if row.status == "reserved" else 0,
        "burn_labels": BURN_LABELS,
        "burn_tones": BURN_TONES,
        "errors": {"form": context.pages.explain(request, refusal)} if refusal else {},
    }
    if is_partial(request) and refusal is None:
        return context.pages.render_partial(request, "loyalty/partials/burn_state.html", caller=caller, **values)
    status = status_of(type(refusal)) if refusal else 200
    return context.pages.render(request, "loyalty/pages/one_burn.html", caller=caller, status_code=status, **values)


def _own(context: Context, caller: Caller, program_id: UUID, burn_id: UUID) -> ShownBurn:
    """A member's own burn; nobody else's has a page here.

    Raises:
        Missing: they have none with this id.
    """
    shown = burning.read_burn(context, program_id, burn_id)
    if shown.row.member != caller.member_id:
        raise Missing(what="burn")
    return shown
