"""/programs/{id}/burn: points for rewards and discounts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Invalid, Missing
from laurels.identity.errors import MemberInactive
from laurels.ledger import InsufficientBalance, LimitReached
from laurels.ledger.writer import RequestKey
from laurels.products.loyalty.actions import burning
from laurels.products.loyalty.actions.burning import Wish
from laurels.products.loyalty.errors import (
    BurnSettled,
    NoBurnRate,
    NotAMember,
    ProgramClosed,
    ReservationLapsed,
    RewardSoldOut,
    RewardUnavailable,
    UnknownMember,
    WorthNothing,
)
from laurels.products.loyalty.queries.access import get_visible_program, is_program_admin, require_program_admin, subject_of
from laurels.products.loyalty.queries.burns import ShownBurn
from laurels.products.loyalty.queries.configuration import configuration_of
from laurels.products.loyalty.queries.events import find_members
from laurels.products.loyalty.schemas.burns import BurnAnswer, BurnBody
from laurels.products.loyalty.tries import TRIES_PER_MINUTE, book_in_path
from laurels.vouchers import VoucherParts, Vouchers
from laurels.web.caller import AnyCaller, Caller, Role, require_scope, service_or
from laurels.web.context import Context, Ctx
from laurels.web.documented import created, documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.identifiers import OpaqueId, known_id
from laurels.web.key_refusals import ScopeMissing
from laurels.web.language import N_
from laurels.web.limits import SERVICE_PER_MINUTE, limited
from laurels.web.paths import API_PREFIX

router = APIRouter()

BURN = "burn"
"""The scope of keys that burn members' points."""

Burner = Annotated[AnyCaller, service_or(Role.MEMBER, scope=BURN)]
"""A key with the scope, or a member: for themselves, or as an admin of the program."""


@router.post(
    "/{program_id}/burn",
    status_code=201,
    dependencies=[limited("burn", per_minute=TRIES_PER_MINUTE, service_per_minute=SERVICE_PER_MINUTE, book=book_in_path)],
    responses=created("burn_id", "read_burn", "confirm_burn", "cancel_burn")
    | documented(Missing, ScopeMissing, Invalid, ProgramClosed, NotAMember, UnknownMember, MemberInactive)
    | documented(RewardUnavailable, RewardSoldOut, LimitReached, InsufficientBalance, NoBurnRate, WorthNothing, Invalid, UnknownMember),
)
async def burn_points(
    program_id: OpaqueId,
    body: BurnBody,
    caller: Burner,
    context: Ctx,
    vouchers: VoucherParts,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("burn")],
) -> BurnAnswer:
    """Burn points for a reward or a free amount: reserved until it is confirmed, or at once.

    Points that expire first go first; pending ones don't count. A replay
    answers with the burn as it then stands.
    """
    program = known_id(program_id, what="program")
    if (body.reward_id is None) == (body.points is None):
        raise Invalid(field="reward_id", reason=N_("send a reward, or points, and not both"))
    member = await run_in_threadpool(_whose, context, caller, program, body.member)
    reward = None if body.reward_id is None else known_id(body.reward_id, what="reward")
    wish = Wish(member, reward, body.points or 0, at_once=body.at_once)
    posted = await burning.burn_points(context, vouchers.seal, caller, program, wish, request=key)
    tell_replay(request, posted)
    shown = await run_in_threadpool(burning.read_burn, context, program, posted.answer.burn)
    response.headers["Location"] = f"{API_PREFIX}/programs/{program}/burn/{shown.row.id}"
    return _answer(context, vouchers, caller, shown)


@router.get("/{program_id}/burn/{burn_id}", responses=documented(Missing, ScopeMissing))
def read_burn(program_id: OpaqueId, burn_id: OpaqueId, caller: Burner, context: Ctx, vouchers: VoucherParts) -> BurnAnswer:
    """A burn as it stands: for its member, and for the program's keys and admins."""
    return _answer(context, vouchers, caller, _allowed(context, caller, program_id, burn_id))


@router.post(
    "/{program_id}/burn/{burn_id}/confirm",
    responses=documented(Missing, ScopeMissing, ProgramClosed, BurnSettled, ReservationLapsed, MemberInactive),
)
async def confirm_burn(
    program_id: OpaqueId,
    burn_id: OpaqueId,
    caller: Burner,
    context: Ctx,
    vouchers: VoucherParts,
    request: Request,
    key: Annotated[RequestKey | None, keyed("confirm")],
) -> BurnAnswer:
    """Confirm a reservation, in time: its points are spent, and a reward's voucher is issued."""
    shown = await run_in_threadpool(_allowed, context, caller, program_id, burn_id)
    posted = await burning.confirm_burn(context, vouchers.seal, caller, shown, request=key)
    tell_replay(request, posted)
    return _answer(context, vouchers, caller, await run_in_threadpool(burning.read_burn, context, shown.row.program, shown.row.id))


@router.post("/{program_id}/burn/{burn_id}/cancel", responses=documented(Missing, ScopeMissing, ProgramClosed, BurnSettled))
async def cancel_burn(
    program_id: OpaqueId,
    burn_id: OpaqueId,
    caller: Burner,
    context: Ctx,
    vouchers: VoucherParts,
    request: Request,
    key: Annotated[RequestKey | None, keyed("cancel")],
) -> BurnAnswer:
    """Cancel a reservation: each point goes back into the lot that it came from, and stock and the member's share are free again.

    Points that expired meanwhile come back for the program's days of grace.
    """
    shown = await run_in_threadpool(_allowed, context, caller, program_id, burn_id)
    posted = await burning.cancel_burn(context, caller, shown, request=key)
    tell_replay(request, posted)
    return _answer(context, vouchers, caller, await run_in_threadpool(burning.read_burn, context, shown.row.program, shown.row.id))


def _whose(context: Context, caller: AnyCaller, program: UUID, ref: str | None) -> UUID:
    """Whose points are burned.

    Raises:
        Missing, ScopeMissing, Denied: the caller may not burn them.
        Invalid: a key or an admin of another program didn't say whose.
        UnknownMember: nobody is known by that name.
    """
    require_scope(caller, subject_of(program), BURN, what="program")
    with context.database.read.connect() as connection:
        if isinstance(caller, Caller):
            get_visible_program(connection, caller, program)
            if ref is None or ref in (caller.student_id, str(caller.member_id)):
                return caller.member_id
            require_program_admin(connection, caller, program)
        elif ref is None:
            raise Invalid(field="member", reason=N_("say whose points: a student id, or a member's id"))
        known = find_members(connection, program, [ref]).get(ref)
    if known is None or not known.is_joined:
        raise UnknownMember(member=ref)
    return known.member


def _allowed(context: Context, caller: AnyCaller, program_id: str, burn_id: str) -> ShownBurn:
    """A burn, for whoever may see and settle it.

    Raises:
        Missing, ScopeMissing.
    """
    program, burn = known_id(program_id, what="program"), known_id(burn_id, what="burn")
    require_scope(caller, subject_of(program), BURN, what="program")
    shown = burning.read_burn(context, program, burn)
    if isinstance(caller, Caller) and shown.row.member != caller.member_id:
        with context.database.read.connect() as connection:
            if not is_program_admin(connection, caller, program):
                raise Missing(what="burn")
    return shown


def _answer(context: Context, vouchers: Vouchers, caller: AnyCaller, shown: ShownBurn) -> BurnAnswer:
    """A burn as it is shown; its code to its member and to keys that burn, not to admins."""
    row = shown.row
    may_see_code = not isinstance(caller, Caller) or caller.member_id == row.member
    return BurnAnswer(
        burn_id=row.id,
        member_id=row.member,
        status=row.status,
        reward_id=row.reward,
        reward_name=shown.reward_name,
        points=row.points,
        value_minor=row.value_minor,
        currency=configuration_of(context.database, row.program).program.currency,
        voucher_code=vouchers.seal.open(row.id, row.code_sealed) if may_see_code and row.code_sealed else None,
        voucher_until=row.voucher_until,
        created_at=row.created_at,
        confirm_by=row.confirm_by,
        fulfilled_at=row.fulfilled_at,
        cancelled_at=row.cancelled_at,
    )
