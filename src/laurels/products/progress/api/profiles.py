"""/progress/profile and /progress/profiles: how members appear to each other."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from laurels.core.errors import Missing
from laurels.identity.errors import MemberInactive
from laurels.identity.queries import get_member
from laurels.identity.tables import Member
from laurels.products.progress.actions.sharing import change_appearance
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.profiles import find_shown_member, read_profile
from laurels.products.progress.schemas.profiles import AppearanceAnswer, AppearanceChange, ProfileAnswer
from laurels.web.caller import Signed
from laurels.web.context import Context, Ctx
from laurels.web.documented import documented
from laurels.web.identifiers import MAX_ID
from laurels.web.limits import limited
from laurels.web.schemas import PlainLine

router = APIRouter(prefix="/progress")

CHANGES_PER_MINUTE = 20
"""How often a member may change how they appear in a minute: each is an entry of the ledger."""

MemberName = Annotated[
    PlainLine, Path(min_length=1, max_length=MAX_ID, description="A member's id, or their student id.", examples=["1042"])
]


@router.get("/profile")
def read_my_profile(caller: Signed, context: Ctx) -> ProfileAnswer:
    """My progress as others see it, also where I hide my name from them."""
    with context.database.read.connect() as connection:
        return _answer(connection, context, get_member(connection, caller.member_id))


@router.put(
    "/profile", dependencies=[limited("change-appearance", per_minute=CHANGES_PER_MINUTE)], responses=documented(MemberInactive, Missing)
)
async def change_my_appearance(body: AppearanceChange, caller: Signed, context: Ctx) -> AppearanceAnswer:
    """Hide my name on boards, or show it; hidden, I have no profile for others. My points and ranks stay."""
    posted = await change_appearance(context, caller, is_anonymous=body.is_anonymous)
    return AppearanceAnswer(is_anonymous=posted.answer.is_anonymous)


@router.get("/profiles/{member}", responses=documented(Missing))
def read_member_profile(member: MemberName, caller: Signed, context: Ctx) -> ProfileAnswer:
    """A member's tier, level, streak, badges and seasons; 404 for who isn't active, or hides their name."""
    with context.database.read.connect() as connection:
        return _answer(connection, context, find_shown_member(connection, member, viewer=caller.member_id))


def _answer(connection: Connection, context: Context, who: Member) -> ProfileAnswer:
    basis = current_basis(connection, context.database, context.settings.zone)
    return ProfileAnswer.of(read_profile(connection, basis, who, at=context.clock.now()))
