"""/progress/goals: a member's weekly goals."""

from typing import Annotated

from fastapi import APIRouter, Query

from laurels.core.errors import Invalid
from laurels.products.progress.queries.configuration import current_basis
from laurels.products.progress.queries.goals import list_goals
from laurels.products.progress.rules import WEEK_PATTERN
from laurels.products.progress.schemas.goals import GoalList
from laurels.web.caller import Signed
from laurels.web.context import Ctx
from laurels.web.documented import documented

router = APIRouter(prefix="/progress/goals")

Week = Annotated[
    str | None,
    Query(pattern=f"^{WEEK_PATTERN}$", description="A week from Monday to Sunday (ISO 8601). By default this one.", examples=["2026-W47"]),
]


@router.get("", responses=documented(Invalid))
def list_weekly_goals(caller: Signed, context: Ctx, week: Week = None) -> GoalList:
    """My goals of a week, with how far each is: those of this week as if all were opened, those of another that were."""
    with context.database.read.connect() as connection:
        basis = current_basis(connection, context.database, context.settings.zone)
        try:
            shown = list_goals(connection, basis, caller.member_id, week, at=context.clock.now())
        except ValueError:
            raise Invalid(field="week", reason="send a week that the year has") from None
    return GoalList.of(shown)
