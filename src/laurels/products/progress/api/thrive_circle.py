"""/me/thrive-circle: claiming points, and where one stands. Its board is in `boards`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from laurels.core.errors import Denied, Invalid, Missing
from laurels.identity.errors import MemberInactive
from laurels.identity.parts import origin_of
from laurels.ledger import LimitReached
from laurels.ledger.writer import Posted, RequestKey
from laurels.products.progress.accounts import BOOK
from laurels.products.progress.actions.awarding import Award, award_points, office_of
from laurels.products.progress.actions.permits import giving_of
from laurels.products.progress.decisions.awarding import Awarded
from laurels.products.progress.errors import ClaimTooLarge, TypeNotAllowed, UnknownTopic
from laurels.products.progress.queries.activities import get_activity
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.status import reached, read_named, read_status
from laurels.products.progress.queries.whose import look_up_member
from laurels.products.progress.schemas.awards import AwardPointsAnswer, AwardPointsBody
from laurels.products.progress.schemas.status import PointActivityAnswer, StatusAnswer, UserAnswer
from laurels.web.caller import Caller, Role, Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.idempotency import keyed, tell_replay
from laurels.web.limits import limited
from laurels.web.paths import API_PREFIX

router = APIRouter(prefix="/me/thrive-circle")

AWARDS_PER_MINUTE = 30
"""Awards of one member."""

_LOCATED: dict[int | str, dict[str, Any]] = {201: {"headers": {"Location": {"description": "The activity.", "schema": {"type": "string"}}}}}


@router.post(
    "/award-points",
    status_code=201,
    dependencies=[limited("award", per_minute=AWARDS_PER_MINUTE, book=BOOK)],
    responses=_LOCATED | documented(Missing, Denied, Invalid, TypeNotAllowed, ClaimTooLarge, UnknownTopic, MemberInactive, LimitReached),
)
async def award_points_to_me(
    body: AwardPointsBody,
    caller: Signed,
    context: Ctx,
    request: Request,
    response: Response,
    key: Annotated[RequestKey | None, keyed("award")],
) -> AwardPointsAnswer:
    """Claim points for something that I did, of the types that members report, within the day's caps.

    Staff award any type but the system's, to whomever they name, and say when it was done.
    """
    member = caller.member_id
    if body.member is not None and body.member not in (caller.student_id, str(caller.member_id)):
        member = await run_in_threadpool(_named, context, caller, body.member)
    now = context.clock.now()
    giving = giving_of(caller, member, body.asked(), now=now)
    award = Award(giving, address_hash=origin_of(request).address_hash)
    posted = await award_points(office_of(context), award, at=now, actor=caller.actor, request=key)
    tell_replay(request, posted)
    response.headers["Location"] = f"{API_PREFIX}/progress/activities/{posted.answer.activity}"
    return await run_in_threadpool(_told, context, member, posted)


@router.get("/my-status")
def read_my_status(caller: Signed, context: Ctx) -> StatusAnswer:
    """My points, tier, level, streak and lifetime counts, what is next, and my last 20 activities."""
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, context.settings.zone)
        return StatusAnswer.of(read_status(connection, basis, caller.member_id, at=context.clock.now()))


def _named(context: Context, caller: Caller, ref: str) -> UUID:
    """The member whom staff name.

    Raises:
        Denied: the caller isn't of the staff, so that it isn't told who is there.
        Missing: there is none of that name.
    """
    if not caller.role.covers(Role.STAFF):
        raise Denied(needs=Role.STAFF.value)
    return look_up_member(context.database, ref)


def _told(context: Context, member: UUID, posted: Posted[Awarded]) -> AwardPointsAnswer:
    """What an award brought: of a replay, as it was told first."""
    awarded = posted.answer
    with context.database.read.connect() as connection:
        rules = current_basis(connection, context.database, context.settings.zone).rules
        named, activity = read_named(connection, member), get_activity(connection, awarded.activity)
    before, after = reached(rules, awarded.before), reached(rules, awarded.total)
    is_upgrade = after.tier_index > before.tier_index
    return AwardPointsAnswer(
        user=UserAnswer.of(named, after),
        point_activity=PointActivityAnswer.of(activity),
        tier_upgraded=is_upgrade,
        old_tier=before.tier.key if is_upgrade else None,
        new_tier=after.tier.key if is_upgrade else None,
    )
