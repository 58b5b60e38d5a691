"""Limits of tokens: each member's and how they stand, and what the owner pays for all whom they sponsor."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from laurels.core.errors import DomainError
from laurels.products.study.actions.classes import change_class
from laurels.products.study.decisions.classes import BUDGET
from laurels.products.study.in_words import budget_alerts
from laurels.products.study.queries.members import list_members
from laurels.products.study.queries.usage import read_my_use
from laurels.products.study.schemas.classes import ClassChange
from laurels.products.study.visits import CLASSES, AtManagedClass, Visit
from laurels.web.language import N_
from laurels.web.limits import limited
from laurels.web.pagination import Cursor, read_cursor, write_cursor
from laurels.web.paths import address
from laurels.web.typed import Typed, sent_fields

router = APIRouter()

ROWS = 50
CHANGES_PER_MINUTE = 60
FIELDS = ("sponsor_daily", "sponsor_weekly", "sponsor_monthly")
assert set(FIELDS) == BUDGET


@router.get(f"{CLASSES}/{{class_id}}/limits")
def show_limits(visit: AtManagedClass, cursor: Cursor = None) -> Response:
    """How every member's limits stand, and, for the owner, those of what they pay for others."""
    return _draw(visit, cursor=cursor)


@router.post(f"{CLASSES}/{{class_id}}/budget", dependencies=[limited("set-class-budget", per_minute=CHANGES_PER_MINUTE)])
async def set_budget(visit: AtManagedClass) -> Response:
    """Set what the owner pays for all whom they sponsor."""
    typed = visit.typed(await sent_fields(visit.request))
    for name in FIELDS:
        if not typed.text(name):
            typed.refuse(name, N_("Fill this in; 0 pays for nothing."))
    body, status = typed.check(ClassChange, {name: typed.whole(name) for name in FIELDS}), 422
    if body is not None:
        try:
            await change_class(visit.context, visit.caller, visit.editor, visit.room.id, body.wanted())
        except DomainError as refusal:
            status = visit.refuse(typed, refusal)
        else:
            return visit.lead("/limits", N_("The budget is saved, and holds at once."))
    return await run_in_threadpool(_draw, visit, typed, status=status)


def _draw(visit: Visit, typed: Typed | None = None, *, status: int = 200, cursor: str | None = None) -> Response:
    place, room = read_cursor(cursor, datetime, UUID), visit.room
    with visit.context.database.read.connect() as connection:
        found = list_members(connection, room, at=visit.now, limit=ROWS + 1, after=(place[0], place[1]) if place else None)
        use = read_my_use(connection, visit.standing, at=visit.now)
    last = found[ROWS - 1].mine if len(found) > ROWS else None
    here = f"{visit.path}/limits"
    budget: dict[str, Any] = {name: str(getattr(room, name)) for name in FIELDS}
    return visit.draw(
        "manage/limits",
        status=status,
        members=found[:ROWS],
        use=use,
        alerts=budget_alerts(visit.say, [use]),
        form=typed.values if typed else budget,
        errors=typed.errors if typed else {},
        next_href=address(here, {"cursor": write_cursor(last.joined_at, last.member)}) if last else "",
        first_href=here if cursor else "",
    )
