"""/progress/badges: a member's badges."""

from fastapi import APIRouter

from laurels.products.progress.queries.badges import list_badges
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.schemas.badges import BadgeList
from laurels.web.caller import Signed
from laurels.web.context import Ctx

router = APIRouter(prefix="/progress/badges")


@router.get("")
def list_my_badges(caller: Signed, context: Ctx) -> BadgeList:
    """The badges that can be earned, and those that I have: how far each is, and when I earned it."""
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, context.settings.zone)
        shown = list_badges(connection, basis, caller.member_id)
    return BadgeList.of(shown)
