"""/progress/freezes: what saves a streak from missed days."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Denied, Missing
from laurels.identity.errors import MemberInactive
from laurels.identity.parts import origin_of
from laurels.ledger import InsufficientBalance
from laurels.ledger.writer import RequestKey
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.freezes import buy_freeze, give_freeze
from laurels.products.progress.errors import FreezesFull, FreezesNotSold
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.freezes import FreezesNow, read_freezes
from laurels.products.progress.queries.whose import look_up_member
from laurels.products.progress.schemas.freezes import FreezeBody, FreezesAnswer
from laurels.web.caller import Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.limits import limited

router = APIRouter(prefix="/progress/freezes")

FREEZES_PER_MINUTE = 30


@router.get("")
def read_my_freezes(caller: Signed, context: Ctx) -> FreezesAnswer:
    """The freezes that I have in hand, and what one costs."""
    return FreezesAnswer.of(_read(context, caller.member_id))


@router.post(
    "",
    dependencies=[limited("freeze", per_minute=FREEZES_PER_MINUTE, book=BOOK)],
    responses=documented(Missing, Denied, MemberInactive, FreezesFull, FreezesNotSold, InsufficientBalance),
)
async def add_freeze(
    body: FreezeBody, caller: Signed, context: Ctx, request: Request, key: Annotated[RequestKey | None, keyed("freeze")]
) -> FreezesAnswer:
    """Buy a freeze with points, at the price that `GET` tells; the total of points stays as it is.

    Staff who name a member give them one for nothing. Answers with what is then in hand.
    """
    if body.member is None:
        member, posted = caller.member_id, await buy_freeze(context, caller, request=key)
    else:
        if not caller.role.covers(Role.STAFF):
            raise Denied(needs=Role.STAFF.value)
        member = await run_in_threadpool(look_up_member, context.database, body.member)
        posted = await give_freeze(context, caller, member, address_hash=origin_of(request).address_hash, request=key)
    tell_replay(request, posted)
    return FreezesAnswer.of(await run_in_threadpool(_read, context, member))


def _read(context: Context, member: UUID) -> FreezesNow:
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, context.settings.zone)
        return read_freezes(connection, basis, member, at=context.clock.now())
